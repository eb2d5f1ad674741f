/** A small file that several parts of one tick want, read once for all of them. */

/** Half of the 10 ms in which the kernel counts: so long a reading says the same as another one would. */
const youngSeconds = 0.005;

/** Reads a file, and gives out the newest reading as long as it is young. */
export class YoungReading<Reading> {
  readonly #readNow: (nowSeconds: number) => Reading | undefined;
  #newest: Reading | undefined;
  #readAtSeconds = Number.NEGATIVE_INFINITY;

  /** `readNow` gives undefined where there is no such file. */
  constructor(readNow: (nowSeconds: number) => Reading | undefined) {
    this.#readNow = readNow;
  }

  /** Another reading, in any case. */
  read(nowSeconds: number): Reading | undefined {
    this.#newest = this.#readNow(nowSeconds);
    this.#readAtSeconds = nowSeconds;
    return this.#newest;
  }

  /** The newest reading if it was made just now, else another. */
  readOrRepeat(nowSeconds: number): Reading | undefined {
    const ageSeconds = nowSeconds - this.#readAtSeconds;
    return ageSeconds >= 0 && ageSeconds < youngSeconds ? this.#newest : this.read(nowSeconds);
  }
}
