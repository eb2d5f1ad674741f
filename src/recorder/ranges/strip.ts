/** One figure of somebody who ran now and then, over the steps of a range. Memory is fixed by their number. Pure. */
import { rounded } from "../format/rounding.ts";
import type { Range } from "./range.ts";

/** The mean over each step and its highest second; `null` where it did not run. */
export interface StripSeries {
  /** Absent of what is held: nothing is known of it while its holder sleeps. */
  readonly mean?: readonly (number | null)[];
  readonly peak: readonly (number | null)[];
}

/** Sums up minutes. Several of one minute are several groups, and together used what they used. */
export class Strip {
  readonly #range: Range;
  /** Made when there is something to keep: most of those who run never read or write. */
  #sums: Float64Array | undefined;
  #peaks: Float32Array | undefined;
  #total = 0;
  #peak: number | undefined;
  #peakAtMs: number | undefined;

  constructor(range: Range) {
    this.#range = range;
  }

  get isKnown(): boolean {
    return this.#sums !== undefined;
  }

  get total(): number {
    return rounded(this.#total);
  }

  get peak(): number | undefined {
    return this.#peak;
  }

  get peakAtMs(): number | undefined {
    return this.#peakAtMs;
  }

  add(atMs: number, mean: number, peak: number | null, seconds: number): void {
    const { fromMs, toMs, stepMs } = this.#range;
    const points = Math.ceil((toMs - fromMs) / stepMs);
    const point = Math.min(points - 1, Math.max(0, Math.floor((atMs - fromMs) / stepMs)));
    this.#sums ??= new Float64Array(points).fill(Number.NaN);
    this.#peaks ??= new Float32Array(points).fill(Number.NaN);
    const sum = this.#sums[point] ?? Number.NaN;
    this.#sums[point] = (Number.isNaN(sum) ? 0 : sum) + mean * seconds;
    this.#total += mean * seconds;
    if (peak === null) return;
    if (!((this.#peaks[point] ?? Number.NaN) >= peak)) this.#peaks[point] = peak;
    if (this.#peak !== undefined && this.#peak >= peak) return;
    this.#peak = peak;
    this.#peakAtMs = atMs;
  }

  series(isLevel: boolean): StripSeries {
    const stepSeconds = this.#range.stepMs / 1000;
    const values = (list: Float64Array | Float32Array | undefined, share: number) =>
      Array.from(list ?? [], (value) => (Number.isNaN(value) ? null : Number((value / share).toPrecision(4))));
    const peak = values(this.#peaks, 1);
    return isLevel ? { peak } : { mean: values(this.#sums, stepSeconds), peak };
  }
}
