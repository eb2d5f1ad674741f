/** Files of lines that mostly stand still: what was made of a line is given again as long as the line says the same. */
import type { Scanner } from "./scanner.ts";

const newline = 0x0a;

/** Remembers the last text of one file, and one value a line. */
export class LineCache<Value> {
  readonly #parseLine: (text: Scanner) => Value;
  #bytes: Buffer = Buffer.alloc(0);
  #starts: number[] = [];
  #values: readonly Value[] = [];

  /** `parseLine` begins at the first byte of a line; where it stops does not matter. */
  constructor(parseLine: (text: Scanner) => Value) {
    this.#parseLine = parseLine;
  }

  /** The values of all lines from where `text` stands; the array of the time before when no line has changed. */
  parse(text: Scanner): readonly Value[] {
    const { bytes, length, at: first } = text;
    const old = this.#bytes;
    if (this.#values.length > 0 && old.length === length - first && old.compare(bytes, first, length) === 0) return this.#values;
    const starts: number[] = [];
    const values: Value[] = [];
    try {
      for (let at = first; at < length; ) {
        const newlineAt = bytes.indexOf(newline, at);
        const end = newlineAt < 0 || newlineAt >= length ? length : newlineAt + 1;
        values.push(this.#known(values.length, bytes, at, end) ?? this.#parseAt(text, at));
        starts.push(at - first);
        at = end;
      }
    } catch (error) {
      this.#values = [];
      throw error;
    }
    this.#bytes = Buffer.from(bytes.subarray(first, length));
    this.#starts = starts;
    this.#values = values;
    return values;
  }

  #known(line: number, bytes: Buffer, start: number, end: number): Value | undefined {
    const value = this.#values[line];
    const oldStart = this.#starts[line];
    if (value === undefined || oldStart === undefined) return undefined;
    const oldEnd = this.#starts[line + 1] ?? this.#bytes.length;
    if (oldEnd - oldStart !== end - start) return undefined;
    return this.#bytes.compare(bytes, start, end, oldStart, oldEnd) === 0 ? value : undefined;
  }

  #parseAt(text: Scanner, at: number): Value {
    text.at = at;
    return this.#parseLine(text);
  }
}
