/** How much a host may send: a bucket that fills evenly, and holds what it takes to make up for an outage. Pure but for its own state. */

interface PaceLimits {
  readonly perSecond: number;
  readonly most: number;
}

/** One bucket. */
export class Pace {
  readonly #limits: PaceLimits;
  #left: number;
  #atSeconds: number;

  constructor(limits: PaceLimits, nowSeconds: number) {
    this.#limits = limits;
    this.#left = limits.most;
    this.#atSeconds = nowSeconds;
  }

  /** Takes so much out. Undefined where there is as much; else after how many seconds there will be, and nothing is taken. */
  take(amount: number, nowSeconds: number): number | undefined {
    const { perSecond, most } = this.#limits;
    this.#left = Math.min(most, this.#left + (nowSeconds - this.#atSeconds) * perSecond);
    this.#atSeconds = nowSeconds;
    // more than it ever holds is let through when it is full: it would wait for ever
    const wanted = Math.min(amount, most);
    if (wanted > this.#left) return Math.ceil((wanted - this.#left) / perSecond);
    this.#left -= wanted;
    return undefined;
  }
}
