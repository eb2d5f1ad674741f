/** Which seconds must be on the disk before the next: those that may be a machine's last. Pure. */
import type { HostUsage } from "../model/snapshot.ts";

const fullMemoryRatio = 0.9;
/** Stalled for want of memory in so much of a second. */
const stalledRatio = 0.01;

/** Whether a machine is in trouble that can end it: memory nearly full, tasks stalled for memory, or tasks in uninterruptible sleep. */
export function isInDanger({ memory, pressure, tasks }: HostUsage): boolean {
  if ((memory?.usageRatio ?? 0) > fullMemoryRatio) return true;
  return (pressure?.memory?.some ?? 0) > stalledRatio || (tasks?.uninterruptible ?? 0) > 0;
}
