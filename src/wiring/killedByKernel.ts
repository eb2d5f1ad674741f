/** Whom the kernel says to have killed for memory since it was booted, asked once: at a start that finds an end without order. */
import { LoggedKillSource } from "../collectors/oomKillSources.ts";
import { kernelSeconds } from "../procfs/kernelSeconds.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { Skips } from "../procfs/skips.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";

/** Each of them, with how long ago that was; none where the log is closed to this user. */
export async function killedByKernel(
  root: ProcRoot,
  reads: SlowReads,
): Promise<readonly { readonly pid: number; readonly secondsAgo: number }[]> {
  const kills = await new LoggedKillSource(root, reads, new Skips()).all();
  const now = kernelSeconds();
  return kills.map(({ pid, atSeconds }) => ({ pid, secondsAgo: now - atSeconds }));
}
