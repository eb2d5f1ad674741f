/** What became of the newest messages: kept in memory, for those who ask whether anybody was told. */
import type { DatedOutcome, NotificationOutcome } from "../model/notification.ts";

const mostKept = 100;

/** Keeps the newest. */
export class NewestOutcomes {
  #newestFirst: readonly DatedOutcome[] = [];

  add(outcome: NotificationOutcome, atMs: number): void {
    this.#newestFirst = [{ ...outcome, atMs }, ...this.#newestFirst].slice(0, mostKept);
  }

  newest(): readonly DatedOutcome[] {
    return this.#newestFirst;
  }
}
