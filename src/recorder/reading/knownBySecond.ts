/** Which minutes are in segments: of them the files of days need not tell. Pure. */
import { type Segment, slotMs, slotOf } from "../format/segmentNames.ts";
import { minuteMs } from "../format/summary.ts";

/** Knows them by the ten minutes of a segment, and where in them it begins. */
export class KnownBySecond {
  readonly #starts = new Map<number, number>();

  constructor(segments: readonly Segment[]) {
    for (const { startMs } of segments) {
      const slot = slotOf(startMs);
      this.#starts.set(slot, Math.min(startMs, this.#starts.get(slot) ?? startMs));
    }
  }

  /** Whether there are seconds of a minute. */
  has(atMs: number): boolean {
    const startMs = this.#starts.get(slotOf(atMs));
    return startMs !== undefined && startMs < atMs + minuteMs;
  }

  /** Whether there are seconds of a stretch of whole slots. */
  hasSomeOf(fromMs: number, toMs: number): boolean {
    for (let slot = slotOf(fromMs); slot * slotMs < toMs; slot++) if (this.#starts.has(slot)) return true;
    return false;
  }
}
