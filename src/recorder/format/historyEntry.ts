/** One recorded second in a few words: the host's figures, and who used most CPU. */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, labelsOf } from "../../model/group.ts";
import { type RecordedValues, recordedValues } from "../../model/hostFigures.ts";
import { busiestGroup, type RecordedSnapshot } from "./line.ts";

/** An entry of the history. What is unknown is absent. */
export interface HistoryEntry extends RecordedValues {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly takenAtMs: number;
  readonly elapsedSeconds?: number;
  /** More time has passed than a tick explains. */
  readonly gap?: true;
  /** The named group that used most CPU; absent when none used any. */
  readonly top?: Omit<GroupLabels, "kind"> & { readonly cpuCores: number };
}

/** A second as an entry. */
export function historyEntry(snapshot: RecordedSnapshot): HistoryEntry {
  const { takenAtMs, elapsedSeconds, gap, host, groups } = snapshot;
  const top = busiestGroup(groups);
  return defined({
    time: new Date(takenAtMs).toISOString(),
    takenAtMs,
    elapsedSeconds,
    gap: gap || undefined,
    ...recordedValues(host),
    top: top === undefined ? undefined : { ...withoutKind(labelsOf(top)), cpuCores: top.usage.cpuCores ?? 0 },
  });
}

function withoutKind({ kind: _, ...labels }: GroupLabels): Omit<GroupLabels, "kind"> {
  return labels;
}
