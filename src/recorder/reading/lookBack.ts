/** Ranges of the recording as they are asked for: downsampled for a chart, as a table, or the newest seconds. */
import { setImmediate as nextTurn } from "node:timers/promises";
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
import { readSummary } from "./readSummary.ts";
import { type SearchQuestion, search } from "./search.ts";
import { linesOf, listSegmentsOrSay, type RecordingSources, readLines, segmentsIn } from "./span.ts";

const rollupsPerTurn = 20;
/** A longer stretch is folded from its minutes. */
const mostFoldedSecondsMs = 3_600_000;

/** The questions that can be asked about the past. */
export class LookBack {
  readonly hostname: string;
  readonly #sources: RecordingSources;

  constructor(sources: RecordingSources, hostname: string) {
    this.#sources = sources;
    this.hostname = hostname;
  }

  /** When what is recorded begins; undefined where nothing is. */
  async firstMs(): Promise<number | undefined> {
    const starts = (await listSegmentsOrSay(this.#sources)).map(({ startMs }) => startMs);
    const [inMemory] = this.#sources.ring.between(0, Number.MAX_SAFE_INTEGER);
    const all = inMemory === undefined ? starts : [...starts, inMemory.takenAtMs];
    return all.length === 0 ? undefined : Math.min(...all);
  }

  /** A range as series of its points. Gives up with the signal's reason when nobody waits for it any more. */
  async downsampled(range: Range, signal?: AbortSignal): Promise<Downsampled> {
    return downsampleRange(range, (wanted, resolution) => this.#rollups(wanted, resolution), signal);
  }

  /** The same figures as a table: a CSV record for each point of which something is known. */
  table(range: Range, signal?: AbortSignal): AsyncGenerator<string> {
    return rangeTable(range, (wanted, resolution) => this.#rollups(wanted, resolution), signal);
  }

  /** Who ran in which minutes. Gives up as above. */
  async search(question: SearchQuestion, signal?: AbortSignal): Promise<SearchResult> {
    return search(this.#sources, question, signal);
  }

  /** All of a stretch as one rollup; undefined where nothing of it is recorded. Gives up with the signal's reason. */
  async folded(fromMs: number, toMs: number, signal?: AbortSignal): Promise<Rollup | undefined> {
    const range = rangeOf({ fromMs, toMs, stepMs: toMs - fromMs > mostFoldedSecondsMs ? minuteMs : 1000 });
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

  async *#rollups({ fromMs, toMs }: Range, resolution: Resolution): AsyncGenerator<Rollup> {
    if (resolution === "seconds") yield* this.#seconds(readLines(this.#sources, fromMs, toMs - 1));
    else yield* this.#summaries(fromMs, toMs, resolution);
  }

  /** Summaries where there are some, seconds where there are none, and behind them what only memory has. */
  async *#summaries(fromMs: number, toMs: number, resolution: "minutes" | "whole"): AsyncGenerator<Rollup> {
    let lastMs = fromMs - 1;
    let count = 0;
    const recent = this.#sources.ring.between(fromMs, toMs - 1);
    for (const segment of segmentsIn(await listSegmentsOrSay(this.#sources), fromMs, toMs - 1)) {
      const summary = segment.summarised ? await readSummary(this.#sources.directory, segment, resolution) : undefined;
      for await (const rollup of summary ?? this.#seconds(linesOf(this.#sources, segment))) {
        if (rollup.lastMs < fromMs || rollup.atMs >= toMs) continue;
        lastMs = Math.max(lastMs, rollup.lastMs);
        yield rollup;
        if (++count % rollupsPerTurn === 0) await nextTurn();
      }
    }
    yield* this.#seconds(recent.filter(({ takenAtMs }) => takenAtMs > lastMs));
  }

  async *#seconds(lines: RecordedLines): AsyncGenerator<Rollup> {
    let count = 0;
    for await (const line of lines) {
      const snapshot = parseWithoutProcesses(line);
      if (snapshot !== undefined) yield rollupOf(snapshot);
      if (++count % rollupsPerTurn === 0) await nextTurn();
    }
  }
}
