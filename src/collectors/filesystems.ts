/**
 * Sizes of the mounted file systems.
 *
 * statfs on a dead NFS mount never comes back, so it is asked off the tick, on its own rhythm, with a limit of its own.
 * A tick only takes what is known.
 */
import { statfs } from "node:fs/promises";
import type { Cancel, Clock } from "../model/clock.ts";
import type { FilesystemReading } from "../model/sample.ts";
import { errorCode, isDenied } from "../procfs/errors.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import { type Mount, readMounts } from "../procfs/mounts.ts";
import type { Collector } from "./collector.ts";

/** The shape of fs.promises.statfs that is used: tests give one that hangs. */
export type Statfs = (
  path: string,
) => Promise<{ bsize: number; blocks: number; bfree: number; bavail: number; files: number; ffree: number }>;

/** How often, and how long one mount may take. */
export interface FilesystemRhythm {
  readonly everySeconds: number;
  readonly limitSeconds: number;
}

/** What node_exporter leaves out too: kernel interfaces and what container engines mount for themselves. */
const ignoredMountpoints = /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;
const ignoredTypes =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$/;

/** Mounts that do not answer hold one of libuv's few threads each, so no more than this many are waited for at a time. */
const mostHanging = 2;

/** File systems, refreshed in the background from `start` until `close`. */
export function createFilesystemsCollector(
  files: KernelFiles,
  clock: Clock,
  rhythm: FilesystemRhythm = { everySeconds: 10, limitSeconds: 5 },
  ask: Statfs = statfs,
): Collector<"filesystems"> & { refresh(): Promise<void> } {
  let known: readonly FilesystemReading[] | undefined;
  let failure: unknown;
  let nextRefreshSeconds = Number.NEGATIVE_INFINITY;
  const hanging = new Set<string>();

  async function refresh(): Promise<void> {
    try {
      const mounts = readMounts(files)?.filter((mount) => !ignoredMountpoints.test(mount.mountpoint) && !ignoredTypes.test(mount.fstype));
      if (mounts !== undefined) {
        const readings: FilesystemReading[] = [];
        // one after the other, so that only mounts that do not answer are ever counted as hanging
        for (const mount of mounts) readings.push(await readOne(mount));
        known = readings;
      }
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  async function readOne(mount: Mount): Promise<FilesystemReading> {
    if (hanging.has(mount.mountpoint) || hanging.size >= mostHanging) return { ...mount, error: "timeout" };
    const path = `${files.root.rootfs.replace(/\/$/, "")}${mount.mountpoint}`;
    try {
      const size = await withLimit(ask(path), mount.mountpoint);
      if (size === undefined) return { ...mount, error: "timeout" };
      return {
        ...mount,
        size: {
          sizeBytes: size.blocks * size.bsize,
          freeBytes: size.bfree * size.bsize,
          availableBytes: size.bavail * size.bsize,
          files: size.files,
          filesFree: size.ffree,
        },
      };
    } catch (error) {
      return { ...mount, error: isDenied(error) ? "denied" : (errorCode(error) ?? String(error)) };
    }
  }

  async function withLimit<Value>(asked: Promise<Value>, mountpoint: string): Promise<Value | undefined> {
    let cancel: Cancel = () => undefined;
    const limit = new Promise<undefined>((resolve) => {
      cancel = clock.after(rhythm.limitSeconds, () => resolve(undefined));
    });
    hanging.add(mountpoint);
    const answered = asked.finally(() => {
      hanging.delete(mountpoint);
      cancel();
    });
    // whoever loses the race is no longer listened to
    answered.catch(() => undefined);
    return Promise.race([answered, limit]);
  }

  return {
    part: "filesystems",
    refresh,
    collect(now) {
      if (now.monotonicSeconds() >= nextRefreshSeconds) {
        nextRefreshSeconds = now.monotonicSeconds() + rhythm.everySeconds;
        void refresh();
      }
      if (failure !== undefined) throw failure;
      return known;
    },
  };
}
