/**
 * Whether a password fits a bcrypt hash. That is made to take long, and the loop must not stand still meanwhile: a thread does it, which
 * starts when it is first needed and ends when nobody asks any more.
 */
import { Worker } from "node:worker_threads";
import type { Cancel, Clock } from "../../model/clock.ts";

/** Compares; rejects when there is too much to compare already. */
export type ComparePassword = (password: string, hash: string) => Promise<boolean>;

/** More are waiting than will be answered in time. */
export class TooManyPasswords extends Error {
  override readonly name = "TooManyPasswords";
}

const idleSeconds = 30;
const mostWaiting = 16;

interface Question {
  readonly resolve: (fits: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** The thread, seen from here. */
export class Passwords {
  readonly #clock: Clock;
  #worker: Worker | undefined;
  #waiting: Question[] = [];
  #cancelEnd: Cancel = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly compare: ComparePassword = (password, hash) => {
    if (this.#waiting.length >= mostWaiting) return Promise.reject(new TooManyPasswords("too many passwords wait to be compared"));
    this.#cancelEnd();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#start().postMessage({ password, hash });
    });
  };

  close(): void {
    this.#cancelEnd();
    void this.#worker?.terminate();
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("./passwordThread.js", import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32 },
    });
    worker.unref();
    worker.on("message", (fits: boolean) => {
      this.#waiting.shift()?.resolve(fits);
      if (this.#waiting.length > 0) return;
      this.#cancelEnd = this.#clock.after(idleSeconds, () => {
        if (this.#worker === worker) this.#worker = undefined;
        void worker.terminate();
      });
    });
    const gone = (error?: Error) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      for (const { reject } of this.#waiting.splice(0)) reject(error ?? new Error("the thread that compares passwords has ended"));
    };
    worker.on("error", gone);
    worker.on("exit", () => gone());
    this.#worker = worker;
    return worker;
  }
}
