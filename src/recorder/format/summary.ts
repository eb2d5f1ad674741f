/**
 * `<segment>.summary.jsonl.gz`: what a packed segment says, in a line for the whole and one for each minute, so that days can be looked at
 * without reading every second. Behind the header of the segment each line is a Rollup (rollup.ts), the first one of the whole segment.
 * A bare number is mean and peak in one. It can be made again from the segment at any time, and is only trusted when all of it is there.
 */
import { Fold } from "./fold.ts";
import type { RecordedLines } from "./line.ts";
import { parseWithoutProcesses } from "./parseLine.ts";
import { type Rollup, rollupOf } from "./rollup.ts";
import { slotMs, slotOf } from "./segmentNames.ts";

/** How long a line of a summary speaks for, apart from the one of the whole. */
export const minuteMs = 60_000;

/** What a segment says, at two resolutions. */
interface Summary {
  readonly whole: Rollup;
  readonly minutes: readonly Rollup[];
}

/** Sums up the lines of one segment; undefined when there is none among them that can be read. */
export async function summarise(lines: RecordedLines): Promise<Summary | undefined> {
  let whole: Fold | undefined;
  const minutes = new Map<number, Fold>();
  for await (const line of lines) {
    const snapshot = parseWithoutProcesses(line);
    if (snapshot === undefined) continue;
    const rollup = rollupOf(snapshot);
    const minute = Math.floor(rollup.atMs / minuteMs);
    whole ??= new Fold(slotOf(rollup.atMs) * slotMs);
    whole.add(rollup);
    const fold = minutes.get(minute) ?? new Fold(minute * minuteMs);
    fold.add(rollup);
    minutes.set(minute, fold);
  }
  const result = whole?.result();
  if (result === undefined) return undefined;
  return { whole: result, minutes: [...minutes.values()].flatMap((fold) => fold.result() ?? []) };
}

/** The text of a summary's file. */
export function encodeSummary({ whole, minutes }: Summary, header: string): string {
  return `${header}${[whole, ...minutes].map((rollup) => `${JSON.stringify(rollup)}\n`).join("")}`;
}
