/** Says what collectors cannot do, and what they leave out: once, and once more when that changes. Counts what they leave out. */
import type { Log } from "../log.ts";
import type { CollectorOutcome, SkippedNote } from "../model/sample.ts";
import { carefulRedactor } from "../redact/redactor.ts";

/** So many different odd lines of one file, or of one file of all processes, are said. */
const mostSaidOfOne = 5;
/** What did not occur in so many Samples is over, and is said again when it comes back. */
const forgottenAfterLooks = 600;

/** Odd things of one file, or of one file of all processes. */
interface Said {
  readonly shapes: Set<string>;
  lastLook: number;
}

/** Remembers what was said of every collector. */
export class OutcomeLog {
  readonly #log: Log;
  readonly #results = new Map<string, string>();
  readonly #skipped = new Map<string, number>();
  readonly #said = new Map<string, Said>();
  #looks = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** How many lines, files and processes every collector has left out until now. */
  get skipped(): ReadonlyMap<string, number> {
    return this.#skipped;
  }

  /** Looks at the outcomes of one Sample. */
  note(outcomes: readonly CollectorOutcome[]): void {
    this.#looks++;
    for (const outcome of outcomes) {
      const { collector, skipped } = outcome;
      this.#noteResult(outcome);
      this.#skipped.set(collector, (this.#skipped.get(collector) ?? 0) + (skipped?.count ?? 0));
      for (const note of skipped?.notes ?? []) this.#noteSkipped(collector, note);
    }
    this.#forget();
  }

  #noteResult({ collector, result, reason }: CollectorOutcome): void {
    const now = `${result} ${shapeOf(reason ?? "")}`;
    const before = this.#results.get(collector);
    if (now === before) return;
    this.#results.set(collector, now);
    if (result === "failed") this.#log.warn(`the collector ${collector} failed`, { reason: carefulRedactor.text(reason ?? "") });
    else if (result === "absent") this.#log.debug(`this machine has nothing for the collector ${collector}`);
    else if (before?.startsWith("failed")) this.#log.info(`the collector ${collector} works`);
  }

  #noteSkipped(collector: string, { path, reason }: SkippedNote): void {
    const key = `${collector} ${shapeOf(path)}`;
    const said = this.#said.get(key) ?? { shapes: new Set(), lastLook: 0 };
    this.#said.set(key, said);
    said.lastLook = this.#looks;
    const shape = shapeOf(reason);
    if (said.shapes.has(shape) || said.shapes.size >= mostSaidOfOne) return;
    said.shapes.add(shape);
    this.#log.warn(`the collector ${collector} leaves out what it does not understand`, { path, reason: carefulRedactor.text(reason) });
  }

  #forget(): void {
    for (const [key, { lastLook }] of this.#said) if (this.#looks - lastLook > forgottenAfterLooks) this.#said.delete(key);
  }
}

/** The same for a line whose counters have moved on, and for the same file of other processes. */
function shapeOf(text: string): string {
  return text.replace(/[0-9]+/g, "0");
}
