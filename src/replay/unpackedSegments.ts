/** Lines of one file, written as the recorder's segments into a directory of our own, so that they are read as every other recording is. */
import { type FileHandle, open } from "node:fs/promises";
import { encodeHeader, type RecordedHost } from "../recorder/format/header.ts";
import { isMoment } from "../recorder/format/lineChecks.ts";
import { timeOf } from "../recorder/format/lineTime.ts";
import { segmentPath, slotOf, stemAt } from "../recorder/format/segmentNames.ts";
import type { NumberedLine } from "./lines.ts";
import { ReplayProblem } from "./problem.ts";

/** What was written, and what was not. */
export interface UnpackedLines {
  readonly lines: number;
  /** What is wrong with the file, in sentences. */
  readonly notes: readonly string[];
}

const bufferBytes = 1024 * 1024;
/** Four months; a file in which the times jump to and fro has no more. */
const mostSegments = 20_000;

/** Writes the lines that are some; a segment ends with its ten minutes, and where the clock was set back. */
export async function unpackLines(
  lines: AsyncIterable<NumberedLine>,
  directory: string,
  host: RecordedHost,
  culprit: string,
): Promise<UnpackedLines> {
  const header = Buffer.from(encodeHeader(host, culprit));
  const stems = new Set<string>();
  let badCount = 0;
  let firstBad: number | undefined;
  const notes: string[] = [];
  let segment: Segment | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  let count = 0;
  try {
    for await (const { number, bytes, whole, problem } of lines) {
      const takenAtMs = problem === undefined ? timeOf(bytes) : undefined;
      if (takenAtMs === undefined || !isMoment(takenAtMs)) {
        if (!whole) notes.push(`line ${number} is torn: it has no line end, and is left out`);
        else if (bytes.length > 0 || problem !== undefined) {
          badCount++;
          firstBad ??= number;
        }
        continue;
      }
      if (segment === undefined || takenAtMs <= lastMs || slotOf(takenAtMs) !== slotOf(lastMs)) {
        await segment?.close();
        if (stems.size >= mostSegments) throw new ReplayProblem(`line ${number}: the times jump to and fro; expected one recording`);
        segment = await Segment.create(segmentPath(directory, freeStem(stems, takenAtMs), "plain"), header);
      }
      await segment.add(bytes);
      lastMs = takenAtMs;
      count++;
    }
  } finally {
    await segment?.close();
  }
  if (firstBad !== undefined) {
    const those = badCount === 1 ? `line ${firstBad} is` : `${badCount} lines, the first of them line ${firstBad}, are`;
    notes.push(`${those} no second of a recording (expected {"takenAtMs":...), and left out`);
  }
  return { lines: count, notes };
}

function freeStem(stems: Set<string>, ms: number): string {
  for (let again = 0; ; again++) {
    const stem = stemAt(ms, again);
    if (stems.has(stem)) continue;
    stems.add(stem);
    return stem;
  }
}

/** One file, written in large pieces. */
class Segment {
  readonly #handle: FileHandle;
  #pieces: Buffer[] = [];
  #bytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(path: string, header: Buffer): Promise<Segment> {
    const segment = new Segment(await open(path, "wx", 0o600));
    segment.#pieces.push(header);
    return segment;
  }

  async add(line: Buffer): Promise<void> {
    this.#pieces.push(line, newLine);
    this.#bytes += line.length;
    if (this.#bytes >= bufferBytes) await this.#write();
  }

  async close(): Promise<void> {
    try {
      await this.#write();
    } finally {
      await this.#handle.close();
    }
  }

  async #write(): Promise<void> {
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    await this.#handle.appendFile(whole);
  }
}

const newLine = Buffer.from("\n");
