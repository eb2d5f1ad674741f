import type { FilesystemReading } from "../../model/devices.ts";
import { type PoolUsage, poolsOfHost } from "../../model/pools.ts";
import type { Family } from "../family.ts";

const labels = ["device", "fstype", "mountpoint"] as const;

/** A file system that does not answer has no points; the others stay. */
function filesystemGauge(name: string, help: string, value: (one: FilesystemReading) => number | undefined): Family {
  return {
    name,
    help,
    type: "gauge",
    labels,
    *points({ snapshot }) {
      for (const one of snapshot?.host.filesystems ?? []) {
        const { device, fstype, mountpoint } = one;
        const known = value(one);
        if (known !== undefined) yield { labels: { device, fstype, mountpoint }, value: known };
      }
    },
  };
}

function poolGauge(name: string, help: string, value: (pool: PoolUsage) => number | undefined): Family {
  return {
    name,
    help,
    type: "gauge",
    labels,
    *points({ snapshot }) {
      for (const one of poolsOfHost(snapshot?.host ?? {})) {
        const { device, fstype, mountpoint } = one;
        const known = value(one);
        if (known !== undefined) yield { labels: { device, fstype, mountpoint }, value: known };
      }
    },
  };
}

/** Where nobody can write, nothing is taken up by anybody: such a file system is full from the day it is made. */
function usageRatio({ size, readOnly }: FilesystemReading): number | undefined {
  return size === undefined || readOnly === true || size.sizeBytes === 0 ? undefined : 1 - size.availableBytes / size.sizeBytes;
}

/** Space and inodes of every mounted file system, and of the room that several have in common. */
export const filesystemFamilies: readonly Family[] = [
  filesystemGauge(
    "culprit_filesystem_usage_ratio",
    "Share of the file system that is not available to users, 0 to 1; of one that is mounted read-only there is none.",
    usageRatio,
  ),
  filesystemGauge("culprit_filesystem_size_bytes", "Size of the file system.", ({ size }) => size?.sizeBytes),
  filesystemGauge("culprit_filesystem_available_bytes", "Bytes that users can still write.", ({ size }) => size?.availableBytes),
  // some file systems (btrfs, vfat) have no fixed number of inodes and say 0
  filesystemGauge("culprit_filesystem_files", "Inodes of the file system.", ({ size }) => size?.files || undefined),
  filesystemGauge("culprit_filesystem_files_free", "Inodes that are free.", ({ size }) => (size?.files ? size.filesFree : undefined)),
  poolGauge(
    "culprit_pool_usage_ratio",
    "Share of a pool that is not available to users, 0 to 1. A pool is the room that file systems have in common: datasets of ZFS, subvolumes, bind mounts; its shortest mount point names it. What is mounted read-only is none.",
    (pool) => pool.usageRatio,
  ),
  poolGauge("culprit_pool_available_bytes", "Bytes that users can still write to the pool.", (pool) => pool.availableBytes),
  poolGauge("culprit_pool_inode_usage_ratio", "Share of the pool's inodes that are used, 0 to 1.", (pool) => pool.inodeUsageRatio),
];
