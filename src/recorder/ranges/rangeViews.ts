/** A range made of rollups, wherever these come from: downsampled for a chart, or as a table. */
import { recordedFigures } from "../../model/hostFigures.ts";
import { csvLine } from "../format/csv.ts";
import { Fold } from "../format/fold.ts";
import { mountCells, mountColumnNames } from "../format/mounts.ts";
import { meanOf, peakOf, type Rollup, type Stat, stepsOf } from "../format/rollup.ts";
import { type Downsampled, Downsampler } from "./downsample.ts";
import { mostBetweenMs } from "./mountColumns.ts";
import { type Range, resolutionOf } from "./range.ts";
import { Ranks } from "./ranks.ts";

/** How fine rollups are wanted. */
export type Resolution = ReturnType<typeof resolutionOf>;

/** Gives the rollups of a range; it may be asked several times. */
type RollupsOf = (range: Range, resolution: Resolution) => AsyncIterable<Rollup> | Iterable<Rollup>;

/** Steps of days, for who leads in a time. */
const coarseMs = 86_400_000;

/** A range as series of its points. Gives up with the signal's reason. */
export async function downsampleRange(range: Range, rollupsOf: RollupsOf, signal?: AbortSignal): Promise<Downsampled> {
  signal?.throwIfAborted();
  const resolution = resolutionOf(range);
  const ranks = new Ranks();
  // who leads can be told from what is coarser: most of it needs to be read only once
  const coarse = resolution === "seconds" ? range : { ...range, stepMs: coarseMs };
  for await (const rollup of rollupsOf(coarse, resolution === "seconds" ? "minutes" : "whole")) {
    ranks.add(rollup);
    signal?.throwIfAborted();
  }
  const { fromMs, toMs, stepMs } = range;
  const downsampler = new Downsampler({ fromMs, stepMs, points: Math.ceil((toMs - fromMs) / stepMs) }, ranks.shown());
  for await (const rollup of rollupsOf(range, resolution)) {
    downsampler.add(rollup);
    signal?.throwIfAborted();
  }
  return downsampler.result();
}

/** The head of the table of a range. */
const rangeTableHead = csvLine([
  "time",
  "recorded_seconds",
  ...recordedFigures.flatMap(({ column }) => [column, `${column}_peak`]),
  ...mountColumnNames,
  "top_process",
  "top_process_cpu_cores",
]);

/** A range as a table: a CSV record for each point of which something is known. Gives up with the signal's reason. */
export async function* rangeTable(range: Range, rollupsOf: RollupsOf, signal?: AbortSignal): AsyncGenerator<string> {
  yield rangeTableHead;
  let atMs = Number.NEGATIVE_INFINITY;
  let fold: Fold | undefined;
  const room = new KnownRoom();
  for await (const rollup of rollupsOf(range, resolutionOf(range))) {
    signal?.throwIfAborted();
    const starts = stepsOf(rollup, range);
    for (const [index, startMs] of starts.entries()) {
      if (startMs < range.fromMs || startMs >= range.toMs) continue;
      if (startMs !== atMs) {
        yield recordOf(room.filled(fold?.result()));
        fold = new Fold(startMs);
        atMs = startMs;
      }
      fold?.add(index === starts.length - 1 ? rollup : { ...rollup, seconds: range.stepMs / 1000 });
    }
  }
  yield recordOf(room.filled(fold?.result()));
}

/** File systems are read now and then: until the next reading they are as they were. */
class KnownRoom {
  #known: Pick<Rollup, "mounts" | "lastMs"> | undefined;

  filled(rollup: Rollup | undefined): Rollup | undefined {
    if (rollup === undefined) return undefined;
    if (rollup.mounts !== undefined) this.#known = rollup;
    const isNear = this.#known !== undefined && rollup.lastMs - this.#known.lastMs <= mostBetweenMs;
    return rollup.mounts !== undefined || !isNear ? rollup : { ...rollup, mounts: this.#known?.mounts ?? [] };
  }
}

function recordOf(rollup: Rollup | undefined): string {
  if (rollup === undefined) return "";
  const { atMs, seconds, figures, top, mounts } = rollup;
  const cells = (stat: Stat | undefined) => (stat === undefined ? [undefined, undefined] : [meanOf(stat), peakOf(stat)]);
  return csvLine([
    new Date(atMs).toISOString(),
    Math.round(seconds * 1000) / 1000,
    ...recordedFigures.flatMap(({ name }) => cells(figures[name])),
    ...mountCells(mounts),
    top?.process,
    top?.cpuCores,
  ]);
}
