/**
 * Whether one figure is away from its baseline.
 *
 * What it has too much adds up, what it has too little goes down again: a large step is noticed in two or three seconds, a small one
 * needs more of them, a blip is over before. It ends when the figure has been back for a while, or has been away for so long that
 * this is usual now.
 */
import { Baseline, type Usual } from "./baseline.ts";
import type { MachineSize, Signal } from "./figures.ts";
import { Habit } from "./habit.ts";
import { Suspicion, type TickValue } from "./suspicion.ts";

/** A figure that is away from its baseline. */
export interface Deviation {
  /** The usual value when it left it. */
  readonly baseline: number;
  /** How much of the past that rests on. */
  readonly knownSeconds: number;
  /** Begin of the tick in which it left the usual. */
  readonly sinceMs: number;
  /** Begin of the tick since which it is back; absent while it is away. */
  readonly calmSinceMs?: number;
}

type Change = "started" | "ended" | "became_normal" | undefined;

/** What lasts longer is how the machine is now. */
const longestSeconds = 1800;
/** Memory that was taken and is kept is no spike for longer than this; while it grows it is one. */
const flatSeconds = 600;
/** So many buckets of what has become usual are kept, few, so that it is soon forgotten when it ends. */
const settledBuckets = 30;
/** A figure that has been clearly below the usual for so many buckets has a new one. */
const lowBuckets = 36;
/** So much must be known before what nobody's habits explain counts by itself. */
const wellKnownSeconds = 300;
/** So much must be known before anything is unusual. */
const leastKnownSeconds = 10;

/** Watches one figure. */
export class Detector {
  readonly signal: Signal;
  #baseline: Baseline;
  readonly #habit = new Habit();
  #suspicion: Suspicion;
  /** The same for what nobody's habits explain, where that is told. */
  #strange: { readonly baseline: Baseline; suspicion: Suspicion };
  #recent: readonly number[] = [];
  #deviation: Deviation | undefined;
  /** What is learnt while it is away. */
  #settling: Baseline;
  #excess = 0;
  #awaySeconds = 0;
  #calmSeconds = 0;
  #highest = 0;
  #flatSeconds = 0;
  #nowSeconds = 0;
  #lowSeconds = 0;

  constructor(signal: Signal) {
    this.signal = signal;
    this.#suspicion = suspicionOf(signal);
    this.#strange = { baseline: new Baseline(signal.pastSeconds), suspicion: suspicionOf(signal) };
    this.#baseline = new Baseline(signal.pastSeconds);
    this.#settling = new Baseline(signal.pastSeconds);
  }

  /** Absent while the figure is usual. */
  get deviation(): Deviation | undefined {
    return this.#deviation;
  }

  /** What is usual; undefined while nothing is known. */
  get usual(): number | undefined {
    return this.#deviation?.baseline ?? this.#baseline.usual()?.median;
  }

