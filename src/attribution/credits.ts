/**
 * What was seen of processes that have died, and will show up in the counters of the process that reaps them.
 *
 * A parent that waits for its child takes over all the child ever used. What of it was seen while the child lived has been
 * given to the child already and must not be counted again. A parent that ignores SIGCHLD takes over nothing: its debt expires.
 */

/** What was seen of one dead process. */
interface Credit {
  remaining: number;
  /** Ticks that have passed since. */
  age: number;
  /** Who may reap it: its parent, and where that died in the same tick, those who may have inherited it. */
  readonly reapers: readonly number[];
}

/** A reaper that has been looked at twice since and took nothing over never will. */
const longestAge = 2;

/** The open credits, by the process that may take them over. */
export class Credits {
  readonly #byReaper = new Map<number, Credit[]>();

  /** Owes what was seen of a dead process to the first of `reapers` that takes it over. */
  owe(amount: number, reapers: readonly number[]): void {
    if (amount <= 0 || reapers.length === 0) return;
    const credit: Credit = { remaining: amount, age: 0, reapers };
    for (const reaper of reapers) {
      const owed = this.#byReaper.get(reaper);
      if (owed === undefined) this.#byReaper.set(reaper, [credit]);
      else owed.push(credit);
    }
  }

  /** True when something is owed to this process. */
  has(reaper: number): boolean {
    return this.#byReaper.has(reaper);
  }

  /** Settles as much of `taken` as is owed to the reaper; what is left is work that nobody had seen. */
  settle(reaper: number, taken: number): number {
    let unseen = taken;
    for (const credit of this.#byReaper.get(reaper) ?? []) {
      const settled = Math.min(unseen, credit.remaining);
      credit.remaining -= settled;
      unseen -= settled;
      if (unseen <= 0) break;
    }
    return Math.max(0, unseen);
  }

  /** One tick is over: forgets what is settled or expired. */
  age(): void {
    for (const [reaper, owed] of this.#byReaper) {
      // a credit with several reapers stands in several lists, and ages in that of its first
      for (const credit of owed) if (credit.reapers[0] === reaper) credit.age++;
    }
    for (const [reaper, owed] of this.#byReaper) {
      const open = owed.filter((credit) => credit.remaining > 1e-9 && credit.age <= longestAge);
      if (open.length === 0) this.#byReaper.delete(reaper);
      else if (open.length < owed.length) this.#byReaper.set(reaper, open);
    }
  }
}
