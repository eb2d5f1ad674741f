/** What a program printed, up to a limit: the beginning of it, or the end. */

/** Which end of a long output is kept. */
type KeptEnd = "head" | "tail";

/** A log that is longer than this many times what is kept of it is not read to its end. */
const readForTail = 32;

const lineEnd = 10;

/** Bytes up to a limit. */
export class BoundedOutput {
  readonly #limitBytes: number;
  readonly #kept: KeptEnd;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #seenBytes = 0;

  constructor(limitBytes: number, kept: KeptEnd = "head") {
    this.#limitBytes = limitBytes;
    this.#kept = kept;
  }

  /** There was more than is kept. */
  get wasCut(): boolean {
    return this.#seenBytes > this.#limitBytes;
  }

  /** How much is read before nothing more is wanted. */
  get mostReadBytes(): number {
    return this.#kept === "head" ? this.#limitBytes : this.#limitBytes * readForTail;
  }

  /** False once nothing more is wanted. */
  add(chunk: Buffer): boolean {
    this.#seenBytes += chunk.length;
    const wanted = this.#kept === "head" ? chunk.subarray(0, Math.max(0, this.#limitBytes - this.#heldBytes)) : chunk;
    if (wanted.length > 0) this.#chunks.push(wanted);
    this.#heldBytes += wanted.length;
    this.#dropOldest();
    return this.#seenBytes <= this.mostReadBytes;
  }

  /**
   * The text; where it was cut, it begins or ends with a whole line: half a line may be half a secret, which nobody would know again.
   * `isTorn`: its writer was stopped, perhaps in the middle of a line.
   */
  text(isTorn: boolean): string {
    const all = Buffer.concat(this.#chunks);
    const cutsHead = this.#kept === "tail" && this.wasCut;
    const cutsEnd = isTorn || (this.#kept === "head" && this.wasCut);
    const start = cutsHead ? startOfLine(all, all.length - this.#limitBytes) : 0;
    const end = cutsEnd ? all.lastIndexOf(lineEnd) + 1 : all.length;
    return all.toString("utf8", start, Math.max(start, end));
  }

  #dropOldest(): void {
    for (;;) {
      const oldest = this.#chunks[0];
      if (oldest === undefined || this.#heldBytes - oldest.length <= this.#limitBytes) return;
      this.#chunks.shift();
      this.#heldBytes -= oldest.length;
    }
  }
}

/** Where the first line begins that begins at an offset or behind it; the end when there is none. */
function startOfLine(bytes: Buffer, offset: number): number {
  const before = bytes.indexOf(lineEnd, offset - 1);
  return before < 0 ? bytes.length : before + 1;
}
