/** `snapshots.jsonl` and `snapshots.csv`: the recorded seconds, whole and as a table of the host's figures. */

import type { RecordedLine, RecordedLines } from "../../recorder/format/line.ts";
import { parseRecorded } from "../../recorder/format/parseLine.ts";
import { secondTableHead, secondTableRecord } from "../../recorder/format/secondTable.ts";
import { inTurns, measuredContent } from "../making/content.ts";
import type { AfterPart } from "../making/part.ts";

/** The recorder's lines as they are, and one CSV record for each second. */
export const snapshotsPart: AfterPart = {
  name: "snapshots",
  when: "after",
  async run({ recorded }, signal) {
    const lines = await measuredContent(() => inTurns(recorded, ({ line }) => `${line}\n`), signal);
    const table = await measuredContent(() => tableOf(recorded), signal);
    return [
      { name: "snapshots.jsonl", content: lines },
      { name: "snapshots.csv", content: table },
    ];
  },
};

async function* tableOf(recorded: RecordedLines): AsyncIterable<string> {
  yield secondTableHead;
  yield* inTurns(recorded, recordOf);
}

function recordOf(line: RecordedLine): string {
  const snapshot = parseRecorded(line);
  return snapshot === undefined ? "" : secondTableRecord(snapshot);
}
