/** One spike while it lasts: which sides of its resource are away, how high they went, and what everybody used meanwhile. */
import type { Spike, SpikeResource, Verdict } from "../model/spike.ts";
import type { Deviation } from "./detector.ts";
import type { MachineSize, Signal } from "./figures.ts";
import type { Moment } from "./history.ts";
import type { Past } from "./past.ts";
import { Tally } from "./tally.ts";
import { judge } from "./verdict.ts";

/** One side of the resource. */
interface Side {
  readonly baseline: number;
  readonly knownSeconds: number;
  /** Rise over the baseline, in least rises times seconds: the side with most is what the spike is about. */
  excess: number;
  peak: number;
  peakMs: number;
}

/** A verdict is made anew so often: at first every few seconds, later, when it hardly moves, less. */
const everySeconds: readonly (readonly [after: number, every: number])[] = [
  [0, 5],
  [60, 15],
  [600, 60],
];
/** Memory that was highest so short a time ago goes on growing. */
const freshPeakSeconds = 60;
const wellKnownSeconds = 300;

/** What a run begins with. */
export interface RunStart {
  readonly resource: SpikeResource;
  readonly startMs: number;
  readonly past: Past;
  readonly ancestorsOf: (pid: number) => readonly string[];
}

/** One spike while it lasts. */
export class Run {
  readonly resource: SpikeResource;
  readonly startMs: number;
  readonly #start: RunStart;
  readonly #sides = new Map<Signal, Side>();
  readonly #tally = new Tally();
  readonly #ancestors = new Map<number, readonly string[]>();
  #seconds = 0;
  #calmSeconds = 0;
  #judgedSeconds = Number.NEGATIVE_INFINITY;
  #verdict: Verdict | undefined;
  #lastMs: number;
  #calmSinceMs: number | undefined;

  constructor(start: RunStart) {
    this.resource = start.resource;
    this.startMs = start.startMs;
    this.#lastMs = start.startMs;
    this.#start = start;
  }

  /** A side of the resource has left its baseline. */
  join(signal: Signal, { baseline, knownSeconds }: Deviation): void {
    if (!this.#sides.has(signal)) {
      this.#sides.set(signal, { baseline, knownSeconds, excess: 0, peak: Number.NEGATIVE_INFINITY, peakMs: this.startMs });
    }
  }

  /** What was written before the start. */
  addEarlier({ snapshot, seconds }: Moment): void {
    this.#tally.addEarlier(snapshot, seconds);
  }

  /** Takes a tick in. A calm one may be the end and is nobody's doing. */
  add({ snapshot, figures, seconds }: Moment, size: MachineSize, calm: boolean): void {
    this.#seconds += seconds;
    this.#calmSeconds = calm ? this.#calmSeconds + seconds : 0;
    this.#calmSinceMs = calm ? (this.#calmSinceMs ?? this.#lastMs) : undefined;
    this.#lastMs = snapshot.takenAtMs;
    if (calm) return;
    this.#tally.add(snapshot, seconds, figures);
    for (const [signal, side] of this.#sides) {
      const value = figures[signal.figure];
      if (value === undefined) continue;
      side.excess += (Math.max(0, value - side.baseline) / signal.leastRise(size)) * seconds;
      if (value <= side.peak) continue;
      side.peak = value;
      side.peakMs = snapshot.takenAtMs;
    }
  }

  /** Time that no tick can speak of. */
  addGap(seconds: number): void {
    this.#seconds += seconds;
  }

  /** When it ended, if it did: the last moment that was not calm. */
  get endMs(): number {
    return this.#calmSinceMs ?? this.#lastMs;
  }

  /** True when it is time for another verdict. */
  get isDue(): boolean {
    const every = everySeconds.findLast(([after]) => this.#seconds >= after)?.[1] ?? 0;
    return this.#seconds - this.#judgedSeconds >= every - 0.5;
  }

  /** Makes the verdict anew. */
  judge(lasting: boolean): void {
    const [signal, side] = this.#leading() ?? [];
    if (signal === undefined || side === undefined) return;
    this.#judgedSeconds = this.#seconds;
    this.#verdict = judge({
      signal,
      baseline: side.baseline,
      tally: this.#tally,
      past: this.#start.past,
      seconds: this.#seconds - this.#calmSeconds,
      lasting,
      growing: this.#lastMs - side.peakMs <= freshPeakSeconds * 1000,
      ...(side.knownSeconds < wellKnownSeconds ? { knownSeconds: Math.round(side.knownSeconds) } : {}),
      ancestorsOf: (pid) => this.#ancestorsOf(pid),
    });
  }

  /** As others see it. */
  spike(end?: { readonly endMs: number; readonly ending: NonNullable<Spike["ending"]> }): Spike {
    const [signal, side] = this.#leading() ?? [];
    if (signal === undefined || side === undefined) throw new Error("a spike has begun without a figure that left its baseline");
    return {
      id: spikeId(this.startMs, this.resource),
      resource: this.resource,
      ...(signal.aspect === undefined ? {} : { aspect: signal.aspect }),
      startMs: this.startMs,
      peakMs: side.peakMs,
      ...end,
      baseline: side.baseline,
      peak: Math.max(side.peak, side.baseline),
      unit: signal.unit,
      ...(side.knownSeconds < wellKnownSeconds ? { knownSeconds: Math.round(side.knownSeconds) } : {}),
      ...(this.#verdict === undefined ? {} : { verdict: this.#verdict }),
    };
  }

  #leading(): readonly [Signal, Side] | undefined {
    let leading: readonly [Signal, Side] | undefined;
    for (const entry of this.#sides) if (leading === undefined || entry[1].excess > leading[1].excess) leading = entry;
    return leading;
  }

  /** Asked while the process lives: afterwards nobody knows its parents any more. */
  #ancestorsOf(pid: number): readonly string[] {
    let known = this.#ancestors.get(pid);
    if (known === undefined || known.length === 0) {
      known = this.#start.ancestorsOf(pid);
      this.#ancestors.set(pid, known);
    }
    return known;
  }
}

/** `20261121T100000123Z-cpu`. */
function spikeId(startMs: number, resource: SpikeResource): string {
  return `${new Date(startMs).toISOString().replace(/[-:.]/g, "")}-${resource}`;
}
