/** Some seconds of lines in one piece of memory, packed once it is full: a line is much like the one before. */
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Packing so much takes about a millisecond: no more may be done at once in the middle of a tick. */
const blockBytes = 64 * 1024;

/** Lines that are packed and will not change. */
export interface PackedBlock {
  readonly takenAtMs: readonly number[];
  /** Where each line ends in the unpacked bytes. */
  readonly ends: readonly number[];
  readonly packed: Buffer;
}

/** The block that takes the newest lines. Its memory lies outside of the heap, and is used again and again. */
export class OpenBlock {
  #bytes = Buffer.allocUnsafeSlow(blockBytes);
  #takenAtMs: number[] = [];
  #ends: number[] = [];

  get takenAtMs(): readonly number[] {
    return this.#takenAtMs;
  }

  get ends(): readonly number[] {
    return this.#ends;
  }

  /** True when the line has been added; false when the block is full, and must be packed first. A line longer than a block makes it longer. */
  add(takenAtMs: number, line: string): boolean {
    const start = this.#ends.at(-1) ?? 0;
    // a letter is three bytes at most: only near the end of the block it must be known how many
    if (line.length * 3 > this.#bytes.length - start) {
      const length = Buffer.byteLength(line);
      if (length > this.#bytes.length - start) {
        if (start > 0) return false;
        this.#bytes = Buffer.allocUnsafeSlow(length);
      }
    }
    this.#ends.push(start + this.#bytes.write(line, start));
    this.#takenAtMs.push(takenAtMs);
    return true;
  }

  /** A copy of what is in it. */
  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#ends.at(-1) ?? 0));
  }

  /** Packs what is in it, and is empty then. */
  pack(): PackedBlock {
    const packed = deflateRawSync(this.#bytes.subarray(0, this.#ends.at(-1) ?? 0), { level: 1 });
    // what zlib gives is a slice of a larger piece that it would keep in memory
    const exact = Buffer.allocUnsafeSlow(packed.length);
    packed.copy(exact);
    const block = { takenAtMs: this.#takenAtMs, ends: this.#ends, packed: exact };
    this.#takenAtMs = [];
    this.#ends = [];
    if (this.#bytes.length > blockBytes) this.#bytes = Buffer.allocUnsafeSlow(blockBytes);
    return block;
  }
}

/** Unpacks blocks; the one that was asked for last is kept, since lines are mostly gone through in their order. */
export class Unpacker {
  #block: PackedBlock | undefined;
  #bytes: Buffer = Buffer.alloc(0);

  bytesOf(block: PackedBlock): Buffer {
    if (block !== this.#block) {
      this.#bytes = inflateRawSync(block.packed);
      this.#block = block;
    }
    return this.#bytes;
  }
}
