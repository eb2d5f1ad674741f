/** What the window keeps of a Snapshot. */
import type { GroupUsage } from "../model/group.ts";
import type { HostCpu, HostUsage, Snapshot } from "../model/snapshot.ts";

/** One tick of the window. The rest of a Snapshot would only be memory that every collection of garbage has to walk through. */
export interface WindowTick {
  readonly elapsedSeconds?: number;
  readonly gap: boolean;
  readonly cpu: HostCpu | undefined;
  readonly memoryUsageRatio: number | undefined;
  readonly tasks: HostUsage["tasks"];
  readonly pressure: HostUsage["pressure"];
  readonly groups: readonly GroupUsage[];
}

/** Keeps what the window needs of a Snapshot. */
export function tickOf({ elapsedSeconds, gap, host, groups }: Snapshot): WindowTick {
  const { cpu, memory, tasks, pressure } = host;
  const tick = { gap, cpu, memoryUsageRatio: memory?.usageRatio, tasks, pressure, groups };
  return elapsedSeconds === undefined ? tick : { elapsedSeconds, ...tick };
}

/** True for a tick whose rates say something: not the first, and none after a gap. */
export function isTimed({ elapsedSeconds, gap }: Pick<WindowTick, "elapsedSeconds" | "gap">): boolean {
  return elapsedSeconds !== undefined && !gap;
}

/** A level that was read once weighs as much as one that was read after a gap: a second. */
export function weightOf({ gap, elapsedSeconds }: Pick<WindowTick, "elapsedSeconds" | "gap">): number {
  return gap ? 1 : (elapsedSeconds ?? 1);
}
