/**
 * Which file systems have their room in common, and how full that is.
 *
 * Ten datasets of a ZFS pool, bind mounts, subvolumes of a btrfs: each shows what the whole has left, and they are full together. So
 * they are looked at as one. What nobody can write to is always full, and nobody's trouble.
 */
import type { FilesystemReading } from "./devices.ts";

/** Room that one or several file systems have in common, named by one of their mounts. Unknown figures are absent. */
export interface PoolUsage {
  readonly device: string;
  readonly fstype: string;
  readonly mountpoint: string;
  readonly sizeBytes?: number;
  readonly availableBytes?: number;
  readonly usageRatio?: number;
  readonly inodeUsageRatio?: number;
}

/** What a Snapshot's host says of its pools; worked out anew for one that comes from a recording. */
export function poolsOfHost({ pools, filesystems = [] }: PoolsAndFilesystems): readonly PoolUsage[] {
  return pools ?? poolsOf(filesystems);
}

/** The part of a host's figures that is read. */
interface PoolsAndFilesystems {
  readonly pools?: readonly PoolUsage[] | undefined;
  readonly filesystems?: readonly FilesystemReading[] | undefined;
}

type Size = NonNullable<FilesystemReading["size"]>;

/** Datasets whose room differs by so little of the pool's share it: they are asked one after the other. */
const sameRoomRatio = 0.005;

/** The pools of a machine, each under the shortest mount point that can be written to. */
export function poolsOf(filesystems: readonly FilesystemReading[]): readonly PoolUsage[] {
  const pools = new Map<string, FilesystemReading[]>();
  for (const one of filesystems) {
    const key = poolOf(one);
    const members = pools.get(key);
    if (members === undefined) pools.set(key, [one]);
    else members.push(one);
  }
  return [...pools.values()].flatMap((members) => {
    if (members.length === 1) return single(members[0] as FilesystemReading);
    return members[0]?.fstype === "zfs" ? zfsPools(members) : single(shortest(members));
  });
}

function poolOf({ device, fstype, mountpoint, superblock }: FilesystemReading): string {
  // datasets and volumes are file systems of their own: tank/home of tank, /dev/disk3s1 of /dev/disk3
  if (fstype === "zfs") return `zfs ${device.split(/[/@]/, 1)[0]}`;
  if (fstype === "apfs") return device.replace(/(?<=\d)(?:s\d+)+$/, "");
  if (superblock !== undefined) return superblock;
  // a block device or an NFS export says it itself; tmpfs is called the same however many there are
  return device.startsWith("/") || device.includes(":") ? device : `${device} ${mountpoint}`;
}

function single(one: FilesystemReading | undefined): readonly PoolUsage[] {
  if (one === undefined || one.readOnly === true) return [];
  return [usageOf(one, one.size)];
}

/** The one to name them all by: whose figures are known, and that can be written to. */
function shortest(members: readonly FilesystemReading[]): FilesystemReading | undefined {
  const writable = members.filter((one) => one.readOnly !== true);
  const known = writable.filter((one) => one.size !== undefined);
  return (known.length > 0 ? known : writable).reduce<FilesystemReading | undefined>(
    (best, one) => (best === undefined || isBefore(one.mountpoint, best.mountpoint) ? one : best),
    undefined,
  );
}

function isBefore(mountpoint: string, other: string): boolean {
  return mountpoint.length === other.length ? mountpoint < other : mountpoint.length < other.length;
}

function usageOf({ device, fstype, mountpoint }: FilesystemReading, size: Size | undefined): PoolUsage {
  const usage: { -readonly [Key in keyof PoolUsage]: PoolUsage[Key] } = { device, fstype, mountpoint };
  if (size === undefined) return usage;
  const { sizeBytes, availableBytes, files = 0, filesFree } = size;
  usage.sizeBytes = sizeBytes;
  usage.availableBytes = availableBytes;
  if (sizeBytes > 0) usage.usageRatio = 1 - availableBytes / sizeBytes;
  // some file systems (btrfs, vfat) have no fixed number of inodes and say 0; ZFS says how many would fit into what is left
  if (files > 0 && filesFree !== undefined && fstype !== "zfs") usage.inodeUsageRatio = 1 - filesFree / files;
  return usage;
}

/**
 * A dataset's size is what it holds itself and what is left, so its own share says nothing of the pool: what all hold is added up. A
 * quota leaves a dataset less than the pool has: it, and those below the same quota, are full on their own.
 */
function zfsPools(members: readonly FilesystemReading[]): readonly PoolUsage[] {
  const datasets = new Map(members.filter(({ device }) => !device.includes("@")).map((one) => [one.device, one]));
  const known = [...datasets.values()].flatMap((one) => (one.size === undefined ? [] : [{ one, ...one.size }]));
  if (known.length === 0) return single(shortest(members));
  const found: PoolUsage[] = [];
  let heldBytes = known.reduce((sum, { sizeBytes, availableBytes }) => sum + sizeBytes - availableBytes, 0);
  for (let left = known; left.length > 0; ) {
    const availableBytes = Math.max(...left.map((one) => one.availableBytes));
    const sizeBytes = heldBytes + availableBytes;
    const isWithin = (one: Size) => availableBytes - one.availableBytes <= sameRoomRatio * sizeBytes;
    const together = new Set(left.filter(isWithin).map(({ one }) => one.device));
    const name = shortest(members.filter(({ device }) => together.has(device)));
    if (name !== undefined) found.push(usageOf(name, { sizeBytes, freeBytes: availableBytes, availableBytes }));
    left = left.filter((one) => !isWithin(one));
    heldBytes = left.reduce((sum, one) => sum + one.sizeBytes - one.availableBytes, 0);
  }
  return found;
}
