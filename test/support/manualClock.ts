import type { Cancel, Clock } from "../../src/model/clock.ts";

interface Promised {
  readonly dueSeconds: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test winds it. */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicSeconds = 1000;
  #promised: Promised[] = [];

  constructor(wallMs = Date.UTC(2026, 10, 21, 10, 0, 0)) {
    this.#wallMs = wallMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicSeconds(): number {
    return this.#monotonicSeconds;
  }

  after(seconds: number, callback: () => void): Cancel {
    const promised = { dueSeconds: this.#monotonicSeconds + seconds, callback };
    this.#promised.push(promised);
    return () => {
      this.#promised = this.#promised.filter((other) => other !== promised);
    };
  }

  /** How many callbacks are still to come. */
  get waiting(): number {
    return this.#promised.length;
  }

  /** Moves both clocks and runs what falls due, in order; lets pending promises settle in between. */
  async advance(seconds: number): Promise<void> {
    const target = this.#monotonicSeconds + seconds;
    for (;;) {
      const next = this.#promised.filter((one) => one.dueSeconds <= target).sort((a, b) => a.dueSeconds - b.dueSeconds)[0];
      if (next === undefined) break;
      this.#promised = this.#promised.filter((other) => other !== next);
      this.#move(next.dueSeconds - this.#monotonicSeconds);
      next.callback();
      await settle();
    }
    this.#move(target - this.#monotonicSeconds);
    await settle();
  }

  /** Only the wall clock jumps, as when a person or NTP sets it. */
  jumpWall(seconds: number): void {
    this.#wallMs += seconds * 1000;
  }

  #move(seconds: number): void {
    if (seconds <= 0) return;
    this.#monotonicSeconds += seconds;
    this.#wallMs += seconds * 1000;
  }
}

/** Lets everything that is already on its way through promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
