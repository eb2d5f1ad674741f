/**
 * Sizes of the mounted file systems.
 *
 * statfs on a dead NFS mount never comes back, so it is asked by a helper, on its own rhythm, with a limit of its own.
 * A tick only takes what is known.
 */
import { defined } from "../model/defined.ts";
import type { FilesystemReading } from "../model/devices.ts";
import { isDenied } from "../procfs/errors.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import { type Mount, readMounts } from "../procfs/mounts.ts";
import { Skips } from "../procfs/skips.ts";
import { spaceOf } from "../procfs/space.ts";
import type { StatfsSize } from "../slowReads/protocol.ts";
import type { Answer, Question, SlowReads } from "../slowReads/slowReads.ts";
import type { Collector } from "./collector.ts";

/** How often, and how long one mount may take. */
interface FilesystemRhythm {
  readonly everySeconds: number;
  readonly limitSeconds: number;
}

/** What node_exporter leaves out too: kernel interfaces and what container engines mount for themselves. */
const ignoredMountpoints = /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;
const ignoredTypes =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$/;

/** Their size is known without asking anybody else; should one hang all the same, it costs a thread of the helper's. */
const localTypes = new Set(
  "bcachefs btrfs erofs exfat ext2 ext3 ext4 f2fs jfs msdos ntfs3 ramfs reiserfs rootfs tmpfs udf vfat xfs zfs".split(" "),
);

/** File systems, refreshed in the background whenever `collect` finds them old. */
export function createFilesystemsCollector(
  files: KernelFiles,
  reads: SlowReads,
  rhythm: FilesystemRhythm = { everySeconds: 10, limitSeconds: 5 },
): Collector<"filesystems"> & { refresh(): Promise<void> } {
  const skips = new Skips();
  let mounts: readonly Mount[] = [];
  let known: readonly FilesystemReading[] | undefined;
  let isNew = false;
  let failure: unknown;
  let refreshing: Promise<void> | undefined;
  let nextRefreshSeconds = Number.NEGATIVE_INFINITY;
  let readings = new Map<string, FilesystemReading>();

  /** One at a time: who asks for another while one runs gets the one that runs. */
  function refresh(): Promise<void> {
    refreshing ??= refreshAll().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function refreshAll(): Promise<void> {
    try {
      const mounted = readMounts(files, skips);
      failure = undefined;
      if (mounted === undefined) return;
      mounts = mounted.filter((mount) => !ignoredMountpoints.test(mount.mountpoint) && !ignoredTypes.test(mount.fstype));
      const before = readings;
      readings = new Map();
      for (const mount of mounts) {
        const reading = before.get(keyOf(mount));
        if (reading !== undefined) readings.set(keyOf(mount), reading);
      }
      // those that may hang come last, so that they delay no other
      const asked = [...mounts].sort((a, b) => doubtsOf(a) - doubtsOf(b));
      const questions = asked.map((mount): Question => ({ path: pathOf(mount), operation: "statfs", of: `statfs ${keyOf(mount)}` }));
      await reads.ask(
        questions,
        (answer, index) => {
          const mount = asked[index] as Mount;
          readings.set(keyOf(mount), readingOf(mount, answer));
          isNew = true;
        },
        rhythm.limitSeconds,
      );
      isNew = true;
    } catch (error) {
      failure = error;
    }
  }

  /** What is known is shown while a mount is still being waited for; the list is the same object as long as nothing is new. */
  function list(): readonly FilesystemReading[] | undefined {
    if (isNew) known = mounts.flatMap((mount) => readings.get(keyOf(mount)) ?? []);
    isNew = false;
    return known;
  }

  function pathOf({ mountpoint, pathBytes }: Mount): string | Buffer {
    const prefix = files.root.rootfs.replace(/\/$/, "");
    return pathBytes === undefined ? `${prefix}${mountpoint}` : Buffer.concat([Buffer.from(prefix), pathBytes]);
  }

  return {
    part: "filesystems",
    skips,
    refresh,
    collect(now) {
      if (now.monotonicSeconds() >= nextRefreshSeconds) {
        nextRefreshSeconds = now.monotonicSeconds() + rhythm.everySeconds;
        void refresh();
      }
      if (failure !== undefined) throw failure;
      return list();
    },
  };
}

function doubtsOf({ fstype }: Mount): number {
  return localTypes.has(fstype) ? 0 : 1;
}

function readingOf(mount: Mount, answer: Answer): FilesystemReading {
  const { device, mountpoint, fstype, readOnly, superblock } = mount;
  const shown = { device, mountpoint, fstype, readOnly, ...defined({ superblock }) };
  if (answer.silent !== undefined) return { ...shown, error: "timeout" };
  if (answer.error !== undefined) return { ...shown, error: isDenied(answer.error) ? "denied" : answer.error.code || answer.error.message };
  const counts = JSON.parse(answer.bytes.toString()) as StatfsSize;
  const { fragmentBytes = counts.bsize } = counts;
  if (fragmentBytes === null) return { ...shown, error: "the size of its blocks is not known" };
  const size = spaceOf(counts, fragmentBytes);
  return size === undefined ? { ...shown, error: "more is free than there is" } : { ...shown, size };
}

/** Two mounts may be of one device, and what is mounted at a point may change. */
function keyOf({ device, mountpoint }: Mount): string {
  return `${device} ${mountpoint}`;
}
