/** How block devices are stacked (/sys/class/block), and which of them to count so that every byte is counted once. */
import { existsSync, readdirSync } from "node:fs";
import type { ProcRoot } from "./root.ts";

/** One device among the others. */
export interface BlockDevice {
  /** The disk this is a partition of; "" when that one is not known. */
  readonly partitionOf?: string;
  /** Devices that are built from this one: device mapper, md. */
  readonly heldBy: readonly string[];
}

/** Reads how `device` is stacked among `devices`. A device that sysfs does not know stands alone. */
export function readBlockDevice(root: ProcRoot, device: string, devices: ReadonlySet<string>): BlockDevice {
  const directory = `${root.sysfs}/class/block/${inSysfs(device)}`;
  const heldBy = list(`${directory}/holders`).map((holder) => holder.replaceAll("!", "/"));
  if (!existsSync(`${directory}/partition`)) return { heldBy };
  // sda1 of sda, nvme0n1p2 of nvme0n1, cciss/c0d0p1 of cciss/c0d0
  const disk = [device.replace(/\d+$/, ""), device.replace(/p\d+$/, "")].find(
    (other) => other !== device && devices.has(other) && existsSync(`${root.sysfs}/class/block/${inSysfs(other)}/${inSysfs(device)}`),
  );
  return { heldBy, partitionOf: disk ?? "" };
}

/** sysfs writes "!" where a device's name holds "/". */
function inSysfs(device: string): string {
  return device.replaceAll("/", "!");
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** An NVMe namespace that is reached on several ways: the kernel lists the ways (`nvme0c1n1`) beside the device itself (`nvme0n1`). */
export interface Multipath {
  readonly head: string;
  readonly paths: readonly string[];
}

/** Those among `devices` whose head is there as well: a path without it stands for itself. */
export function multipathsOf(devices: Iterable<string>): readonly Multipath[] {
  const all = new Set(devices);
  const paths = new Map<string, string[]>();
  for (const device of all) {
    const head = device.replace(/^(nvme\d+)c\d+(n\d+)$/, "$1$2");
    if (head !== device && all.has(head)) paths.set(head, [...(paths.get(head) ?? []), device]);
  }
  return [...paths].map(([head, own]) => ({ head, paths: own }));
}

/** True when only the paths count: before Linux 6.3, and where it is told not to, the kernel counts nothing for the head. */
export function isHeadSilent({ head, paths }: Multipath, movedBytes: (device: string) => number): boolean {
  const sum = paths.reduce((bytes, path) => bytes + movedBytes(path), 0);
  // what is asked of a path alone (a scan for partitions) makes it a little more
  return sum > movedBytes(head) * 1.1;
}

/** No disks: memory, and files of another file system. */
const noDisk = /^(loop|ram|zram)\d+$/;
/** Nor volumes of a ZFS pool: their bytes are those of the pool's disks. */
const noDiskBesideOthers = /^(loop|ram|zram|zd)\d+$/;

/**
 * The devices whose traffic adds up to the machine's, each byte once: whole disks that no other device is built from, and of a disk
 * that is only partly built upon, the partitions that are left. What is built from nothing but devices whose bytes are counted
 * elsewhere does not count. Of a multipath its head counts, or, where that is among `silentHeads`, its paths.
 */
export function wholeDevices(
  devices: ReadonlyMap<string, BlockDevice>,
  multipaths: readonly Multipath[] = [],
  silentHeads: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const idlePaths = multipaths.flatMap(({ head, paths }) => (silentHeads.has(head) ? [] : paths));
  const others = new Set([...silentHeads, ...idlePaths]);
  const whole = wholeWithout(devices, (name) => noDiskBesideOthers.test(name) || others.has(name));
  return whole.size > 0 ? whole : wholeWithout(devices, (name) => noDisk.test(name) || others.has(name));
}

function wholeWithout(devices: ReadonlyMap<string, BlockDevice>, isLeftOut: (device: string) => boolean): ReadonlySet<string> {
  const partlyHeld = new Set<string>();
  const sources = new Map<string, string[]>();
  const builtFrom = (device: string, source: string) => sources.set(device, [...(sources.get(device) ?? []), source]);
  for (const [name, { partitionOf, heldBy }] of devices) {
    if (partitionOf !== undefined && heldBy.length > 0) partlyHeld.add(partitionOf);
    if (partitionOf) builtFrom(name, partitionOf);
    for (const holder of heldBy) builtFrom(holder, name);
  }
  const countsElsewhere = (name: string, above: readonly string[] = []): boolean => {
    const from = sources.get(name) ?? [];
    if (from.length === 0 || above.includes(name)) return isLeftOut(name);
    return from.every((source) => countsElsewhere(source, [...above, name]));
  };
  const whole = new Set<string>();
  for (const [name, device] of devices) {
    if (device.heldBy.length > 0 || countsElsewhere(name)) continue;
    const counts = device.partitionOf === undefined ? !partlyHeld.has(name) : partlyHeld.has(device.partitionOf);
    if (counts) whole.add(name);
  }
  return whole;
}
