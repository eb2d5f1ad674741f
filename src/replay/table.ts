/** Culprit's own tables, back into rollups: a row a second (`culprit record`, snapshots.csv of an archive), or a row a step (/api/snapshots.csv). */
import { defined } from "../model/defined.ts";
import { processLabels } from "../model/group.ts";
import { type RecordedFigure, recordedFigures } from "../model/hostFigures.ts";
import { isMoment } from "../recorder/format/lineChecks.ts";
import { type MountRollup, mountColumnNames } from "../recorder/format/mounts.ts";
import { longestTickSeconds } from "../recorder/format/parseLine.ts";
import type { GroupRollup, Rollup, Stat } from "../recorder/format/rollup.ts";
import { niceStepAtLeast } from "../recorder/ranges/range.ts";
import { type CsvRecord, csvRecords } from "./csvRecords.ts";
import type { NumberedLine } from "./lines.ts";
import { ReplayProblem } from "./problem.ts";

/** What a row says. Of the groups it knows one. */
export type TableRow = Omit<Rollup, "groups" | "top"> & { readonly top?: { readonly process: string; readonly cpuCores: number } };

/** A table that was understood. */
export interface Table {
  /** Oldest first, each time once. */
  readonly rows: readonly TableRow[];
  /** A row is one second, or a step of so many milliseconds. */
  readonly stepMs?: number;
  readonly notes: readonly string[];
}

interface Columns {
  readonly kind: "elapsed_seconds" | "recorded_seconds";
  readonly names: readonly string[];
  readonly figures: readonly { readonly figure: RecordedFigure; readonly mean: number; readonly peak: number }[];
  readonly process: number;
  readonly cores: number;
  /** Of the fullest file system: its name, size and room. */
  readonly mount: readonly [number, number, number];
}

interface Cells {
  readonly atMs: number;
  readonly seconds: number;
  readonly figures: { readonly [Name in RecordedFigure]?: Stat };
  readonly top?: { readonly process: string; readonly cpuCores: number };
  readonly mounts?: readonly MountRollup[];
}

/** Rows are held in memory. */
const mostRows = 1_000_000;

/** Reads a table. @throws ReplayProblem that names the line, the column and what was expected */
export async function readTable(lines: AsyncIterable<NumberedLine>): Promise<Table> {
  let columns: Columns | undefined;
  const known = new Map<number, Cells>();
  const notes: string[] = [];
  const bad: string[] = [];
  let badCount = 0;
  for await (const record of csvRecords(lines)) {
    if (columns === undefined) {
      columns = columnsOf(record);
      continue;
    }
    if (!record.whole) {
      notes.push(
        `line ${record.line} is torn: it has no line end (${record.cells.length} of ${columns.names.length} cells are there), and is left out`,
      );
      continue;
    }
    const cells = readCellsOr(record, columns, (problem) => {
      if (badCount++ === 0) bad.push(problem);
    });
    if (cells === undefined) continue;
    known.set(cells.atMs, cells);
    if (known.size > mostRows)
      throw new ReplayProblem(`line ${record.line}: the table has more than ${mostRows} rows; expected less, or a recording`);
  }
  const [firstBad] = bad;
  if (known.size === 0 && firstBad !== undefined) throw new ReplayProblem(firstBad);
  if (columns === undefined || known.size === 0)
    throw new ReplayProblem("the table has no whole row behind its head; expected at least one");
  if (firstBad !== undefined) notes.push(`${badCount === 1 ? "1 row is" : `${badCount} rows are`} left out: ${firstBad}`);
  const cells = [...known.values()].sort((a, b) => a.atMs - b.atMs);
  if (columns.kind === "elapsed_seconds") return { rows: secondsOf(cells), notes };
  const stepMs = stepOf(cells);
  return { rows: cells.map((one) => stepRow(one, stepMs)), stepMs, notes };
}

function columnsOf({ cells, line }: CsvRecord): Columns {
  const names = cells.map((name) => name.replace(/^\ufeff/, "").trim());
  const [time, kind] = names;
  if (time !== "time" || (kind !== "elapsed_seconds" && kind !== "recorded_seconds")) {
    throw new ReplayProblem(
      `line ${line}: expected the head of a table of Culprit, beginning with time,elapsed_seconds or time,recorded_seconds`,
    );
  }
  const figures = recordedFigures.flatMap(({ name: figure, column }) => {
    const mean = names.indexOf(column);
    return mean < 0 ? [] : [{ figure, mean, peak: names.indexOf(`${column}_peak`) }];
  });
  const [process, cores] = ["top_process", "top_process_cpu_cores"].map((name) => names.indexOf(name));
  const [mountpoint, size, available] = mountColumnNames.map((name) => names.indexOf(name)) as [number, number, number];
  const places = new Set([0, 1, process, cores, mountpoint, size, available, ...figures.flatMap(({ mean, peak }) => [mean, peak])]);
  const foreign = names.findIndex((_, place) => !places.has(place));
  if (foreign >= 0) {
    throw new ReplayProblem(
      `line ${line}: the column ${JSON.stringify(names[foreign]?.slice(0, 60))} is not known; a newer Culprit may have written it`,
    );
  }
  return { kind, names, figures, process: process ?? -1, cores: cores ?? -1, mount: [mountpoint, size, available] };
}

