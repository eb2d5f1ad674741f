/** `processes-before.csv`: for each recorded second every group that did something, ready for a spreadsheet's pivot table. */

import { csvLine } from "../../recorder/format/csv.ts";
import type { RecordedGroup, RecordedLine, RecordedLines } from "../../recorder/format/line.ts";
import { parseRecorded } from "../../recorder/format/parseLine.ts";
import { inTurns, measuredContent } from "../making/content.ts";
import type { AfterPart } from "../making/part.ts";

const head = [
  "time",
  "kind",
  "process",
  "unit",
  "container",
  "user",
  "cpu_cores",
  "resident_bytes",
  "read_bytes_per_second",
  "written_bytes_per_second",
  "running_tasks",
  "uninterruptible_tasks",
];

/** Who did what, second by second. */
export const processesBeforePart: AfterPart = {
  name: "processes-before",
  when: "after",
  async run({ recorded }, signal) {
    return [{ name: "processes-before.csv", content: await measuredContent(() => tableOf(recorded), signal) }];
  },
};

async function* tableOf(recorded: RecordedLines): AsyncIterable<string> {
  yield csvLine(head);
  yield* inTurns(recorded, recordsOf);
}

function recordsOf(line: RecordedLine): string {
  const snapshot = parseRecorded(line);
  if (snapshot === undefined) return "";
  const time = new Date(snapshot.takenAtMs).toISOString();
  return snapshot.groups
    .filter(didSomething)
    .map(({ kind, process, unit, container, user, usage }) =>
      csvLine([
        time,
        kind,
        process,
        unit,
        container,
        user,
        usage.cpuCores,
        usage.residentBytes,
        usage.readBytesPerSecond,
        usage.writtenBytesPerSecond,
        usage.runningTasks,
        usage.uninterruptibleTasks,
      ]),
    )
    .join("");
}

/** Memory alone is no deed: every process has some in every second. */
function didSomething({ usage }: RecordedGroup): boolean {
  const { cpuCores, readBytesPerSecond, writtenBytesPerSecond, runningTasks, uninterruptibleTasks } = usage;
  return [cpuCores, readBytesPerSecond, writtenBytesPerSecond, runningTasks, uninterruptibleTasks].some((value) => (value ?? 0) > 0);
}
