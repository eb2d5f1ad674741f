/** What lanes know of the attempts of their items: how many failed, when the next may be, and who is too old for one. */
import type { Entry } from "./batches.ts";
import type { LaneOptions } from "./laneOptions.ts";

/** What is known of the attempts of an item, or of a strict lane. */
export interface Tries {
  readonly attempts: number;
  readonly failures: number;
  readonly notBeforeSeconds: number;
  readonly reason?: string;
}

type TimeOptions<T> = Pick<LaneOptions<T, never>, "order" | "writeDown" | "longestRetryAfterSeconds" | "age" | "clock">;

const untried: Tries = { attempts: 0, failures: 0, notBeforeSeconds: Number.NEGATIVE_INFINITY };

/** The times of one queue, by the clock that never jumps. */
export class LaneTimes<T> {
  readonly #options: TimeOptions<T>;
  /** By id; in strict lanes by lane. */
  readonly #tries = new Map<string, Tries>();
  readonly #quietUntilSeconds = new Map<string, number>();
  /** When this process took an item in. */
  readonly #sinceSeconds = new Map<string, number>();

  constructor(options: TimeOptions<T>) {
    this.#options = options;
  }

  /** This process has taken it in now. */
  took(id: string): void {
    this.#sinceSeconds.set(id, this.#options.clock.monotonicSeconds());
  }

  /** It was there already when Culprit started. */
  isInherited({ id }: Entry<T>): boolean {
    return !this.#sinceSeconds.has(id);
  }

  /** Why a strict lane waits. */
  reasonOf(lane: string): string | undefined {
    return this.#tries.get(lane)?.reason;
  }

  triesOf(lane: string, entry: Entry<T>): Tries {
    const { order, writeDown, clock, longestRetryAfterSeconds } = this.#options;
    const known = this.#tries.get(order === "strict" ? lane : entry.id);
    if (known !== undefined || writeDown === "never" || entry.attempts === 0) return known ?? untried;
    const { attempts } = entry;
    // what took Culprit down is no failure of its own, and is taken up at once
    if (writeDown === "before") return { ...untried, attempts };
    const aheadSeconds = (entry.retryAtMs - clock.wallMs()) / 1000;
    const notBeforeSeconds = aheadSeconds > longestRetryAfterSeconds ? untried.notBeforeSeconds : clock.monotonicSeconds() + aheadSeconds;
    return { attempts, failures: attempts, notBeforeSeconds };
  }

  /** When it may be tried; or when it is too old, which is said at once. */
  dueSeconds(lane: string, entry: Entry<T>): number {
    const { notBeforeSeconds } = this.triesOf(lane, entry);
    const quietUntilSeconds = this.#quietUntilSeconds.get(lane) ?? Number.NEGATIVE_INFINITY;
    return Math.min(Math.max(notBeforeSeconds, quietUntilSeconds), this.#options.clock.monotonicSeconds() + this.secondsLeft(entry));
  }

  secondsLeft({ id, item }: Entry<T>): number {
    const { age, clock } = this.#options;
    if (age === undefined) return Number.POSITIVE_INFINITY;
    const since = this.#sinceSeconds.get(id);
    return age.longestSeconds - Math.max(0, since === undefined ? age.of(item) : clock.monotonicSeconds() - since);
  }

  /** They wait now: `isQuiet` when nothing else of the lane is tried meanwhile. */
  putOff(lane: string, entries: readonly Entry<T>[], tries: Tries, isQuiet: boolean): void {
    const keys = this.#options.order === "strict" ? [lane] : entries.map(({ id }) => id);
    for (const key of keys) this.#tries.set(key, tries);
    if (isQuiet) this.#quietUntilSeconds.set(lane, tries.notBeforeSeconds);
  }

  /** The other side of a lane has answered, or nobody waits for it any more. */
  settle(lane: string, isEmpty: boolean): void {
    this.#tries.delete(lane);
    if (isEmpty) this.#quietUntilSeconds.delete(lane);
  }

  forget(id: string): void {
    this.#sinceSeconds.delete(id);
    this.#tries.delete(id);
  }
}
