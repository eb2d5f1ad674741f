/**
 * The newest minutes in memory: there when the disk is full and when nothing else is.
 *
 * Three quarters of an hour are some ten megabytes of JSON, and packed about one.
 */
import type { RecordedLine } from "./format/line.ts";
import { OpenBlock, type PackedBlock, Unpacker } from "./ringBlock.ts";

/** How much a ring keeps; bytes are those that it takes in memory. */
interface RingLimits {
  readonly keepSeconds: number;
  readonly mostBytes: number;
}

/** Keeps lines by age and by size; the oldest go first. */
export class Ring {
  readonly #limits: RingLimits;
  #packed: PackedBlock[] = [];
  readonly #open = new OpenBlock();
  /** Lines of the oldest block, packed or open, that are gone. */
  #goneLines = 0;
  #length = 0;
  #packedBytes = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#length;
  }

  push(takenAtMs: number, line: string): void {
    if (!this.#open.add(takenAtMs, line)) {
      this.#pack();
      this.#open.add(takenAtMs, line);
    }
    this.#length++;
    const keepMs = this.#limits.keepSeconds * 1000;
    // what lies so far ahead was taken before the clock was set back: it would not age for as long, and the disk has it
    while (this.#length > 0 && Math.abs(takenAtMs - this.#oldestTakenAtMs) > keepMs) this.#dropLines(1);
    while (this.#length > 0 && this.#bytes > this.#limits.mostBytes) this.#dropLines(this.#packed[0]?.ends.length ?? 1);
  }

  /** Lines taken from `fromMs` to `toMs`, both included, oldest first. What was given out stays, whatever comes after. */
  between(fromMs: number, toMs: number): readonly RecordedLine[] {
    const found: RecordedLine[] = [];
    const unpacker = new Unpacker();
    let gone = this.#goneLines;
    for (const block of this.#packed) {
      addLines(block, gone, () => unpacker.bytesOf(block));
      gone = 0;
    }
    // the open block goes on being written to
    const newest = this.#open.copy();
    addLines(this.#open, gone, () => newest);
    return found;

    function addLines(block: Pick<PackedBlock, "takenAtMs" | "ends">, from: number, bytes: () => Buffer): void {
      for (let index = from; index < block.takenAtMs.length; index++) {
        const at = block.takenAtMs[index] as number;
        if (at < fromMs || at > toMs) continue;
        const [start, end] = [block.ends[index - 1] ?? 0, block.ends[index]];
        found.push({
          takenAtMs: at,
          // made a string only when it is looked at: hours of lines at once would stall the event loop
          get line() {
            return bytes().toString("utf8", start, end);
          },
        });
      }
    }
  }

  get #oldestTakenAtMs(): number {
    return (this.#packed[0] ?? this.#open).takenAtMs[this.#goneLines] ?? Number.POSITIVE_INFINITY;
  }

  get #bytes(): number {
    const goneBytes = this.#packed.length > 0 ? 0 : (this.#open.ends[this.#goneLines - 1] ?? 0);
    return this.#packedBytes + (this.#open.ends.at(-1) ?? 0) - goneBytes;
  }

  #pack(): void {
    const block = this.#open.pack();
    // nothing of it is left: the lines that are gone were its own
    if (this.#length === 0) this.#goneLines = 0;
    else {
      this.#packed.push(block);
      this.#packedBytes += block.packed.length;
    }
  }

  #dropLines(count: number): void {
    const oldest = this.#packed[0];
    const dropped = Math.min(count, (oldest ?? this.#open).ends.length - this.#goneLines);
    this.#goneLines += dropped;
    this.#length -= dropped;
    if (oldest === undefined || this.#goneLines < oldest.ends.length) return;
    this.#packedBytes -= oldest.packed.length;
    this.#packed.shift();
    this.#goneLines = 0;
  }
}
