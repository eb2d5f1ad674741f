/** What a reader leaves out because it is odd: a line, a file, a process. It costs itself only, but it is counted and said. */
import { reasonOf } from "../model/errors.ts";
import type { Skipped, SkippedNote } from "../model/sample.ts";
import { isOdd, MalformedError } from "./errors.ts";

/** One odd thing is worth saying, a thousand of a kind are not. */
const mostNotes = 20;

/** Counts what is left out until somebody takes the count. */
export class Skips {
  #count = 0;
  #notes: SkippedNote[] = [];

  /** How many there are that nobody took yet. */
  get count(): number {
    return this.#count;
  }

  /** Leaves out what `error` stands for. An error of our own, which neither the text nor the system explains, is thrown on. */
  add(path: string, error: unknown): void {
    if (!isOdd(error)) throw error;
    this.#count++;
    if (this.#notes.length < mostNotes)
      this.#notes.push({ path, reason: error instanceof MalformedError ? error.reason : reasonOf(error) });
  }

  /** Counts one that was said elsewhere already. */
  addSaid(): void {
    this.#count++;
  }

  /** What was left out since the last time; undefined when there was nothing. */
  take(): Skipped | undefined {
    if (this.#count === 0) return undefined;
    const skipped = { count: this.#count, notes: this.#notes };
    this.#count = 0;
    this.#notes = [];
    return skipped;
  }

  /** Reads one thing; undefined, and counted, where it is odd. */
  attempt<Value>(path: string, read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      this.add(path, error);
      return undefined;
    }
  }
}
