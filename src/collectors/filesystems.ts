/**
 * Sizes of the mounted file systems.
 *
 * statfs on a dead NFS mount never comes back, so it is asked off the tick, on its own rhythm, with a limit of its own.
 * A tick only takes what is known.
 */
import type { Cancel, Clock } from "../model/clock.ts";
import type { FilesystemReading } from "../model/sample.ts";
import { errorCode, isDenied } from "../procfs/errors.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import { type Mount, readMounts } from "../procfs/mounts.ts";
import type { Collector } from "./collector.ts";
import { type Statfs, ThreadedStatfs } from "./statfs.ts";

/** How often, and how long one mount may take. */
export interface FilesystemRhythm {
  readonly everySeconds: number;
  readonly limitSeconds: number;
}

/** What node_exporter leaves out too: kernel interfaces and what container engines mount for themselves. */
const ignoredMountpoints = /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;
const ignoredTypes =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$/;

/** File systems, refreshed in the background whenever `collect` finds them old. */
export function createFilesystemsCollector(
  files: KernelFiles,
  clock: Clock,
  rhythm: FilesystemRhythm = { everySeconds: 10, limitSeconds: 5 },
  statfs: Statfs = new ThreadedStatfs(),
): Collector<"filesystems"> & { refresh(): Promise<void> } {
  let mounts: readonly Mount[] = [];
  let known: readonly FilesystemReading[] | undefined;
  let failure: unknown;
  let refreshing: Promise<void> | undefined;
  let nextRefreshSeconds = Number.NEGATIVE_INFINITY;
  const readings = new Map<string, FilesystemReading>();
  const hanging = new Set<string>();

  /** One at a time: who asks for another while one runs gets the one that runs. */
  function refresh(): Promise<void> {
    refreshing ??= refreshAll().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function refreshAll(): Promise<void> {
    try {
      const mounted = readMounts(files);
      failure = undefined;
      if (mounted === undefined) return;
      mounts = mounted.filter((mount) => !ignoredMountpoints.test(mount.mountpoint) && !ignoredTypes.test(mount.fstype));
      const before = new Map(readings);
      readings.clear();
      for (const mount of mounts) {
        const reading = before.get(keyOf(mount));
        if (reading !== undefined) readings.set(keyOf(mount), reading);
      }
      // one after the other, so that only a mount that does not answer ever holds a thread for long
      for (const mount of mounts) {
        readings.set(keyOf(mount), await readOne(mount));
        publish();
      }
      publish();
    } catch (error) {
      failure = error;
    }
  }

  /** What is known is shown while a mount further on is still being waited for. */
  function publish(): void {
    known = mounts.flatMap((mount) => readings.get(keyOf(mount)) ?? []);
  }

  async function readOne(mount: Mount): Promise<FilesystemReading> {
    const { device, mountpoint, fstype, readOnly } = mount;
    const shown = { device, mountpoint, fstype, readOnly };
    if (hanging.has(keyOf(mount))) return { ...shown, error: "timeout" };
    const prefix = files.root.rootfs.replace(/\/$/, "");
    const path = `${prefix}${mount.mountpoint}`;
    const bytes = mount.pathBytes && Buffer.concat([Buffer.from(prefix), mount.pathBytes]);
    try {
      const size = await withLimit(statfs.ask(path, mount.fstype, bytes), keyOf(mount));
      if (size === undefined) return { ...shown, error: "timeout" };
      return {
        ...shown,
        size: {
          sizeBytes: size.blocks * size.bsize,
          freeBytes: size.bfree * size.bsize,
          availableBytes: size.bavail * size.bsize,
          files: size.files,
          filesFree: size.ffree,
        },
      };
    } catch (error) {
      return { ...shown, error: isDenied(error) ? "denied" : (errorCode(error) ?? String(error)) };
    }
  }

  async function withLimit<Value>(asked: Promise<Value>, key: string): Promise<Value | undefined> {
    let cancel: Cancel = () => undefined;
    const limit = new Promise<undefined>((resolve) => {
      cancel = clock.after(rhythm.limitSeconds, () => resolve(undefined));
    });
    hanging.add(key);
    const answered = asked.finally(() => {
      hanging.delete(key);
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
    close: () => statfs.close(),
  };
}

/** Two mounts may be of one device, and what is mounted at a point may change. */
function keyOf({ device, mountpoint }: Mount): string {
  return `${device} ${mountpoint}`;
}
