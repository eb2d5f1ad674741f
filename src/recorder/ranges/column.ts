/** One figure over the points of a range: its mean and its peak in each. Pure. */
import { meanOf, peakOf, type Stat, unknownSecondsOf } from "../format/rollup.ts";
import { rounded } from "../format/rounding.ts";

/** Means and peaks, a value for each point; `undefined` where nothing is known. */
export interface Series {
  readonly mean: readonly (number | undefined)[];
  /** The highest second of each point; undefined as well where only gaps are recorded. */
  readonly peak: readonly (number | undefined)[];
}

/** Sums up one figure. Memory is fixed by the number of points. */
export class Column {
  readonly #weighted: Float64Array;
  readonly #unknownSeconds: Float32Array;
  readonly #peaks: Float64Array;
  #known = false;

  constructor(points: number) {
    this.#weighted = new Float64Array(points);
    this.#unknownSeconds = new Float32Array(points);
    this.#peaks = new Float64Array(points).fill(Number.NaN);
  }

  /** It was known at least once. */
  get known(): boolean {
    return this.#known;
  }

  /** Adds what it was for so many seconds of a point; undefined is not known. */
  add(point: number, stat: Stat | undefined, seconds: number): void {
    if (stat === undefined) {
      this.#unknownSeconds[point] = (this.#unknownSeconds[point] ?? 0) + seconds;
      return;
    }
    const unknownSeconds = Math.min(unknownSecondsOf(stat), seconds);
    const peak = peakOf(stat);
    this.#known = true;
    this.#weighted[point] = (this.#weighted[point] ?? 0) + meanOf(stat) * (seconds - unknownSeconds);
    this.#unknownSeconds[point] = (this.#unknownSeconds[point] ?? 0) + unknownSeconds;
    const highest = this.#peaks[point] ?? Number.NaN;
    if (peak !== undefined && !(highest >= peak)) this.#peaks[point] = peak;
  }

  /**
   * The values, where so many seconds of each point are recorded. Recorded time in which nothing was added counts as 0:
   * a group that is not in a line used nothing.
   */
  series(recordedSeconds: Float64Array): Series {
    const mean: (number | undefined)[] = [];
    const peak: (number | undefined)[] = [];
    for (const [point, weighted] of this.#weighted.entries()) {
      const recorded = recordedSeconds[point] ?? 0;
      const knownSeconds = recorded - (this.#unknownSeconds[point] ?? 0);
      // Float32 of the unknown seconds may leave a speck of the recorded ones
      const isKnown = recorded > 0 && knownSeconds > recorded * 1e-6;
      const highest = this.#peaks[point] ?? Number.NaN;
      mean.push(isKnown ? rounded(weighted / knownSeconds) : undefined);
      peak.push(Number.isNaN(highest) ? undefined : rounded(highest));
    }
    return { mean, peak };
  }
}
