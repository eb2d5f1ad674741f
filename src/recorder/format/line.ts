/** One recorded second: a Snapshot as one line of JSON, and what such a line says. */
import type { GroupLabels } from "../../model/group.ts";
import type { OomKill } from "../../model/oomKill.ts";
import type { HostUsage, ProcessUsage } from "../../model/snapshot.ts";
import type { ResourceKey, ResourceUsage } from "../../model/usage.ts";

/** The text of one second. */
export interface RecordedLine {
  readonly takenAtMs: number;
  readonly line: string;
}

/** Lines, oldest first; they can be gone through as often as is wanted, and say the same every time. */
export type RecordedLines = Iterable<RecordedLine> | AsyncIterable<RecordedLine>;

/** A group as a line holds it: without its id, which the labels make again. */
export interface RecordedGroup extends GroupLabels {
  readonly usage: ResourceUsage;
}

/** A process as a line holds it: without its group, which its name tells where only one has it. */
export type RecordedProcess = Omit<ProcessUsage, "groupId">;

/** What a line says. */
export interface RecordedSnapshot {
  readonly takenAtMs: number;
  readonly elapsedSeconds?: number;
  /** More time has passed than a tick explains. */
  readonly gap: boolean;
  readonly host: HostUsage;
  readonly groups: readonly RecordedGroup[];
  /** The busiest of the second. */
  readonly processes?: readonly RecordedProcess[];
  /** Those that the kernel killed for memory. */
  readonly oomKills?: readonly OomKill[];
}

/** The named group that used most of a resource; undefined when none used any. */
export function busiestGroup(groups: readonly RecordedGroup[], resource: ResourceKey = "cpuCores"): RecordedGroup | undefined {
  let top: RecordedGroup | undefined;
  for (const group of groups) {
    if (group.kind === "process" && (group.usage[resource] ?? 0) > (top?.usage[resource] ?? 0)) top = group;
  }
  return top;
}
