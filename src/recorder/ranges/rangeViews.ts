/** A range made of stretches, wherever these come from: thinned for a chart, or as a table. */
import { recordedFigures } from "../../model/hostFigures.ts";
import { csvLine } from "../format/csv.ts";
import { Fold } from "../format/fold.ts";
import { meanOf, peakOf, type Stat, type Stretch, stepsOf } from "../format/stretch.ts";
import { type Range, rangeDepth } from "./range.ts";
import { Ranks } from "./ranks.ts";
import { type Thinned, Thinning } from "./thin.ts";

/** How fine stretches are wanted. */
export type Depth = ReturnType<typeof rangeDepth>;

/** Gives the stretches of a range; it may be asked several times. */
type StretchesOf = (range: Range, depth: Depth) => AsyncIterable<Stretch> | Iterable<Stretch>;

/** A range as series of its points. Gives up with the signal's reason. */
export async function thinRange(range: Range, stretchesOf: StretchesOf, signal?: AbortSignal): Promise<Thinned> {
  signal?.throwIfAborted();
  const depth = rangeDepth(range);
  const ranks = new Ranks();
  // who leads can be told from what is coarser: most of it needs to be read only once
  for await (const stretch of stretchesOf(range, depth === "seconds" ? "minutes" : "whole")) {
    ranks.add(stretch);
    signal?.throwIfAborted();
  }
  const { fromMs, toMs, stepMs } = range;
  const thinning = new Thinning({ fromMs, stepMs, points: Math.ceil((toMs - fromMs) / stepMs) }, ranks.shown());
  for await (const stretch of stretchesOf(range, depth)) {
    thinning.add(stretch);
    signal?.throwIfAborted();
  }
  return thinning.result();
}

/** The head of the table of a range. */
const rangeTableHead = csvLine([
  "time",
  "recorded_seconds",
  ...recordedFigures.flatMap(({ column }) => [column, `${column}_peak`]),
  "top_process",
  "top_process_cpu_cores",
]);

/** A range as a table: a CSV record for each point of which something is known. Gives up with the signal's reason. */
export async function* rangeTable(range: Range, stretchesOf: StretchesOf, signal?: AbortSignal): AsyncGenerator<string> {
  yield rangeTableHead;
  let atMs = Number.NEGATIVE_INFINITY;
  let fold: Fold | undefined;
  for await (const stretch of stretchesOf(range, rangeDepth(range))) {
    signal?.throwIfAborted();
    const starts = stepsOf(stretch, range);
    for (const [index, startMs] of starts.entries()) {
      if (startMs < range.fromMs || startMs >= range.toMs) continue;
      if (startMs !== atMs) {
        yield recordOf(fold?.result());
        fold = new Fold(startMs);
        atMs = startMs;
      }
      fold?.add(index === starts.length - 1 ? stretch : { ...stretch, seconds: range.stepMs / 1000 });
    }
  }
  yield recordOf(fold?.result());
}

function recordOf(stretch: Stretch | undefined): string {
  if (stretch === undefined) return "";
  const { atMs, seconds, figures, top } = stretch;
  const cells = (stat: Stat | undefined) => (stat === undefined ? [undefined, undefined] : [meanOf(stat), peakOf(stat)]);
  return csvLine([
    new Date(atMs).toISOString(),
    Math.round(seconds * 1000) / 1000,
    ...recordedFigures.flatMap(({ name }) => cells(figures[name])),
    top?.process,
    top?.cpuCores,
  ]);
}
