/** /proc/diskstats: one line a block device (Documentation/admin-guide/iostats.rst). */
import { existsSync, readdirSync } from "node:fs";
import type { DiskReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { LineCache } from "./lineCache.ts";
import type { ProcRoot } from "./root.ts";
import type { Scanner } from "./scanner.ts";
import { sectorBytes } from "./units.ts";

/** A DiskReading before it is known how the devices hang together. */
export type DiskCounters = Omit<DiskReading, "whole">;

/** Reads /proc/diskstats again and again; a device that did nothing is the same object as the time before. */
export class DiskstatsReader {
  readonly #files: KernelFiles;
  readonly #lines = new LineCache(parseLine);

  constructor(files: KernelFiles) {
    this.#files = files;
  }

  /** Undefined where there is no such file. */
  read(): readonly DiskCounters[] | undefined {
    const text = this.#files.read(`${this.#files.root.procfs}/diskstats`);
    return text && this.#lines.parse(text);
  }
}

/** Parses /proc/diskstats: 11 counters, 15 since Linux 4.18, 17 since 5.5. */
export function parseDiskstats(text: Scanner): readonly DiskCounters[] {
  return new LineCache(parseLine).parse(text);
}

function parseLine(text: Scanner): DiskCounters {
  const basic = {
    major: text.number(),
    minor: text.number(),
    device: text.word(),
    readsCompleted: text.number(),
    readsMerged: text.number(),
    readBytes: text.number() * sectorBytes,
    readSeconds: text.number() / 1000,
    writesCompleted: text.number(),
    writesMerged: text.number(),
    writtenBytes: text.number() * sectorBytes,
    writeSeconds: text.number() / 1000,
    ioNow: text.number(),
    ioSeconds: text.number() / 1000,
    ioWeightedSeconds: text.number() / 1000,
  };
  text.skipSpaces();
  if (text.atLineEnd) return basic;
  const discards = {
    discardsCompleted: text.number(),
    discardsMerged: text.number(),
    discardedBytes: text.number() * sectorBytes,
    discardSeconds: text.number() / 1000,
  };
  text.skipSpaces();
  if (text.atLineEnd) return { ...basic, ...discards };
  return { ...basic, ...discards, flushesCompleted: text.number(), flushSeconds: text.number() / 1000 };
}

/** How block devices are stacked, as /sys/class/block tells. */
export interface BlockDevice {
  /** The disk this is a partition of. */
  readonly partitionOf?: string;
  /** Devices that are built from this one: device mapper, md. */
  readonly heldBy: readonly string[];
}

/** Reads how `device` is stacked. A device that sysfs does not know stands alone. */
export function readBlockDevice(root: ProcRoot, device: string, devices: readonly string[]): BlockDevice {
  // sysfs writes "!" where a device's name holds "/" (cciss/c0d0)
  const directory = `${root.sysfs}/class/block/${device.replaceAll("/", "!")}`;
  const heldBy = list(`${directory}/holders`);
  if (!existsSync(`${directory}/partition`)) return { heldBy };
  const disk = devices.find(
    (other) => other !== device && device.startsWith(other) && existsSync(`${root.sysfs}/class/block/${other}/${device}`),
  );
  return { heldBy, partitionOf: disk ?? "" };
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/**
 * The devices whose traffic adds up to the machine's, each byte once: whole disks that no other device is built from,
 * and of a disk that is only partly built upon, the partitions that are left. Memory and loop devices are not disks.
 */
export function wholeDevices(devices: ReadonlyMap<string, BlockDevice>): ReadonlySet<string> {
  const partlyHeld = new Set<string>();
  for (const device of devices.values()) {
    if (device.partitionOf !== undefined && device.heldBy.length > 0) partlyHeld.add(device.partitionOf);
  }
  const whole = new Set<string>();
  for (const [name, device] of devices) {
    if (device.heldBy.length > 0 || /^(loop|ram|zram)\d+$/.test(name)) continue;
    const counts = device.partitionOf === undefined ? !partlyHeld.has(name) : partlyHeld.has(device.partitionOf);
    if (counts) whole.add(name);
  }
  return whole;
}