/** One bad row costs itself. */
function readCellsOr(record: CsvRecord, columns: Columns, onBad: (problem: string) => void): Cells | undefined {
  try {
    if (record.problem !== undefined) throw new ReplayProblem(record.problem);
    return readCells(record, columns);
  } catch (error) {
    if (!(error instanceof ReplayProblem)) throw error;
    onBad(error.message);
    return undefined;
  }
}

function readCells({ line, cells }: CsvRecord, { names, figures, process, cores, mount }: Columns): Cells {
  if (cells.length !== names.length)
    throw new ReplayProblem(`line ${line}: expected ${names.length} cells as in the head, found ${cells.length}`);
  const number = (place: number): number | undefined => {
    const text = cells[place]?.trim() ?? "";
    if (text === "") return undefined;
    if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))) return Number(text);
    throw new ReplayProblem(
      `line ${line}, column ${names[place]}: expected a number or nothing, found ${JSON.stringify(text.slice(0, 60))}`,
    );
  };
  const time = cells[0] ?? "";
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(time) ? Date.parse(time) : Number.NaN;
  if (!isMoment(atMs)) {
    throw new ReplayProblem(
      `line ${line}, column time: expected a time such as 2026-11-21T10:00:00.000Z, found ${JSON.stringify(time.slice(0, 60))}`,
    );
  }
  const seconds = number(1);
  if (seconds !== undefined && (seconds < 0 || seconds > 1e9))
    throw new ReplayProblem(`line ${line}, column ${names[1]}: expected seconds, found ${seconds}`);
  const top = process < 0 ? undefined : nameOf(cells[process] ?? "");
  const topCores = cores < 0 ? undefined : number(cores);
  const stats = figures.flatMap(({ figure, mean, peak }) => statOf(figure, number(mean), peak < 0 ? "same" : number(peak)));
  return defined({
    atMs,
    // the first second of an archive knows no elapsed time
    seconds: seconds ?? 1,
    figures: Object.fromEntries(stats),
    top: top === undefined || topCores === undefined ? undefined : { process: top, cpuCores: topCores },
    mounts: mountOf(mount, (place) => nameOf(cells[place] ?? ""), number),
  });
}

function mountOf(
  [name, size, available]: Columns["mount"],
  text: (place: number) => string | undefined,
  number: (place: number) => number | undefined,
): Cells["mounts"] {
  if (Math.min(name, size, available) < 0) return undefined;
  const [mountpoint, sizeBytes = 0, availableBytes] = [text(name), number(size), number(available)];
  if (mountpoint === undefined || availableBytes === undefined || sizeBytes <= 0) return undefined;
  return [{ mountpoint, sizeBytes, availableBytes }];
}

function statOf(
  figure: RecordedFigure,
  mean: number | undefined,
  peak: number | "same" | undefined,
): readonly (readonly [RecordedFigure, Stat])[] {
  if (mean === undefined) return peak === undefined || peak === "same" ? [] : [[figure, { mean: peak, peak }]];
  if (peak === "same" || peak === mean) return [[figure, mean]];
  return [[figure, defined({ mean, peak })]];
}

/** csv.ts puts an apostrophe before what a spreadsheet would run. */
function nameOf(cell: string): string | undefined {
  return cell === "" ? undefined : cell.replace(/^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/, "");
}

/** A gap is not marked in a table; as in the sampler it is what takes longer than three ticks, and more than five seconds. */
function secondsOf(cells: readonly Cells[]): readonly TableRow[] {
  const usual = median(cells.map(({ seconds }) => seconds));
  const gapSeconds = Math.min(longestTickSeconds, Math.max(5, 3 * usual));
  return cells.map(({ atMs, seconds, figures, top, mounts }) =>
    defined({
      atMs,
      firstMs: atMs,
      lastMs: atMs,
      ...(seconds > gapSeconds ? { gap: true, seconds: Math.min(seconds, mostGapSeconds) } : { sinceMs: atMs - seconds * 1000, seconds }),
      figures,
      top,
      mounts,
    }),
  );
}

const mostGapSeconds = 60;

/** A row speaks for all of its step: it is filed at the end of it, and reaches back over the beginning. */
function stepRow({ atMs, seconds, figures, top, mounts }: Cells, stepMs: number): TableRow {
  const lastMs = atMs + stepMs - 1;
  return defined({ atMs: lastMs, sinceMs: atMs - 1, firstMs: atMs, lastMs, seconds, figures, top, mounts });
}

function stepOf(cells: readonly Cells[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [index, { atMs }] of cells.entries()) {
    const before = cells[index - 1];
    if (before !== undefined) least = Math.min(least, atMs - before.atMs);
  }
  // no row has more recorded seconds than its step; where rows are far apart the step is not
  const recordedMs = cells.reduce((most, { seconds }) => Math.max(most, Math.round(seconds * 1000)), 1000);
  const recordedStepMs = niceStepAtLeast(recordedMs) ?? recordedMs;
  return Number.isFinite(least) ? Math.min(least, recordedStepMs) : recordedMs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 1;
}

/** The groups of a row. Those that lead in other rows are named as well: what they used here is not known, which is not 0. */
export function groupsOf({ top }: TableRow, all: readonly string[]): readonly GroupRollup[] {
  return all.map((process) => ({ ...processLabels(process), usage: process === top?.process ? { cpuCores: top.cpuCores } : {} }));
}
