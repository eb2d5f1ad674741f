/** Ranges of the recording as they are asked for: downsampled for a chart, as a table, or the newest seconds. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Spike } from "../../model/spike.ts";
import { dayMs, hourMs } from "../format/dayFile.ts";
import { Fold } from "../format/fold.ts";
import { type HistoryEntry, historyEntry } from "../format/historyEntry.ts";
import type { RecordedLines } from "../format/line.ts";
import { type MountRollup, mountsOf } from "../format/mounts.ts";
import { parseWithoutProcesses } from "../format/parseLine.ts";
import { type Rollup, rollupOf } from "../format/rollup.ts";
import { minuteMs } from "../format/summary.ts";
import type { Downsampled } from "../ranges/downsample.ts";
import { type Range, rangeOf, resolutionOf } from "../ranges/range.ts";
import { downsampleRange, type Resolution, rangeTable } from "../ranges/rangeViews.ts";
import type { SearchResult } from "../ranges/searchResult.ts";
import { KnownBySecond } from "./knownBySecond.ts";
import { daysIn, firstMsOf, listDays, readDay, readDaySpikes, readWholeDay } from "./readDay.ts";
import { readSummary } from "./readSummary.ts";
import { type SearchQuestion, search } from "./search.ts";
import { linesOf, listSegmentsOrSay, type RecordingSources, readLines, segmentsIn } from "./span.ts";

/** Lets others have their turns; for how long is up to who asks. */
type Pace = () => Promise<unknown>;

const rollupsPerTurn = 20;
/** A longer stretch is folded from its minutes. */
const mostFoldedSecondsMs = 3_600_000;

/** A range as it can be told. */
interface FittedRange {
  readonly range: Range;
  /** Before this only minutes are known. */
  readonly minutesBeforeMs?: number;
}

function finestOf({ fromMs, toMs }: Range): number {
  const days = (toMs - fromMs) / dayMs;
  return days > 100 ? dayMs : days > 10 ? hourMs : minuteMs;
}

/** The questions that can be asked about the past. */
export class LookBack {
  readonly hostname: string;
  readonly #sources: RecordingSources;

  constructor(sources: RecordingSources, hostname: string) {
    this.#sources = sources;
    this.hostname = hostname;
  }

