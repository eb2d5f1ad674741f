/** The newest minutes in memory: there when the disk is full and when nothing else is. */
import type { RecordedLine, Recording } from "./recording.ts";

/** How much a ring keeps. */
export interface RingLimits {
  readonly keepSeconds: number;
  readonly mostBytes: number;
}

interface Kept {
  readonly takenAtMs: number;
  /** A Buffer lies outside of the heap: an hour of strings would be copied by every large collection of garbage. */
  readonly bytes: Buffer;
}

/** Keeps lines by age and by size; the oldest go first. */
export class Ring implements Recording {
  readonly #limits: RingLimits;
  #lines: Kept[] = [];
  #first = 0;
  #totalBytes = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  /** How many lines there are. */
  get length(): number {
    return this.#lines.length - this.#first;
  }

  push(takenAtMs: number, line: string): void {
    const bytes = Buffer.from(line, "utf8");
    this.#lines.push({ takenAtMs, bytes });
    this.#totalBytes += bytes.length;
    const oldestMs = takenAtMs - this.#limits.keepSeconds * 1000;
    for (;;) {
      const oldest = this.#lines[this.#first];
      if (oldest === undefined || (oldest.takenAtMs >= oldestMs && this.#totalBytes <= this.#limits.mostBytes)) break;
      this.#totalBytes -= oldest.bytes.length;
      this.#first++;
    }
    if (this.#first > 1024) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  between(fromMs: number, toMs: number): readonly RecordedLine[] {
    const found: RecordedLine[] = [];
    for (let index = this.#first; index < this.#lines.length; index++) {
      const { takenAtMs, bytes } = this.#lines[index] as Kept;
      if (takenAtMs < fromMs || takenAtMs > toMs) continue;
      // made a string only when it is looked at: hours of lines at once would stall the event loop
      const kept = {
        takenAtMs,
        get line() {
          return bytes.toString("utf8");
        },
      };
      found.push(kept);
    }
    return found;
  }
}
