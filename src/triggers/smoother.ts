/** The mean of a noisy figure over the last seconds: one quiet second in a busy minute must not undo the minute. */

/** So far back the mean reaches. */
const smoothSeconds = 10;
/** Ticks are not exactly an interval apart. */
const almost = 0.95;

/** Takes readings in, each with the seconds that it stands for. */
export class Smoother {
  readonly #readings: { readonly value: number; readonly seconds: number }[] = [];
  #coveredSeconds = 0;

  /** An unknown reading is passed over. */
  push(value: number | undefined, seconds: number): void {
    if (value === undefined || seconds <= 0) return;
    this.#readings.push({ value, seconds });
    this.#coveredSeconds += seconds;
    for (let oldest = this.#readings[0]; oldest !== undefined; oldest = this.#readings[0]) {
      if (this.#coveredSeconds - oldest.seconds < smoothSeconds * almost) return;
      this.#coveredSeconds -= oldest.seconds;
      this.#readings.shift();
    }
  }

  /** Forgets everything: what was before a gap says nothing of what is after it. */
  clear(): void {
    this.#readings.length = 0;
    this.#coveredSeconds = 0;
  }

  /** Undefined before enough is known. */
  get mean(): number | undefined {
    if (this.#coveredSeconds < smoothSeconds * almost) return undefined;
    let sum = 0;
    for (const { value, seconds } of this.#readings) sum += value * seconds;
    return sum / this.#coveredSeconds;
  }
}