  /** When what is recorded begins, by the minute or by the second; undefined where nothing is. */
  async recordedFromMs(): Promise<number | undefined> {
    const [first] = await listDays(this.#sources.directory);
    const starts = [first && (await firstMsOf(this.#sources.directory, first)), await this.firstMs()].filter((one) => one !== undefined);
    return starts.length === 0 ? undefined : Math.min(...starts);
  }

  /**
   * Where only minutes are known of a range, or of its beginning, it has steps of whole minutes, and says before when; a chart of weeks of
   * them has steps of hours, one of a season of days: it would take too long else.
   */
  async fitted(range: Range, isChart = true): Promise<FittedRange> {
    const firstMs = (await this.firstMs()) ?? Number.POSITIVE_INFINITY;
    const days = range.fromMs >= firstMs ? [] : daysIn(await listDays(this.#sources.directory), range);
    if (days.length === 0) return { range };
    const finestMs = isChart ? finestOf(range) : minuteMs;
    const stepMs = Math.ceil(range.stepMs / finestMs) * finestMs;
    return { range: rangeOf({ ...range, stepMs }), minutesBeforeMs: Math.min(firstMs, range.toMs) };
  }

  /** The spikes that were kept with the minutes of a time: those that nobody else remembers are among them. */
  async spikes(fromMs: number, toMs: number): Promise<readonly Spike[]> {
    const { directory } = this.#sources;
    const found: Spike[] = [];
    for (const day of daysIn(await listDays(directory), { fromMs: fromMs - dayMs, toMs }))
      found.push(...(await readDaySpikes(directory, day)));
    return found.filter(({ startMs, endMs = startMs }) => startMs <= toMs && endMs >= fromMs);
  }

  /** When the seconds begin; undefined where there are none. */
  async firstMs(): Promise<number | undefined> {
    const starts = (await listSegmentsOrSay(this.#sources)).map(({ startMs }) => startMs);
    const [inMemory] = this.#sources.ring.between(0, Number.MAX_SAFE_INTEGER);
    const all = inMemory === undefined ? starts : [...starts, inMemory.takenAtMs];
    return all.length === 0 ? undefined : Math.min(...all);
  }

  /** A range as series of its points. Gives up with the signal's reason when nobody waits for it any more. */
  async downsampled(range: Range, signal?: AbortSignal, pace: Pace = nextTurn): Promise<Downsampled> {
    // whoever asks and goes away at once has gone by then
    await pace();
    signal?.throwIfAborted();
    return downsampleRange(range, (wanted, resolution) => this.#rollups(wanted, resolution, pace), signal);
  }

  /** The same figures as a table: a CSV record for each point of which something is known. */
  table(range: Range, signal?: AbortSignal, pace: Pace = nextTurn): AsyncGenerator<string> {
    return rangeTable(range, (wanted, resolution) => this.#rollups(wanted, resolution, pace), signal);
  }

  /** Who ran in which minutes. Gives up as above. */
  async search(question: SearchQuestion, signal?: AbortSignal): Promise<SearchResult> {
    return search(this.#sources, question, signal);
  }

  /** All of a stretch as one rollup; undefined where nothing of it is recorded. Gives up with the signal's reason. */
  async folded(fromMs: number, toMs: number, signal?: AbortSignal): Promise<Rollup | undefined> {
    const { range } = await this.fitted(rangeOf({ fromMs, toMs, stepMs: toMs - fromMs > mostFoldedSecondsMs ? minuteMs : 1000 }));
    const fold = new Fold(range.fromMs);
    for await (const rollup of this.#rollups(range, resolutionOf(range))) {
      signal?.throwIfAborted();
      fold.add(rollup);
    }
    return fold.result();
  }

  /** The newest so many seconds, newest last. */
  async history(limit: number, signal?: AbortSignal): Promise<readonly HistoryEntry[]> {
    signal?.throwIfAborted();
    const parts: HistoryEntry[][] = [];
    let count = 0;
    let toMs = Number.MAX_SAFE_INTEGER;
    const starts = (await listSegmentsOrSay(this.#sources)).map(({ startMs }) => startMs).sort((a, b) => b - a);
    for (const fromMs of [...new Set([...starts, 0])]) {
      const part: HistoryEntry[] = [];
      let mounts: readonly MountRollup[] | undefined;
      for await (const line of readLines(this.#sources, fromMs, toMs)) {
        signal?.throwIfAborted();
        const snapshot = parseWithoutProcesses(line);
        if (snapshot === undefined) continue;
        // each file of the recording, and each minute, begins with them
        mounts = mountsOf(snapshot.host) ?? mounts;
        part.push(historyEntry(this.hostname, snapshot, mounts));
      }
      parts.unshift(part);
      count += part.length;
      if (count >= limit) break;
      toMs = fromMs - 1;
    }
    return parts.flat().slice(-limit);
  }

  async *#rollups(range: Range, resolution: Resolution, pace: Pace = nextTurn): AsyncGenerator<Rollup> {
    const { fromMs, toMs } = range;
    if (resolution === "seconds") yield* this.#seconds(readLines(this.#sources, fromMs, toMs - 1), pace);
    else {
      yield* this.#days(range, pace);
      yield* this.#summaries(fromMs, toMs, resolution, pace);
    }
  }

  /** Of what no segment is left. */
  async *#days(range: Range, pace: Pace): AsyncGenerator<Rollup> {
    const { directory } = this.#sources;
    const { fromMs, toMs, stepMs } = range;
    const days = daysIn(await listDays(directory), range);
    if (days.length === 0) return;
    const seconds = new KnownBySecond(await listSegmentsOrSay(this.#sources));
    const isFine = (startMs: number) =>
      stepMs % hourMs !== 0 || startMs < fromMs || startMs + hourMs > toMs || seconds.hasSomeOf(startMs, startMs + hourMs);
    for (const day of days) {
      await pace();
      const isWhole = stepMs % dayMs === 0 && day.startMs >= fromMs && day.endMs <= toMs && !seconds.hasSomeOf(day.startMs, day.endMs);
      if (isWhole) yield* await readWholeDay(directory, day);
      if (isWhole) continue;
      for await (const rollup of readDay(directory, day, range, isFine)) {
        if (rollup.atMs >= fromMs && rollup.atMs < toMs && !seconds.has(rollup.atMs)) yield rollup;
      }
    }
  }

  /** Summaries where there are some, seconds where there are none, and behind them what only memory has. */
  async *#summaries(fromMs: number, toMs: number, resolution: "minutes" | "whole", pace: Pace): AsyncGenerator<Rollup> {
    let lastMs = fromMs - 1;
    let count = 0;
    const recent = this.#sources.ring.between(fromMs, toMs - 1);
    for (const segment of segmentsIn(await listSegmentsOrSay(this.#sources), fromMs, toMs - 1)) {
      await pace();
      const summary = segment.summarised ? await readSummary(this.#sources.directory, segment, resolution) : undefined;
      for await (const rollup of summary ?? this.#seconds(linesOf(this.#sources, segment), pace)) {
        if (rollup.lastMs < fromMs || rollup.atMs >= toMs) continue;
        lastMs = Math.max(lastMs, rollup.lastMs);
        yield rollup;
        if (++count % rollupsPerTurn === 0) await pace();
      }
    }
    yield* this.#seconds(
      recent.filter(({ takenAtMs }) => takenAtMs > lastMs),
      pace,
    );
  }

  async *#seconds(lines: RecordedLines, pace: Pace): AsyncGenerator<Rollup> {
    let count = 0;
    for await (const line of lines) {
      const snapshot = parseWithoutProcesses(line);
      if (snapshot !== undefined) yield rollupOf(snapshot);
      if (++count % rollupsPerTurn === 0) await pace();
    }
  }
}
