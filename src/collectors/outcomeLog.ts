/** Says what a collector cannot do: once, and once more when that changes. */
import type { Log } from "../log.ts";
import type { CollectorOutcome } from "../model/sample.ts";

/** Remembers what was said of every collector. */
export class OutcomeLog {
  readonly #log: Log;
  readonly #said = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Looks at the outcomes of one Sample. */
  note(outcomes: readonly CollectorOutcome[]): void {
    for (const { collector, result, reason } of outcomes) {
      const now = `${result} ${reason ?? ""}`;
      const before = this.#said.get(collector);
      if (now === before) continue;
      this.#said.set(collector, now);
      if (result === "failed") this.#log.warn(`the collector ${collector} failed`, { reason });
      else if (result === "absent") this.#log.debug(`this machine has nothing for the collector ${collector}`);
      else if (before !== undefined) this.#log.info(`the collector ${collector} works`);
    }
  }
}
