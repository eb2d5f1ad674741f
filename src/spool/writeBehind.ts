/**
 * Brings to the disk what changes in memory: one write at a time, and what changes meanwhile goes with the next. What the disk refuses is
 * said once and tried again until it is there, so that nothing has to change first.
 */
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { asError } from "../model/errors.ts";

interface WriteBehindOptions {
  /** Writes what is true now. Rejects when the disk does not take it. */
  readonly write: () => Promise<void>;
  /** What is written, as a sentence begins: "triggers: their state". */
  readonly what: string;
  /** What it means that it is not on the disk, as a sentence ends. */
  readonly ifUnwritten: string;
  readonly clock: Clock;
  readonly log: Log;
}

const againSeconds = 5;

/** Writes in the background. */
export class WriteBehind {
  readonly #options: WriteBehindOptions;
  #isDirty = false;
  #isClosed = false;
  /** Why the disk has not taken the newest. */
  #refusal: Error | undefined;
  #running: Promise<Error | undefined> | undefined;
  #cancelRetry: Cancel = () => undefined;

  constructor(options: WriteBehindOptions) {
    this.#options = options;
  }

  /** Resolves when what is true now is on the disk; or with the reason why it is not yet. Never rejects. */
  changed(): Promise<Error | undefined> {
    this.#isDirty = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when nothing is being written at this moment. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Tries once more what was refused; from then on only what changes is written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.idle();
    if (this.#refusal !== undefined) await this.changed();
    this.#cancelRetry();
  }

  async #run(): Promise<Error | undefined> {
    this.#cancelRetry();
    while (this.#isDirty) {
      this.#isDirty = false;
      this.#note(await this.#attempt());
    }
    if (this.#refusal !== undefined && !this.#isClosed) {
      this.#cancelRetry = this.#options.clock.after(againSeconds, () => void this.changed());
    }
    return this.#refusal;
  }

  async #attempt(): Promise<Error | undefined> {
    try {
      await this.#options.write();
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  #note(refusal: Error | undefined): void {
    const { what, ifUnwritten, log } = this.#options;
    const before = this.#refusal;
    this.#refusal = refusal;
    if ((before === undefined) === (refusal === undefined)) return;
    if (refusal === undefined) log.info(`${what} is stored again`);
    else log.error(`${what} cannot be stored now, and is tried again until it is; ${ifUnwritten}`, { reason: refusal.message });
  }
}