  /** `unexplained`: the part of the value that no line's habits explain, where that is known. */
  take(value: number, takenAtMs: number, seconds: number, size: MachineSize, unexplained?: number): Change {
    this.#nowSeconds += seconds;
    this.#recent = [...this.#recent.slice(-2), value];
    const tick = { value, seconds, sinceMs: takenAtMs - seconds * 1000 };
    const least = this.signal.leastRise(size);
    if (this.#deviation !== undefined) return this.#follow(this.#deviation, tick, least, unexplained);
    const change = this.#watch(tick, least);
    if (unexplained === undefined) return change;
    return change === undefined ? this.#watchStrange(tick, unexplained, least) : this.#forgetStrange(change);
  }

  /** A gap ends everything under way: the next tick begins anew. */
  interrupt(): void {
    this.#suspicion.dismiss(this.#baseline);
    this.#strange.suspicion.dismiss(this.#strange.baseline);
    this.#recent = [];
  }

  /** Ends a deviation from outside. */
  release(): void {
    this.#deviation = undefined;
    this.#suspicion = suspicionOf(this.signal);
  }

  #watch(tick: TickValue, leastRise: number): Change {
    const usual = this.#baseline.usual();
    const { knownSeconds } = this.#baseline;
    if (usual === undefined || knownSeconds < leastKnownSeconds) {
      this.#baseline.add(tick.value, tick.seconds);
      return undefined;
    }
    this.#noteLow(tick, usual, leastRise);
    const least = leastRise * caution(knownSeconds);
    const needed = this.signal.leastSeconds * least;
    const over = Math.min(needed * this.signal.mostOfOneTick, (tick.value - usual.median - slackOf(usual, least)) * tick.seconds);
    if (!this.#suspicion.add(tick, over, this.#baseline)) {
      const { most, seconds } = this.#suspicion.last;
      this.#habit.note(most, seconds, needed, this.#nowSeconds);
      return undefined;
    }
    const start = usual.median + Math.max(least, 3 * usual.deviation);
    if (tick.value < start || meanOf(this.#recent) < start) return undefined;
    if (this.#suspicion.excess < Math.max(needed, this.#habit.bound(this.#nowSeconds))) return undefined;
    this.#begin(usual.median, knownSeconds, tick.value, this.#suspicion);
    return "started";
  }

  /** A neighbour's flutter hides nothing that comes on top of it. */
  #watchStrange(tick: TickValue, unexplained: number, leastRise: number): Change {
    const { baseline, suspicion } = this.#strange;
    const usual = this.#baseline.usual();
    const strange = { ...tick, value: unexplained };
    if (usual === undefined || this.#baseline.knownSeconds < wellKnownSeconds) {
      baseline.add(unexplained, tick.seconds);
      return undefined;
    }
    const needed = this.signal.leastSeconds * leastRise;
    const above = this.#strangeExcess(unexplained, leastRise);
    if (!suspicion.add(strange, Math.min(needed * this.signal.mostOfOneTick, above * tick.seconds), baseline)) return undefined;
    const isSeen = Math.min(tick.value, meanOf(this.#recent)) >= usual.median + leastRise && above > 0;
    if (!isSeen || suspicion.excess < Math.max(needed, this.#habit.bound(this.#nowSeconds))) return undefined;
    this.#begin(usual.median, this.#baseline.knownSeconds, tick.value, suspicion);
    return this.#forgetStrange("started");
  }

  /** On some machines there is always somebody new. */
  #strangeExcess(unexplained: number, leastRise: number): number {
    const usual = this.#strange.baseline.usual() ?? { median: 0, deviation: 0 };
    return unexplained - usual.median - slackOf(usual, leastRise);
  }

  #forgetStrange(change: Change): Change {
    this.#strange.suspicion = suspicionOf(this.signal);
    return change;
  }

  /** A rise is not learnt, so that may take its time; but after a fall the old, higher baseline must not hide the next rise for long. */
  #noteLow({ value, seconds }: TickValue, { median, deviation }: Usual, leastRise: number): void {
    this.#lowSeconds = value < median - Math.max(leastRise, 2 * deviation) ? this.#lowSeconds + seconds : 0;
    if (this.#lowSeconds < lowBuckets * this.#baseline.bucketSeconds) return;
    this.#baseline = this.#baseline.newest(settledBuckets);
    this.#lowSeconds = 0;
  }

  #begin(median: number, knownSeconds: number, value: number, { sinceMs, excess, seconds }: Suspicion): void {
    this.#deviation = { baseline: median, knownSeconds, sinceMs };
    this.#settling = new Baseline(this.signal.pastSeconds);
    this.#suspicion = suspicionOf(this.signal);
    this.#excess = excess;
    this.#awaySeconds = seconds;
    this.#calmSeconds = 0;
    this.#flatSeconds = 0;
    this.#highest = value;
  }

  #follow(deviation: Deviation, { value, seconds, sinceMs }: TickValue, leastRise: number, unexplained = 0): Change {
    const end = deviation.baseline + Math.max(0.6 * leastRise, 2.5 * (this.#baseline.usual()?.deviation ?? 0));
    this.#awaySeconds += seconds;
    this.#excess += Math.max(0, value - end) * seconds;
    this.#settling.add(value, seconds);
    const { calmSinceMs = sinceMs, ...away } = deviation;
    // as low as a gust of a neighbour, but made by somebody who never did it: it goes on
    const isStrange = value >= deviation.baseline + leastRise && this.#strangeExcess(unexplained, leastRise) > 0;
    if (value < end && !isStrange) {
      this.#calmSeconds += seconds;
      this.#deviation = { ...away, calmSinceMs };
      if (this.#calmSeconds < this.signal.calmSeconds) return undefined;
      this.#habit.note(this.#excess, this.#awaySeconds - this.#calmSeconds, this.signal.leastSeconds * leastRise, this.#nowSeconds);
      this.#deviation = undefined;
      return "ended";
    }
    this.#calmSeconds = 0;
    this.#deviation = away;
    if (!this.#isUsualNow(value, seconds, leastRise)) return undefined;
    this.#baseline = this.#settling.newest(settledBuckets);
    this.#deviation = undefined;
    return "became_normal";
  }

  #isUsualNow(value: number, seconds: number, leastRise: number): boolean {
    if (this.signal.resource !== "memory") return this.#awaySeconds >= longestSeconds;
    this.#flatSeconds += seconds;
    if (value > this.#highest + leastRise / 4) {
      this.#highest = value;
      this.#flatSeconds = 0;
    }
    return this.#flatSeconds >= flatSeconds;
  }
}

/** Half of the calm that ends a spike keeps what comes after it from being taken for the same trouble as what was before. */
function suspicionOf({ calmSeconds }: Signal): Suspicion {
  return new Suspicion(calmSeconds / 2);
}

/** So much above the usual is not held against a figure. */
function slackOf(usual: Usual, least: number): number {
  return Math.max(least / 2, 2 * usual.deviation);
}

/** In the first minutes the usual is not well known: only what is clearly too much counts. */
function caution(knownSeconds: number): number {
  if (knownSeconds < 60) return 3;
  return knownSeconds < 300 ? 1.5 : 1;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
