/** One CSV record a second: the host's figures and who used most CPU. In archives and from `culprit record`. */
import { recordedFigures, recordedValues } from "../../model/hostFigures.ts";
import { csvLine } from "./csv.ts";
import { busiestGroup, type RecordedSnapshot } from "./line.ts";
import { mountCells, mountColumnNames, mountsOf } from "./mounts.ts";
import { rounded } from "./rounding.ts";

/** The head of the table. */
export const secondTableHead = csvLine([
  "time",
  "elapsed_seconds",
  ...recordedFigures.map(({ column }) => column),
  ...mountColumnNames,
  "top_process",
  "top_process_cpu_cores",
]);

/** One second of it; what is unknown is empty. */
export function secondTableRecord(snapshot: Omit<RecordedSnapshot, "gap">): string {
  const figures = recordedValues(snapshot.host);
  const top = busiestGroup(snapshot.groups);
  return csvLine([
    new Date(snapshot.takenAtMs).toISOString(),
    known(snapshot.elapsedSeconds),
    ...recordedFigures.map(({ name }) => known(figures[name])),
    ...mountCells(mountsOf(snapshot.host)),
    top?.process,
    known(top?.usage.cpuCores),
  ]);
}

/** A live Snapshot is not rounded yet. */
function known(value: number | undefined): number | undefined {
  return value === undefined ? undefined : rounded(value);
}
