/** Long work in slices, so that the event loop can do other work in between. */
import type { Clock } from "../model/clock.ts";

/** A slice of reading holds the event loop for about so long. */
const sliceSeconds = 0.004;

/** A stretch of work between two turns of the event loop. */
export class Slice {
  readonly #clock: Clock;
  startedSeconds: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.startedSeconds = clock.monotonicSeconds();
  }

  /** It has held the event loop for long enough. */
  get isOver(): boolean {
    return this.#clock.monotonicSeconds() - this.startedSeconds >= sliceSeconds;
  }

  /** Comes back when others have had their turn. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.startedSeconds = this.#clock.monotonicSeconds();
  }
}

/** Does the work for each, and lets others run in between. */
export async function inSlices<Item>(clock: Clock, items: readonly Item[], work: (item: Item, nowSeconds: number) => void): Promise<void> {
  const slice = new Slice(clock);
  for (let index = 0; index < items.length; index++) {
    work(items[index] as Item, slice.startedSeconds);
    if (index % 16 === 15 && slice.isOver) await slice.next();
  }
}
