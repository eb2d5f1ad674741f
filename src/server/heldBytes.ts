/**
 * What a connection has read and its parser has not got yet, and how much of it the parser gets in one go.
 *
 * Of heads little: few requests fit into it, and their number is what has to be bounded. Of a body much: each piece is memory of its own,
 * and a hundred thousand small ones are not given back to the system when they are free.
 */
import type { IncomingHttpHeaders } from "node:http";

const headSliceBytes = 256;
const bodySliceBytes = 16 * 1024;
const zero = 0x30;

/** Bytes in the order in which they came. */
export class HeldBytes {
  #held: Buffer[] = [];
  #bytes = 0;
  /** How much of the current request's body is sure to be still on its way. */
  #bodyBytesLeft = 0;
  /** The body comes in chunks, and the last of them has not begun: its line begins with a zero. */
  #isBeforeLastChunk = false;
  #hadZeroLine = false;

  get bytes(): number {
    return this.#bytes;
  }

  add(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#bytes += chunk.length;
  }

  clear(): void {
    this.#held = [];
    this.#bytes = 0;
  }

  /** A request with these headers has begun; its body begins in the piece that was taken last, or behind it. */
  expectBody(headers: IncomingHttpHeaders): void {
    const isChunked = headers["transfer-encoding"] !== undefined;
    this.#isBeforeLastChunk = isChunked && !this.#hadZeroLine;
    this.#bodyBytesLeft = isChunked ? 0 : Math.max(0, Number(headers["content-length"] ?? 0) - headSliceBytes);
  }

  /** Takes the next piece. */
  take(): Buffer {
    const [first = Buffer.alloc(0)] = this.#held;
    const bodyBytes = this.#sureBodyBytes(first.subarray(0, bodySliceBytes));
    const isHead = bodyBytes <= headSliceBytes;
    const part = first.subarray(0, isHead ? headSliceBytes : bodyBytes);
    // the beginning of a body in it would keep all that was read with it
    const piece = isHead && part.length < first.length ? Buffer.from(part) : part;
    if (piece.length === first.length) this.#held.shift();
    else this.#held[0] = first.subarray(piece.length);
    this.#bytes -= piece.length;
    this.#bodyBytesLeft = Math.max(0, this.#bodyBytesLeft - piece.length);
    this.#hadZeroLine = indexOfZeroLine(piece) >= 0;
    if (this.#hadZeroLine) this.#isBeforeLastChunk = false;
    return piece;
  }

  /** So many of these bytes belong to the body for certain. */
  #sureBodyBytes(bytes: Buffer): number {
    if (!this.#isBeforeLastChunk) return Math.min(this.#bodyBytesLeft, bytes.length);
    const end = indexOfZeroLine(bytes);
    return end < 0 ? bytes.length : end;
  }
}

/** Where a line begins with a zero, as the beginning may be one; below 0 when none does. */
function indexOfZeroLine(bytes: Buffer): number {
  if (bytes[0] === zero) return 0;
  const end = bytes.indexOf("\n0");
  return end < 0 ? end : end + 1;
}
