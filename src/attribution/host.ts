/** The machine's own figures: levels as they are, counters as rates since the Sample before. */
import { defined } from "../model/defined.ts";
import type { DiskReading, NetworkReading } from "../model/devices.ts";
import type { MemoryReading, PressureReading } from "../model/machine.ts";
import {
  type HostDisk,
  type HostMemory,
  type HostNetwork,
  type HostUsage,
  type PressureResource,
  pressureResources,
  type Stall,
} from "../model/snapshot.ts";
import { mapInSteps, type Steps } from "../model/steps.ts";
import { type Counters, mostSeconds } from "./counters.ts";

/** Memory as a person means it: used is what is not available. */
export function deriveMemory(memory: MemoryReading): HostMemory | undefined {
  const { totalBytes = 0, availableBytes, swapTotalBytes, swapFreeBytes, zfsReclaimableBytes = 0 } = memory;
  if (totalBytes <= 0 || availableBytes === undefined) return undefined;
  // a cache larger than all used memory is the host's: this is a container with a meminfo of its own
  const reclaimableBytes = zfsReclaimableBytes > totalBytes - availableBytes ? 0 : zfsReclaimableBytes;
  const swapUsedBytes = swapTotalBytes === undefined || swapFreeBytes === undefined ? undefined : swapTotalBytes - swapFreeBytes;
  return defined({
    totalBytes,
    availableBytes: availableBytes + reclaimableBytes,
    usageRatio: clamp(1 - (availableBytes + reclaimableBytes) / totalBytes, 0, 1),
    swapTotalBytes,
    // containers with a limit of their own show more free than there is
    swapUsedBytes: (swapUsedBytes ?? -1) < 0 ? undefined : swapUsedBytes,
  });
}

/** Remembers what was said of devices that did nothing. */
export interface StillDevices {
  readonly disks: WeakMap<DiskReading, HostDisk>;
  readonly interfaces: WeakMap<NetworkReading, HostNetwork>;
}

/** A machine of today moves less than this through one device: more is a counter that leapt. */
const mostDiskBytesPerSecond = 2 ** 39;
const mostNetworkBytesPerSecond = 2 ** 37;
/** What is less than a large device could do is believed; more only as far as the requests or packets of this time can hold it. */
const plainDiskBytesPerSecond = 2 ** 34;
const plainNetworkBytesPerSecond = 2 ** 31;
const mostBytesPerRequest = 64 * 1024 * 1024;
const mostBytesPerPacket = 1024 * 1024;

/** Block devices with their rates; one that did nothing again is the same object. */
export function* deriveDisks(
  previous: readonly DiskReading[] | undefined,
  current: readonly DiskReading[],
  elapsed: number,
  still: StillDevices["disks"],
  counters: Counters,
): Steps<readonly HostDisk[]> {
  return yield* mapInSteps(current, (disk, place) => {
    const before = sameDevice(previous, disk.device, place);
    return derivedOnce(still, disk, before === disk && elapsed > 0, () => deriveDisk(before, disk, elapsed, counters));
  });
}

function deriveDisk(before: DiskReading | undefined, disk: DiskReading, elapsed: number, counters: Counters): HostDisk {
  const { device, whole, ioSeconds } = disk;
  const owner = `disk ${device}`;
  const inFlight = before?.ioNow ?? 0;
  const most = (completed: "readsCompleted" | "writesCompleted") =>
    mostBytes(
      elapsed,
      plainDiskBytesPerSecond,
      mostDiskBytesPerSecond,
      between(before?.[completed], disk[completed], inFlight),
      mostBytesPerRequest,
    );
  const rate = (counter: "readBytes" | "writtenBytes" | "ioSeconds", mostRisen: number) =>
    perSecond(counters.rise(owner, counter, before?.[counter], disk[counter], mostRisen), elapsed);
  const readBytesPerSecond = rate("readBytes", most("readsCompleted"));
  const writtenBytesPerSecond = rate("writtenBytes", most("writesCompleted"));
  const busy = rate("ioSeconds", mostSeconds(elapsed));
  return defined({
    device,
    whole,
    readBytes: counters.shown(owner, "readBytes", disk.readBytes),
    writtenBytes: counters.shown(owner, "writtenBytes", disk.writtenBytes),
    ioSeconds: ioSeconds === undefined ? undefined : counters.shown(owner, "ioSeconds", ioSeconds),
    readBytesPerSecond,
    writtenBytesPerSecond,
    busyRatio: busy === undefined ? undefined : clamp(busy, 0, 1),
  });
}

