/** A figure that may be leaving its baseline: how much too much there was, since when, and the ticks to be learnt if it was nothing. */
import type { Baseline } from "./baseline.ts";

/** One tick of one figure. */
export interface TickValue {
  readonly value: number;
  readonly seconds: number;
  /** When the tick began. */
  readonly sinceMs: number;
}

/** What has been suspicious for longer than this began as something else. */
const longestSeconds = 60;

/** Adds up. */
export class Suspicion {
  /** How much too much there was when the last one was dismissed, at most, and how long that took. */
  last = { most: 0, seconds: 0 };
  #excess = 0;
  #most = 0;
  #seconds = 0;
  #risingSeconds = 0;
  #calmSeconds = 0;
  #pending: TickValue[] = [];
  readonly #longestCalmSeconds: number;

  /** What is allowed again for so long is over: what comes then has begun by itself, though what there was too much still counts. */
  constructor(longestCalmSeconds: number) {
    this.#longestCalmSeconds = longestCalmSeconds;
  }

  /** How much too much there was, in the figure's unit times seconds. */
  get excess(): number {
    return this.#excess;
  }

  /** For how long. */
  get seconds(): number {
    return this.#seconds;
  }

  /** When the first suspicious tick began. */
  get sinceMs(): number {
    return this.#pending[0]?.sinceMs ?? 0;
  }

  /** Takes a tick that is `over` what is allowed, or below; false when nothing is suspicious (any more), and the tick is learnt. */
  add(tick: TickValue, over: number, baseline: Baseline): boolean {
    this.#excess = Math.max(0, this.#excess + over);
    if (this.#excess === 0) {
      this.dismiss(baseline);
      baseline.add(tick.value, tick.seconds);
      return false;
    }
    this.#pending.push(tick);
    this.#seconds += tick.seconds;
    if (this.#excess > this.#most) {
      this.#most = this.#excess;
      this.#risingSeconds = this.#seconds;
    }
    this.#calmSeconds = over < 0 ? this.#calmSeconds + tick.seconds : 0;
    const keptSeconds = this.#calmSeconds >= this.#longestCalmSeconds ? 0 : longestSeconds;
    while (this.#seconds > keptSeconds) {
      const oldest = this.#pending.shift();
      if (oldest === undefined) break;
      baseline.add(oldest.value, oldest.seconds);
      this.#seconds -= oldest.seconds;
    }
    return true;
  }

  /** It was nothing. */
  dismiss(baseline: Baseline): void {
    for (const tick of this.#pending.splice(0)) baseline.add(tick.value, tick.seconds);
    this.last = { most: this.#most, seconds: this.#risingSeconds };
    this.#excess = 0;
    this.#most = 0;
    this.#seconds = 0;
    this.#risingSeconds = 0;
    this.#calmSeconds = 0;
  }
}
