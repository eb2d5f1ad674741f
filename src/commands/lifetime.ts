/** How a run ends: on a signal in good order, on a second one or a crash at once. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { traceOf } from "../model/errors.ts";
import { exitCodes } from "./exitCodes.ts";

/** npm passes on a signal that the terminal has sent to its children already: two within this time are one. */
const sameSignalSeconds = 0.5;

/** Settings of a Lifetime. */
export interface LifetimeOptions {
  readonly clock: Clock;
  readonly exit: (code: number) => void;
  /** Where a crash is told while there is no log yet. */
  readonly complain: (text: string) => void;
  /** Whoever started this process sees what it prints. */
  readonly isInTerminal?: boolean;
}

/** The end of this process, for those who must wait for it. */
export class Lifetime {
  readonly #options: LifetimeOptions;
  readonly #stop = new AbortController();
  #firstSignalAtSeconds: number | undefined;
  #log: Log | undefined;
  #flush: () => void = () => undefined;
  #reload: (() => void) | undefined;

  constructor(options: LifetimeOptions) {
    this.#options = options;
  }

  /** Resolves when the process shall stop. */
  get stopRequested(): Promise<void> {
    const { signal } = this.#stop;
    return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  }

  /** From now on crashes are told to the log; `flush` brings to its file what still waits. */
  logCrashesTo(log: Log, flush: () => void = () => undefined): void {
    this.#log = log;
    this.#flush = flush;
  }

  /** What a hang-up asks for; before it is told, and in a terminal, which is closing then, that is to stop. */
  onHangUp(reload: () => void): void {
    this.#reload = reload;
  }

  /** SIGHUP. */
  hungUp(): void {
    if (this.#reload === undefined || this.#options.isInTerminal === true) this.signalled();
    else this.#reload();
  }

  signalled(): void {
    const nowSeconds = this.#options.clock.monotonicSeconds();
    if (this.#firstSignalAtSeconds === undefined) {
      this.#firstSignalAtSeconds = nowSeconds;
      this.#stop.abort();
    } else if (nowSeconds - this.#firstSignalAtSeconds >= sameSignalSeconds) this.#options.exit(exitCodes.interrupted);
  }

  /** An error that nobody caught: what state things are in is unknown, so the process ends and is started again. */
  crashed(error: unknown): void {
    const reason = traceOf(error);
    if (this.#log !== undefined) this.#log.error("an error that nobody expected; Culprit ends", { reason });
    else this.#options.complain(`culprit: an error that nobody expected: ${reason}\n`);
    this.#flush();
    this.#options.exit(exitCodes.failure);
  }
}
