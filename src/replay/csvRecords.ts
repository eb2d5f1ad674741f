/** CSV after RFC 4180, back into cells: what recorder/format/csv.ts writes, and what a spreadsheet makes of it. */
import type { NumberedLine } from "./lines.ts";
import { ReplayProblem } from "./problem.ts";

/** One record. */
export interface CsvRecord {
  /** The line of the file that it begins on. */
  readonly line: number;
  readonly cells: readonly string[];
  /** False when the file ends before the record does. */
  readonly whole: boolean;
  /** Why its cells cannot be told. */
  readonly problem?: string;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Records out of lines; one with line ends in a quoted cell takes several. @throws ReplayProblem that names the line */
export async function* csvRecords(lines: AsyncIterable<NumberedLine>): AsyncGenerator<CsvRecord> {
  let pending: { readonly line: number; readonly text: string } | undefined;
  for await (const { number, bytes, whole, problem } of lines) {
    const line = pending?.line ?? number;
    const decodedText = problem === undefined ? decoded(bytes) : undefined;
    if (decodedText === undefined) {
      yield {
        line,
        cells: [],
        whole,
        problem: `line ${number}: ${problem ?? "it is no UTF-8 text"}; expected a table as Culprit writes it`,
      };
      pending = undefined;
      continue;
    }
    const text = `${pending === undefined ? "" : `${pending.text}\n`}${decodedText}`;
    if (text.length > mostRecordCharacters) throw new ReplayProblem(`line ${line}: a quoted cell that never ends; expected a closing "`);
    pending = isOpen(text) ? { line, text } : undefined;
    if (pending !== undefined) continue;
    const record = text.replace(/\r$/, "");
    if (record !== "") yield recordOf(record, line, whole);
  }
  if (pending !== undefined) yield { line: pending.line, cells: [], whole: false };
}

const mostRecordCharacters = 100_000;

function decoded(bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A quotation mark within a cell is written twice: with an odd number of them a cell goes on. */
function isOpen(text: string): boolean {
  return text.split('"').length % 2 === 0;
}

function recordOf(record: string, line: number, whole: boolean): CsvRecord {
  try {
    return { line, cells: cellsOf(record, line), whole };
  } catch (error) {
    if (!(error instanceof ReplayProblem)) throw error;
    return { line, cells: [], whole, problem: error.message };
  }
}

function cellsOf(record: string, line: number): readonly string[] {
  const cells: string[] = [];
  for (let at = 0; at <= record.length; ) {
    if (record[at] !== '"') {
      const end = record.indexOf(",", at) < 0 ? record.length : record.indexOf(",", at);
      cells.push(record.slice(at, end));
      at = end + 1;
      continue;
    }
    let cell = "";
    for (at++; ; at++) {
      const end = record.indexOf('"', at);
      cell += record.slice(at, end);
      at = end + 1;
      if (record[at] !== '"') break;
      cell += '"';
    }
    if (at < record.length && record[at] !== ",") throw new ReplayProblem(`line ${line}: expected a comma behind a quoted cell`);
    cells.push(cell);
    at++;
  }
  return cells;
}