/** Interfaces with their rates; one that carried nothing again is the same object. */
export function* deriveNetwork(
  previous: readonly NetworkReading[] | undefined,
  current: readonly NetworkReading[],
  elapsed: number,
  still: StillDevices["interfaces"],
  counters: Counters,
): Steps<readonly HostNetwork[]> {
  return yield* mapInSteps(current, (one, place) => {
    const before = sameDevice(previous, one.device, place);
    return derivedOnce(still, one, before === one && elapsed > 0, () => deriveInterface(before, one, elapsed, counters));
  });
}

function deriveInterface(before: NetworkReading | undefined, now: NetworkReading, elapsed: number, counters: Counters): HostNetwork {
  const { device, receive, transmit } = now;
  const owner = `interface ${device}`;
  const rate = (direction: "receive" | "transmit") => {
    const packets = between(before?.[direction].packets, now[direction].packets, 0);
    const most = mostBytes(elapsed, plainNetworkBytesPerSecond, mostNetworkBytesPerSecond, packets, mostBytesPerPacket);
    return perSecond(counters.rise(owner, direction, before?.[direction].bytes, now[direction].bytes, most), elapsed);
  };
  const receiveBytesPerSecond = rate("receive");
  const transmitBytesPerSecond = rate("transmit");
  return defined({
    device,
    receiveBytes: counters.shown(owner, "receive", receive.bytes),
    transmitBytes: counters.shown(owner, "transmit", transmit.bytes),
    receiveBytesPerSecond,
    transmitBytesPerSecond,
  });
}

/** How far a counter of bytes can rise: `pieces` are the requests or packets that it came in, undefined where they are not told. */
function mostBytes(elapsed: number, plain: number, utmost: number, pieces: number | undefined, mostPerPiece: number): number {
  const seconds = mostSeconds(elapsed);
  if (pieces === undefined) return utmost * seconds;
  return Math.max(plain * seconds, Math.min(utmost * seconds, pieces * mostPerPiece));
}

function between(before: number | undefined, now: number | undefined, more: number): number | undefined {
  return before === undefined || now === undefined ? undefined : Math.max(0, now - before) + more;
}

/** Unknown also where no time has passed: then it was read for the first time. */
function perSecond(risen: number | undefined, elapsed: number): number | undefined {
  return risen === undefined || elapsed <= 0 ? undefined : risen / elapsed;
}

/** Devices mostly keep their places. */
function sameDevice<Reading extends { readonly device: string }>(
  previous: readonly Reading[] | undefined,
  device: string,
  place: number,
): Reading | undefined {
  const there = previous?.[place];
  return there?.device === device ? there : previous?.find((other) => other.device === device);
}

/** A reading that is the object of the Sample before is still: its rates are 0, however much time has passed. */
function derivedOnce<Reading extends object, Derived>(
  still: WeakMap<Reading, Derived>,
  reading: Reading,
  isStill: boolean,
  derive: () => Derived,
): Derived {
  if (!isStill) return derive();
  let derived = still.get(reading);
  if (derived === undefined) {
    derived = derive();
    still.set(reading, derived);
  }
  return derived;
}

/** Pressure as the share of this tick in which tasks were stalled; a total that fell, or rose by more than the tick, tells nothing. */
export function derivePressure(
  previous: PressureReading | undefined,
  current: PressureReading,
  elapsed: number,
  counters: Counters,
): HostUsage["pressure"] {
  if (previous === undefined || elapsed <= 0) return undefined;
  const stalls: Partial<Record<PressureResource, Stall>> = {};
  for (const resource of pressureResources) {
    const [before, now] = [previous[resource], current[resource]];
    if (before === undefined || now === undefined) continue;
    const share = (kind: "some" | "full") => {
      const risen = perSecond(counters.rise(`pressure ${resource}`, kind, before[kind], now[kind], mostSeconds(elapsed)), elapsed);
      return risen === undefined ? undefined : Math.min(1, risen);
    };
    stalls[resource] = defined({ some: share("some"), full: share("full") });
  }
  return stalls;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
