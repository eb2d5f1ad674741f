/**
 * What a machine does again and again and is over at once: a job of cron's, say.
 *
 * The first few are told as spikes. Then one has to be larger than they were, for the few seconds that they last.
 */

/** So many make a habit. */
const leastBlips = 4;
const mostBlips = 16;
const keptSeconds = 2 * 3600;
/** What is over sooner than this, and is not larger than so many times what a spike needs, is a blip. */
const longestBlipSeconds = 15;
const largestBlip = 4;
/** No blip is just like the one before. */
const margin = 1.5;

interface Blip {
  readonly excess: number;
  readonly atSeconds: number;
}

/** Remembers blips. */
export class Habit {
  #blips: readonly Blip[] = [];

  /** Something rose by `excess` and was over after `seconds`; a spike needs `needed`. */
  note(excess: number, seconds: number, needed: number, nowSeconds: number): void {
    if (excess < needed || excess > largestBlip * needed || seconds > longestBlipSeconds) return;
    this.#blips = [...this.#blips, { excess, atSeconds: nowSeconds }].slice(-mostBlips);
  }

  /** What a habitual blip stays below; 0 where there is no habit. */
  bound(nowSeconds: number): number {
    if (this.#blips.length < leastBlips) return 0;
    this.#blips = this.#blips.filter(({ atSeconds }) => nowSeconds - atSeconds < keptSeconds);
    if (this.#blips.length < leastBlips) return 0;
    const sizes = this.#blips.map(({ excess }) => excess).sort((a, b) => a - b);
    return margin * (sizes[sizes.length >> 1] ?? 0);
  }
}
