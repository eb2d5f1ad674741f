/**
 * Walks over the bytes of one kernel file without making a string of it.
 *
 * One scanner serves all files of a reader in turn: what it holds is valid until the next read.
 */
import { MalformedError } from "./errors.ts";

const newline = 0x0a;
const space = 0x20;
const tab = 0x09;
const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const point = 0x2e;

/** A position in a buffer, and the verbs to move it. Methods that read a value throw MalformedError where there is none. */
export class Scanner {
  path = "";
  bytes: Buffer = Buffer.alloc(0);
  length = 0;
  at = 0;

  /** Starts over at the first byte of another text. */
  reset(path: string, bytes: Buffer, length: number): void {
    this.path = path;
    this.bytes = bytes;
    this.length = length;
    this.at = 0;
  }

  get atEnd(): boolean {
    return this.at >= this.length;
  }

  get atLineEnd(): boolean {
    return this.at >= this.length || this.bytes[this.at] === newline;
  }

  get atDigit(): boolean {
    const byte = this.bytes[this.at] as number;
    return this.at < this.length && byte >= zero && byte <= nine;
  }

  /** Moves over spaces and tabs, not over the end of the line. */
  skipSpaces(): void {
    while (this.at < this.length) {
      const byte = this.bytes[this.at];
      if (byte !== space && byte !== tab) return;
      this.at++;
    }
  }

  /** Moves to the first byte of the next line. */
  skipLine(): void {
    const end = this.bytes.indexOf(newline, this.at);
    this.at = end < 0 || end >= this.length ? this.length : end + 1;
  }

  /** Moves over the next word, if the line has one. */
  skipWord(): void {
    this.skipSpaces();
    while (this.at < this.length) {
      const byte = this.bytes[this.at];
      if (byte === space || byte === tab || byte === newline) return;
      this.at++;
    }
  }

  /** True when the text goes on with these ASCII letters; moves over them if so. */
  take(letters: string): boolean {
    if (this.at + letters.length > this.length) return false;
    for (let index = 0; index < letters.length; index++) {
      if (this.bytes[this.at + index] !== letters.charCodeAt(index)) return false;
    }
    this.at += letters.length;
    return true;
  }

  /** The bytes up to the next blank or the end of the line, as text. */
  word(): string {
    this.skipSpaces();
    const start = this.at;
    this.skipWord();
    if (this.at === start) this.fail("a word");
    return this.bytes.toString("utf8", start, this.at);
  }

  /** The text before `letter`, leaving the position behind it; undefined (and no move) when this line has none. */
  until(letter: string): string | undefined {
    const code = letter.charCodeAt(0);
    for (let index = this.at; index < this.length; index++) {
      const byte = this.bytes[index];
      if (byte === newline) return undefined;
      if (byte === code) {
        const text = this.bytes.toString("utf8", this.at, index);
        this.at = index + 1;
        return text;
      }
    }
    return undefined;
  }

  /** The text before the last `letter` of this line, leaving the position behind it; undefined (and no move) when the line has none. */
  untilLast(letter: string): string | undefined {
    const end = this.bytes.indexOf(newline, this.at);
    const lineEnd = end < 0 || end > this.length ? this.length : end;
    const found = this.bytes.subarray(this.at, lineEnd).lastIndexOf(letter.charCodeAt(0));
    if (found < 0) return undefined;
    const text = this.bytes.toString("utf8", this.at, this.at + found);
    this.at += found + 1;
    return text;
  }

  /** The rest of the line as text; moves to the next line. */
  line(): string {
    const start = this.at;
    this.skipLine();
    const end = this.at > start && this.bytes[this.at - 1] === newline ? this.at - 1 : this.at;
    return this.bytes.toString("utf8", start, end);
  }

  /** The next number, with sign and decimals where it has them. Exact up to 2^53, and the nearest there is above. */
  number(): number {
    this.skipSpaces();
    let at = this.at;
    const { bytes, length } = this;
    const negative = bytes[at] === minus && at < length;
    if (negative) at++;
    const start = at;
    let value = 0;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte < zero || byte > nine) break;
      value = value * 10 + (byte - zero);
      at++;
    }
    if (at === start) this.fail("a number");
    // digit by digit, the errors of rounding would add up
    if (value > Number.MAX_SAFE_INTEGER) value = Number(bytes.toString("latin1", start, at));
    if (bytes[at] === point && at < length) {
      // one division at the end: 1.17 comes out as 1.17
      let scale = 1;
      for (at++; at < length; at++) {
        const byte = bytes[at] as number;
        if (byte < zero || byte > nine) break;
        value = value * 10 + (byte - zero);
        scale *= 10;
      }
      value /= scale;
    }
    this.at = at;
    return negative ? -value : value;
  }

  /** The last fifteen digits of the next whole number, which a double holds whatever stands before them. */
  lowDigits(): number {
    const value = this.number();
    if (value < 1e15) return value;
    return Number(this.bytes.toString("latin1", this.at - 15, this.at));
  }

  /** The next hexadecimal number, without a prefix. */
  hexadecimal(): number {
    this.skipSpaces();
    const start = this.at;
    let value = 0;
    for (; this.at < this.length; this.at++) {
      const digit = hexDigit(this.bytes[this.at] as number);
      if (digit === undefined) break;
      value = value * 16 + digit;
    }
    if (this.at === start) this.fail("a hexadecimal number");
    return value;
  }

  /** Throws MalformedError with the line that the position is in. */
  fail(expected: string): never {
    const before = this.bytes.lastIndexOf(newline, Math.max(0, this.at - 1));
    const start = before < 0 || before >= this.at ? 0 : before + 1;
    const after = this.bytes.indexOf(newline, this.at);
    const end = after < 0 || after > this.length ? this.length : after;
    throw new MalformedError(this.path, this.bytes.toString("utf8", start, end), expected);
  }
}

function hexDigit(byte: number): number | undefined {
  if (byte >= zero && byte <= nine) return byte - zero;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : undefined;
}
