/** `processes-before.csv`: for each recorded second every group that did something, ready for a spreadsheet's pivot table. */
import { groupLabelNames } from "../../model/group.ts";
import { columnOf, resourceFigure, resourceKeys } from "../../model/usage.ts";
import { csvLine } from "../../recorder/format/csv.ts";
import type { RecordedGroup, RecordedLine, RecordedLines } from "../../recorder/format/line.ts";
import { parseRecorded } from "../../recorder/format/parseLine.ts";
import { inTurns, measuredContent } from "../making/content.ts";
import type { AfterPart } from "../making/part.ts";

const head = ["time", ...groupLabelNames, ...resourceKeys.map(columnOf)];

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
    .map((group) => csvLine([time, ...groupLabelNames.map((name) => group[name]), ...resourceKeys.map((key) => group.usage[key])]))
    .join("");
}

/** Memory alone is not enough: every process has some in every second. */
function didSomething({ usage }: RecordedGroup): boolean {
  return resourceKeys.some((key) => !resourceFigure(key).level && (usage[key] ?? 0) > 0);
}
