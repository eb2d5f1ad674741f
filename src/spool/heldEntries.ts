/**
 * What lanes hold: on the disk, or in memory alone where that takes nothing. What is done with is seen no more, though it may not be off the
 * disk yet.
 */
import { reasonOf } from "../model/errors.ts";
import type { Entry } from "./batches.ts";
import type { LaneOptions } from "./laneOptions.ts";
import { openSpool, type Spool } from "./spool.ts";

type HeldOptions<T> = Pick<LaneOptions<T, never>, "name" | "directory" | "maxEntries" | "parse" | "clock" | "log">;

/** The entries of one queue. */
export class HeldEntries<T> {
  readonly #options: HeldOptions<T>;
  readonly #spool: Spool<T>;
  readonly #done: Set<string>;
  /** What the disk did not take. */
  #loose: readonly Entry<T>[] = [];
  #nextLoose = 1;

  private constructor(options: HeldOptions<T>, spool: Spool<T>, done: Set<string>) {
    this.#options = options;
    this.#spool = spool;
    this.#done = done;
  }

  /** Opens the queue. `onDropped` is told of those that there was no room for. @throws when its directory cannot be used */
  static async open<T>(options: HeldOptions<T>, onDropped: (entry: Entry<T>) => void): Promise<HeldEntries<T>> {
    const done = new Set<string>();
    const spool = await openSpool<T>({ ...options, onDropped: (entry) => done.delete(entry.id) || onDropped(entry) });
    return new HeldEntries(options, spool, done);
  }

  /** All that wait or are at work, in the order in which they came. */
  all(): readonly Entry<T>[] {
    return [...this.#spool.entries(), ...this.#loose].filter(({ id }) => !this.#done.has(id));
  }

  /** How many more are kept without dropping another. */
  get room(): number {
    return this.#options.maxEntries - this.#spool.length;
  }

  /** How many there was no room for. */
  get dropped(): number {
    return this.#spool.dropped;
  }

  /** Brings the queue back when somebody has removed it. Rejects when nothing can be kept there now. */
  check(): Promise<void> {
    return this.#spool.check();
  }

  /** Resolves once all items are on disk; rejects and keeps none of them when they cannot be. */
  append(items: readonly T[]): Promise<readonly Entry<T>[]> {
    return this.#spool.append(items);
  }

  /** Holds what the disk did not take, as long as this process lives. */
  hold(item: T): Entry<T> {
    const entry = { id: `loose-${this.#nextLoose++}`, item, retryAtMs: 0, attempts: 0 };
    this.#loose = [...this.#loose, entry];
    return entry;
  }

  /** From now on nobody sees them any more. */
  hide(entries: readonly Entry<T>[]): void {
    for (const { id } of entries) this.#done.add(id);
    this.#loose = this.#loose.filter(({ id }) => !this.#done.has(id));
  }

  /** Takes what nobody sees any more off the disk. Never rejects. */
  async acknowledge(entries: readonly Entry<T>[]): Promise<void> {
    if (entries.length === 0) return;
    const { name, log } = this.#options;
    const ids = entries.map(({ id }) => id);
    try {
      await this.#spool.acknowledge(ids);
      for (const id of ids) this.#done.delete(id);
    } catch (error) {
      log.error(`${name}: what is done with cannot be removed from the queue; it would be done again after a restart`, {
        entries: ids,
        reason: reasonOf(error),
      });
    }
  }

  /** Counts an attempt, and says when the next is due. Never rejects. */
  async putOff(entries: readonly Entry<T>[], inSeconds: number): Promise<void> {
    const { name, clock, log } = this.#options;
    const ids = entries.map(({ id }) => id);
    try {
      await this.#spool.retryAt(ids, clock.wallMs() + inSeconds * 1000);
    } catch (error) {
      log.warn(`${name}: an attempt could not be written down`, { entries: ids, reason: reasonOf(error) });
    }
  }
}
