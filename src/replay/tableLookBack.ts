/** A table, asked as a recording is. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { defined } from "../model/defined.ts";
import { processLabels } from "../model/group.ts";
import type { RecordedFigure } from "../model/hostFigures.ts";
import { Fold } from "../recorder/format/fold.ts";
import { diskOf, fillOf, type HistoryEntry, percentOf, plainHead } from "../recorder/format/historyEntry.ts";
import type { NamesIndex, Wanted } from "../recorder/format/names.ts";
import { meanOf, type Rollup } from "../recorder/format/rollup.ts";
import { minuteMs } from "../recorder/format/summary.ts";
import type { Downsampled } from "../recorder/ranges/downsample.ts";
import type { Range } from "../recorder/ranges/range.ts";
import { downsampleRange, rangeTable } from "../recorder/ranges/rangeViews.ts";
import type { SearchResult } from "../recorder/ranges/searchResult.ts";
import type { LookBack } from "../recorder/reading/lookBack.ts";
import { ofRollups, type SearchQuestion, searchIn } from "../recorder/reading/search.ts";
import { groupsOf, type Table, type TableRow } from "./table.ts";

const rowsPerTurn = 500;
/** More names than these are not kept apart: they lead too seldom to be seen. */
const mostNames = 40;

/** Answers from rows in memory. */
export class TableLookBack implements Pick<LookBack, "downsampled" | "table" | "history" | "search"> {
  readonly #table: Table;
  readonly #hostname: string;

  constructor(table: Table, hostname: string) {
    this.#table = table;
    this.#hostname = hostname;
  }

  async downsampled(range: Range, signal?: AbortSignal): Promise<Downsampled> {
    return downsampleRange(range, (wanted) => this.#rollups(wanted), signal);
  }

  table(range: Range, signal?: AbortSignal): AsyncGenerator<string> {
    return rangeTable(range, (wanted) => this.#rollups(wanted), signal);
  }

  /** Of a table only the process that led is known. */
  async search(question: SearchQuestion, signal?: AbortSignal): Promise<SearchResult> {
    return searchIn((wanted) => this.#indexes(question.range, wanted), question, signal);
  }

  async history(limit: number): Promise<readonly HistoryEntry[]> {
    return this.#table.rows.slice(-limit).map((row) => entryOf(this.#hostname, row));
  }

  async *#indexes(range: Range, wanted: Wanted): AsyncGenerator<NamesIndex> {
    let minute: Fold | undefined;
    let atMs: number | undefined;
    const finished = () => {
      const rollup = minute?.result();
      return rollup === undefined ? [] : [ofRollups([rollup], wanted)];
    };
    for await (const rollup of this.#rollups(range)) {
      const startMs = Math.floor(rollup.firstMs / minuteMs) * minuteMs;
      if (startMs !== atMs) {
        yield* finished();
        minute = new Fold(startMs);
        atMs = startMs;
      }
      minute?.add(rollup);
    }
    yield* finished();
  }

  async *#rollups({ fromMs, toMs }: Range): AsyncGenerator<Rollup> {
    const rows = this.#table.rows.slice(this.#firstAt(fromMs), this.#firstAt(toMs + (this.#table.stepMs ?? 0)));
    const names = leadersOf(rows);
    for (const [index, row] of rows.entries()) {
      const { top, ...rest } = row;
      yield defined({
        ...rest,
        groups: groupsOf(row, names),
        top: top === undefined ? undefined : { ...processLabels(top.process), cpuCores: top.cpuCores },
      });
      if ((index + 1) % rowsPerTurn === 0) await nextTurn();
    }
  }

  /** The first row that is filed at this time or later. */
  #firstAt(ms: number): number {
    const { rows } = this.#table;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((rows[middle]?.atMs ?? 0) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function leadersOf(rows: readonly TableRow[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const { top, seconds } of rows) if (top !== undefined) sums.set(top.process, (sums.get(top.process) ?? 0) + top.cpuCores * seconds);
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostNames)
    .map(([name]) => name);
}

function entryOf(hostname: string, { lastMs, seconds, gap, figures, top, mounts }: TableRow): HistoryEntry {
  const means = Object.fromEntries(
    Object.entries(figures).map(([name, stat]) => [name, stat === undefined ? undefined : meanOf(stat)] as const),
  ) as { readonly [Name in RecordedFigure]?: number };
  const { cpuUsageRatio, memoryTotalBytes, memoryAvailableBytes } = means;
  const { kind: _, ...labels } = processLabels(top?.process ?? "");
  return defined({
    ...plainHead(hostname, lastMs),
    time: new Date(lastMs).toISOString(),
    takenAtMs: lastMs,
    elapsedSeconds: seconds,
    gap,
    cpu: cpuUsageRatio === undefined ? undefined : { percent: percentOf(cpuUsageRatio) },
    memory:
      memoryTotalBytes === undefined || memoryAvailableBytes === undefined ? undefined : fillOf(memoryTotalBytes, memoryAvailableBytes),
    disk: diskOf(mounts),
    ...means,
    top: top === undefined ? undefined : { ...labels, cpuCores: top.cpuCores },
  });
}
