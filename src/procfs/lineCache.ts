/** Files of lines that mostly stand still: what was made of a line is given again as long as the line says the same. */
import { atOnce, type Steps } from "../model/steps.ts";
import { MalformedError } from "./errors.ts";
import { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

const newline = 0x0a;
const linesPerStep = 32;

/** Remembers the last text of one file, and one value a line: what was made of it, or why nothing could be. */
export class LineCache<Value> {
  readonly #parseLine: (text: Scanner) => Value;
  readonly #skips: Skips;
  #bytes: Buffer = Buffer.alloc(0);
  #starts: number[] = [];
  #lines: readonly (Value | MalformedError)[] = [];
  #values: readonly Value[] = [];

  /** `parseLine` begins at the first byte of a line; where it stops does not matter. A line that it does not understand is left out. */
  constructor(parseLine: (text: Scanner) => Value, skips: Skips) {
    this.#parseLine = parseLine;
    this.#skips = skips;
  }

  /**
   * The values of all lines from where `text` stands; the array of the time before when no line has changed.
   *
   * @throws MalformedError when there are lines and not one of them could be understood
   */
  parse(text: Scanner): readonly Value[] {
    return atOnce(this.parseInSteps(text));
  }

  /** The same in steps; `text` may go on to another file after the first one. */
  *parseInSteps(text: Scanner): Steps<readonly Value[]> {
    const { bytes, length, at: first, path } = text;
    const old = this.#bytes;
    const isSame = this.#lines.length > 0 && old.length === length - first && old.compare(bytes, first, length) === 0;
    if (!isSame) yield* this.#parseAll(path, Buffer.from(bytes.subarray(first, length)));
    // nearly always there is none
    if (this.#values.length === this.#lines.length) return this.#values;
    const odd = this.#lines.filter((line) => line instanceof MalformedError);
    for (const error of odd) this.#skips.add(path, error);
    if (odd.length === this.#lines.length) throw odd[0];
    return this.#values;
  }

  *#parseAll(path: string, bytes: Buffer): Steps {
    const text = new Scanner();
    text.reset(path, bytes, bytes.length);
    const starts: number[] = [];
    const lines: (Value | MalformedError)[] = [];
    for (let at = 0; at < bytes.length; ) {
      const newlineAt = bytes.indexOf(newline, at);
      const end = newlineAt < 0 ? bytes.length : newlineAt + 1;
      lines.push(this.#known(lines.length, bytes, at, end) ?? this.#parseAt(text, at));
      starts.push(at);
      at = end;
      if (lines.length % linesPerStep === 0) yield;
    }
    this.#bytes = bytes;
    this.#starts = starts;
    this.#lines = lines;
    this.#values = lines.filter((line) => !(line instanceof MalformedError)) as Value[];
  }

  #known(line: number, bytes: Buffer, start: number, end: number): Value | MalformedError | undefined {
    const value = this.#lines[line];
    const oldStart = this.#starts[line];
    if (value === undefined || oldStart === undefined) return undefined;
    const oldEnd = this.#starts[line + 1] ?? this.#bytes.length;
    if (oldEnd - oldStart !== end - start) return undefined;
    return this.#bytes.compare(bytes, start, end, oldStart, oldEnd) === 0 ? value : undefined;
  }

  #parseAt(text: Scanner, at: number): Value | MalformedError {
    text.at = at;
    try {
      return this.#parseLine(text);
    } catch (error) {
      if (error instanceof MalformedError) return error;
      throw error;
    }
  }
}
