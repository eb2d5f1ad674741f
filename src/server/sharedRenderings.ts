/**
 * One rendering for all who ask for the same while another is being made: two hundred scrapers get it in the time of two. Nobody gets what
 * was begun before he asked, and however many ask, most of the time is left for others.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../model/clock.ts";

/** So many different ones are made at once. */
const mostAtOnce = 2;
/** Behind one that others have waited for there is a pause of so many times what it took, within reason. */
const pauseRatio = 3;
const longestPauseSeconds = 0.25;

/** Shares them out. */
export class SharedRenderings<Rendered> {
  /** Those that have not begun, by what is asked for. */
  readonly #waiting = new Map<string, Promise<Rendered>>();
  /** The newest of each that has begun; what is over is over. */
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #queue: (() => void)[] = [];
  readonly #clock: Clock;
  #atWork = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What `render` makes, when this one or another of the same name is begun. */
  share(name: string, render: () => Promise<Rendered>): Promise<Rendered> {
    const known = this.#waiting.get(name);
    if (known !== undefined) return known;
    const shared = this.#make(name, render);
    this.#waiting.set(name, shared);
    return shared;
  }

  async #make(name: string, render: () => Promise<Rendered>): Promise<Rendered> {
    const running = this.#running.get(name);
    if (running !== undefined) await this.#pauseAfter(running);
    // all who ask in the same turn have asked by then
    await nextTurn();
    await this.#enter();
    const own = this.#waiting.get(name);
    this.#waiting.delete(name);
    if (own !== undefined) this.#running.set(name, own);
    try {
      return await render();
    } finally {
      if (this.#running.get(name) === own) this.#running.delete(name);
      this.#leave();
    }
  }

  async #pauseAfter(running: Promise<unknown>): Promise<void> {
    const clock = this.#clock;
    const beganSeconds = clock.monotonicSeconds();
    await running.catch(() => undefined);
    const seconds = Math.min(longestPauseSeconds, pauseRatio * (clock.monotonicSeconds() - beganSeconds));
    if (seconds > 0) await new Promise<void>((resolve) => void clock.after(seconds, resolve));
  }

  async #enter(): Promise<void> {
    if (this.#atWork < mostAtOnce) this.#atWork++;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  /** The place is handed over to the next one that waits. */
  #leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#atWork--;
    else next();
  }
}
