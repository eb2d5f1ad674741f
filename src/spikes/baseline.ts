/**
 * What is usual for a figure: median and spread of the quiet recent past.
 *
 * The past is kept as means of some seconds, in the order of time and in the order of size, so that a tick costs an addition and only
 * every full bucket costs a look at all of them. What is quiet is not decided here: the detector adds only quiet values.
 */

/** So many buckets are kept. */
const mostBuckets = 360;
/** The median absolute deviation of a normal distribution is so much smaller than its standard deviation. */
const madToDeviation = 1.4826;
/** Regular bursts belong to the usual: this part of the past lies below them. */
const gustQuantile = 0.95;
/** A burst is what a bucket has more than the mean of so many before it: a slow rise has none. */
const gustBuckets = 12;
/** The spread of all values counts by this part: that of a slow rise is as large as the rise, and must not hide it. */
const levelPart = 0.3;

/** A figure's usual value and how far it usually strays from it. */
export interface Usual {
  readonly median: number;
  readonly deviation: number;
}

/** Learns what is usual. */
export class Baseline {
  /** How much time one mean is of. */
  readonly bucketSeconds: number;
  /** Means in the order of time; the oldest is at `#oldest` once it is full. */
  readonly #means: number[] = [];
  readonly #sorted: number[] = [];
  readonly #gusts: number[] = [];
  readonly #sortedGusts: number[] = [];
  #oldest = 0;
  #sum = 0;
  #seconds = 0;
  #knownSeconds = 0;
  #usual: Usual | undefined;

  /** `pastSeconds`: how far back it looks. */
  constructor(pastSeconds: number) {
    this.bucketSeconds = pastSeconds / mostBuckets;
  }

  /** Seconds of past that it knows, up to all that it looks back to. */
  get knownSeconds(): number {
    return this.#knownSeconds;
  }

  /** The usual; undefined while nothing is known. */
  usual(): Usual | undefined {
    if (this.#usual !== undefined) return this.#usual;
    return this.#seconds > 0 ? { median: this.#sum / this.#seconds, deviation: 0 } : undefined;
  }

  /** Learns a value that held for `seconds`. */
  add(value: number, seconds: number): void {
    this.#sum += value * seconds;
    this.#seconds += seconds;
    this.#knownSeconds = Math.min(mostBuckets * this.bucketSeconds, this.#knownSeconds + seconds);
    if (this.#seconds < this.bucketSeconds) return;
    this.#keep(this.#sum / this.#seconds);
    this.#sum = 0;
    this.#seconds = 0;
    this.#usual = usualOf(this.#sorted, this.#sortedGusts);
  }

  /** What it knows of the newest past alone, in so many buckets; goes on learning as this one would. */
  newest(buckets: number): Baseline {
    const young = new Baseline(this.bucketSeconds * mostBuckets);
    const inTime = [...this.#means.slice(this.#oldest), ...this.#means.slice(0, this.#oldest)];
    for (const mean of inTime.slice(-buckets)) young.add(mean, this.bucketSeconds);
    if (this.#seconds > 0) young.add(this.#sum / this.#seconds, this.#seconds);
    return young;
  }

  #keep(mean: number): void {
    const gust = mean - this.#recentMean(mean);
    if (this.#means.length < mostBuckets) {
      this.#means.push(mean);
      this.#gusts.push(gust);
    } else {
      takeOut(this.#sorted, this.#means[this.#oldest] ?? 0);
      takeOut(this.#sortedGusts, this.#gusts[this.#oldest] ?? 0);
      this.#means[this.#oldest] = mean;
      this.#gusts[this.#oldest] = gust;
      this.#oldest = (this.#oldest + 1) % mostBuckets;
    }
    putIn(this.#sorted, mean);
    putIn(this.#sortedGusts, gust);
  }

  /** The mean of the newest buckets; of none, `otherwise`. */
  #recentMean(otherwise: number): number {
    const count = Math.min(gustBuckets, this.#means.length);
    if (count === 0) return otherwise;
    let sum = 0;
    for (let back = 1; back <= count; back++) sum += this.#means.at((this.#oldest - back) % this.#means.length) ?? 0;
    return sum / count;
  }
}

function usualOf(levels: readonly number[], gusts: readonly number[]): Usual {
  const median = middleOf(levels);
  const gust = gusts[Math.floor(gustQuantile * (gusts.length - 1))] ?? 0;
  const deviation = madToDeviation * Math.max(medianDistance(gusts, 0), levelPart * medianDistance(levels, median));
  // half of the way up to the bursts: at twice the deviation one is among them
  return { median, deviation: Math.max(deviation, gust / 2) };
}

function putIn(sorted: number[], value: number): void {
  sorted.splice(placeIn(sorted, value), 0, value);
}

function takeOut(sorted: number[], value: number): void {
  sorted.splice(placeIn(sorted, value), 1);
}

function middleOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** The median of the distances to a value: going outwards from it on both sides, the nearer first, until half of all are passed. */
function medianDistance(sorted: readonly number[], middle: number): number {
  let above = placeIn(sorted, middle);
  let below = above - 1;
  let distance = 0;
  for (let passed = 0; passed <= sorted.length >> 1; passed++) {
    const up = above < sorted.length ? (sorted[above] ?? 0) - middle : Number.POSITIVE_INFINITY;
    const down = below >= 0 ? middle - (sorted[below] ?? 0) : Number.POSITIVE_INFINITY;
    distance = Math.min(up, down);
    if (distance === Number.POSITIVE_INFINITY) return 0;
    if (up <= down) above++;
    else below--;
  }
  return distance;
}

/** The place of the first value that is not smaller. */
function placeIn(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
