/** The machine's own figures: levels as they are, counters as rates since the Sample before. */
import { defined } from "../model/defined.ts";
import type { CpuModeSeconds, CpuReading, DiskReading, MemoryReading, NetworkReading, PressureReading } from "../model/sample.ts";
import type { HostCpu, HostDisk, HostMemory, HostNetwork, HostUsage, PressureResource, Stall } from "../model/snapshot.ts";

/**
 * Busy CPU: the time that passed less what the CPUs were idle, waiting for I/O or stolen.
 *
 * Not user + system: with tick accounting a load that sleeps just past the tick is never seen there.
 */
export function deriveCpu(previous: CpuReading | undefined, current: CpuReading, busySecondsBefore: number): HostCpu {
  const cores = Math.max(1, current.perCpu.length);
  const elapsed = previous === undefined ? 0 : current.readAtSeconds - previous.readAtSeconds;
  if (previous === undefined || elapsed <= 0) return { cores, busySeconds: busySecondsBefore };
  const rise = riseOf(previous.total, current.total);
  const busyCores = clamp(cores - (rise("idle") + rise("iowait") + rise("steal")) / elapsed, 0, cores);
  const before = new Map(previous.perCpu.map((one) => [one.cpu, one.modes]));
  return {
    cores,
    busyCores,
    busySeconds: busySecondsBefore + busyCores * elapsed,
    usageRatio: busyCores / cores,
    coreUsageRatios: current.perCpu.map(({ cpu, modes }) => ({ cpu, ratio: coreRatio(before.get(cpu), modes, elapsed) })),
    interruptCores: (rise("irq") + rise("softirq")) / elapsed,
    iowaitCores: rise("iowait") / elapsed,
    stealCores: rise("steal") / elapsed,
  };
}

function coreRatio(previous: CpuModeSeconds | undefined, current: CpuModeSeconds, elapsed: number): number {
  // a CPU that was just switched on has no past
  if (previous === undefined) return 0;
  const rise = riseOf(previous, current);
  return clamp(1 - (rise("idle") + rise("iowait") + rise("steal")) / elapsed, 0, 1);
}

/** A mode that falls (iowait does, on some kernels) counts as 0. */
function riseOf(previous: CpuModeSeconds, current: CpuModeSeconds): (mode: keyof CpuModeSeconds) => number {
  return (mode) => Math.max(0, current[mode] - previous[mode]);
}

/** Memory as a person means it: used is what is not available. */
export function deriveMemory({ totalBytes = 0, availableBytes, swapTotalBytes, swapFreeBytes }: MemoryReading): HostMemory | undefined {
  if (totalBytes <= 0 || availableBytes === undefined) return undefined;
  const swapUsedBytes = swapTotalBytes === undefined || swapFreeBytes === undefined ? undefined : swapTotalBytes - swapFreeBytes;
  return defined({
    totalBytes,
    availableBytes,
    usageRatio: clamp(1 - availableBytes / totalBytes, 0, 1),
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

/** Block devices with their rates; one that did nothing again is the same object. */
export function deriveDisks(
  previous: readonly DiskReading[] | undefined,
  current: readonly DiskReading[],
  elapsed: number,
  still: StillDevices["disks"],
): readonly HostDisk[] {
  return current.map((disk, place) => {
    const before = sameDevice(previous, disk.device, place);
    return derivedOnce(still, disk, before === disk && elapsed > 0, () => deriveDisk(before, disk, elapsed));
  });
}

function deriveDisk(before: DiskReading | undefined, disk: DiskReading, elapsed: number): HostDisk {
  const { device, whole, readBytes, writtenBytes, ioSeconds } = disk;
  const levels = { device, whole, readBytes, writtenBytes, ...known("ioSeconds", ioSeconds) };
  if (before === undefined || elapsed <= 0) return levels;
  const busy = rate(before.ioSeconds, ioSeconds, elapsed);
  return {
    ...levels,
    ...known("readBytesPerSecond", rate(before.readBytes, readBytes, elapsed)),
    ...known("writtenBytesPerSecond", rate(before.writtenBytes, writtenBytes, elapsed)),
    ...known("busyRatio", busy === undefined ? undefined : clamp(busy, 0, 1)),
  };
}

/** Interfaces with their rates; one that carried nothing again is the same object. */
export function deriveNetwork(
  previous: readonly NetworkReading[] | undefined,
  current: readonly NetworkReading[],
  elapsed: number,
  still: StillDevices["interfaces"],
): readonly HostNetwork[] {
  return current.map((one, place) => {
    const before = sameDevice(previous, one.device, place);
    return derivedOnce(still, one, before === one && elapsed > 0, () => deriveInterface(before, one, elapsed));
  });
}

function deriveInterface(before: NetworkReading | undefined, { device, receive, transmit }: NetworkReading, elapsed: number): HostNetwork {
  const levels = { device, receiveBytes: receive.bytes, transmitBytes: transmit.bytes };
  if (before === undefined || elapsed <= 0) return levels;
  return {
    ...levels,
    ...known("receiveBytesPerSecond", rate(before.receive.bytes, receive.bytes, elapsed)),
    ...known("transmitBytesPerSecond", rate(before.transmit.bytes, transmit.bytes, elapsed)),
  };
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

/** Pressure as the share of this tick in which tasks were stalled. */
export function derivePressure(previous: PressureReading | undefined, current: PressureReading, elapsed: number): HostUsage["pressure"] {
  if (previous === undefined || elapsed <= 0) return undefined;
  const stalls: Partial<Record<PressureResource, Stall>> = {};
  for (const resource of ["cpu", "memory", "io"] as const) {
    const [before, now] = [previous[resource], current[resource]];
    if (before === undefined || now === undefined) continue;
    const share = (from: number | undefined, to: number | undefined) =>
      from === undefined || to === undefined || to < from ? undefined : Math.min(1, (to - from) / elapsed);
    stalls[resource] = { ...known("some", share(before.some, now.some)), ...known("full", share(before.full, now.full)) };
  }
  return stalls;
}

/** A counter that fell was reset: how far it rose is unknown. */
function rate(before: number | undefined, now: number | undefined, elapsed: number): number | undefined {
  return before === undefined || now === undefined || now < before ? undefined : (now - before) / elapsed;
}

function known<Key extends string>(key: Key, value: number | undefined): { [key in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: number });
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
