/** How often the portable source looks. It forks, so what it costs decides. */

/** A round may take this part of the time between two rounds. */
const largestShare = 1 / 3;

/** Slower than this is no monitoring any more, whatever it costs. */
const slowestSeconds = 60;

/** The cost is the median of so many rounds: one slow one (a cold cache, a busy moment) changes nothing. */
const remembered = 5;

/** Shift of a round to either side, so that its forks do not beat against the kernel's sampling of the load every five seconds. */
const jitterRatio = 0.1;

/** Remembers what the last rounds took and says when the next one is due. */
export class Rhythm {
  readonly #baseSeconds: number;
  #durations: number[] = [];

  constructor(baseSeconds: number) {
    this.#baseSeconds = baseSeconds;
  }

  /** A multiple of the base, so that it does not change with every round. */
  get intervalSeconds(): number {
    const typical = this.#durations.toSorted((a, b) => a - b)[Math.floor(this.#durations.length / 2)] ?? 0;
    const steps = Math.max(1, Math.ceil(typical / largestShare / this.#baseSeconds));
    return Math.max(this.#baseSeconds, Math.min(slowestSeconds, steps * this.#baseSeconds));
  }

  add(durationSeconds: number): void {
    this.#durations = [...this.#durations, durationSeconds].slice(-remembered);
  }

  /** Seconds from the start of a round to the start of the next. `random` is 0..1. */
  next(random: number): number {
    return this.intervalSeconds * (1 + (random - 0.5) * jitterRatio);
  }
}

/** A window that holds at least six readings, however far they lie apart. */
export function windowFor(configuredSeconds: number, intervalSeconds: number): number {
  return Math.max(configuredSeconds, 6 * intervalSeconds);
}
