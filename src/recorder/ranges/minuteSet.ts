/** Minutes of a range, a bit each: a year takes 64 kB. Pure. */
import { minuteMs } from "../format/summary.ts";

/** A set of minutes. */
export class MinuteSet {
  readonly #fromMs: number;
  readonly #minutes: number;
  readonly #bits: Uint8Array;
  #size = 0;

  /** For minutes that begin from `fromMs`, itself a whole minute, up to `toMs`. */
  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs;
    this.#minutes = Math.max(0, Math.ceil((toMs - fromMs) / minuteMs));
    this.#bits = new Uint8Array(Math.ceil(this.#minutes / 8));
  }

  get size(): number {
    return this.#size;
  }

  add(atMs: number): void {
    const minute = Math.floor((atMs - this.#fromMs) / minuteMs);
    if (minute < 0 || minute >= this.#minutes || this.#has(minute)) return;
    this.#size++;
    this.#bits[minute >> 3] = (this.#bits[minute >> 3] ?? 0) | (1 << (minute & 7));
  }

  /** Stretches of minutes without a hole, from the beginning of the first to the end of the last. */
  stretches(): readonly (readonly [fromMs: number, toMs: number])[] {
    const found: [number, number][] = [];
    let since: number | undefined;
    for (let minute = 0; minute <= this.#minutes; minute++) {
      if (minute < this.#minutes && this.#has(minute)) since ??= minute;
      else if (since !== undefined) {
        found.push([this.#fromMs + since * minuteMs, this.#fromMs + minute * minuteMs]);
        since = undefined;
      }
    }
    return found;
  }

  #has(minute: number): boolean {
    return ((this.#bits[minute >> 3] ?? 0) & (1 << (minute & 7))) !== 0;
  }
}
