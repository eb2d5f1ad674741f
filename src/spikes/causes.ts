/** Who waits and who works for others: victims and helpers are no culprits, but hint at them. */
import type { GroupLabels } from "../model/group.ts";

/** What somebody waits for. `remote` is a file system whose server is elsewhere, `lock` another task. */
export type WaitCause = "io" | "memory" | "remote" | "lock" | "unknown";

/** Kernel functions by what waiting in them means; the first that fits counts. */
const channels: readonly (readonly [RegExp, WaitCause])[] = [
  [/^(rpc_|nfs|cifs|smb|ceph_|fuse|request_wait_answer|__fuse|p9_|v9fs|afs_)/, "remote"],
  [/(reclaim|shrink_|kswapd|mem_cgroup|compact|swap|oom)/, "memory"],
  [
    /(io_schedule|blk_|bio|page_bit|folio_|balance_dirty|writeback|jbd2|ext[234]_|xfs_|xlog_|btrfs|f2fs|zfs|dm_|md_|raid|sync_|fsync|wait_on_buffer|buffer|get_request|rq_qos|wbt_|iomap|filemap|submit_|congestion_wait|wait_for_completion_io|read_swap|inode|dquot)/,
    "io",
  ],
  [/(mutex|rwsem|down_|semaphore|lock|rtnl)/, "lock"],
];

/** What waiting in a function of the kernel means; where none is known, the higher pressure says it. */
export function waitCauseOf(waitChannel: string | undefined, ioPressure: number, memoryPressure: number): WaitCause {
  if (waitChannel === undefined || waitChannel === "0" || waitChannel === "") {
    if (Math.max(ioPressure, memoryPressure) < 0.05) return "unknown";
    return ioPressure >= memoryPressure ? "io" : "memory";
  }
  return channels.find(([pattern]) => pattern.test(waitChannel))?.[1] ?? "unknown";
}

/** Whose work a thread of the kernel does. */
export type HelpsWith = "memory" | "writes" | "interrupts";

const helpers: readonly (readonly [RegExp, HelpsWith])[] = [
  [/^(kswapd|kcompactd|khugepaged|ksmd)/, "memory"],
  // kworkers do many things, but the one that can make a spike is writing back
  [/^(kworker|jbd2|xfsaild|xfs|btrfs|kdmflush|flush|writeback|pdflush|bdi|dmcrypt_write|z_wr|txg_sync|md\d+_raid|loop\d+)/, "writes"],
  [/^(ksoftirqd|irq)$/, "interrupts"],
];

/** What a group helps others with; undefined for everybody who works for himself. Threads of the kernel belong to root and no unit. */
export function helpsWith({ kind, process, unit, container }: GroupLabels, commandLine: string | undefined): HelpsWith | undefined {
  if (kind !== "process" || unit !== "" || container !== "" || (commandLine ?? "") !== "") return undefined;
  return helpers.find(([pattern]) => pattern.test(process))?.[1];
}
