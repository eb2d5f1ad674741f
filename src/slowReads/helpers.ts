/** The helper in use, the next one when that is gone, and those that were left behind. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";
import type { StartHelper } from "./helperProcess.ts";
import { HelperRun } from "./helperRun.ts";
import type { WireAnswer } from "./protocol.ts";

interface HelpersOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly start: StartHelper;
  readonly onAnswer: (run: HelperRun, answer: WireAnswer) => void;
  /** The helper in use has ended by itself. */
  readonly onEnd: (run: HelperRun) => void;
}

/** So many helpers may be left behind that do not even die of SIGKILL. Then nothing is asked until one of them comes back. */
const mostLost = 3;
const shortestPauseSeconds = 1;
const longestPauseSeconds = 60;

/** Starts a helper when one is needed, with pauses that grow as long as they end without an answer. */
export class Helpers {
  readonly #options: HelpersOptions;
  readonly #lost = new Set<HelperRun>();
  #current: HelperRun | undefined;
  #hasAnswered = false;
  #isClosed = false;
  #startAgainSeconds = Number.NEGATIVE_INFINITY;
  #pauseSeconds = 0;

  constructor(options: HelpersOptions) {
    this.#options = options;
  }

  get current(): HelperRun | undefined {
    return this.#current;
  }

  /** One of them has answered since the start. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  get areTooManyLost(): boolean {
    return this.#lost.size >= mostLost;
  }

  /** The one in use, or a new one; undefined when none may be started now. */
  currentOrNew(): HelperRun | undefined {
    if (this.#current !== undefined || this.#isClosed || this.areTooManyLost) return this.#current;
    const { clock, start, onAnswer } = this.#options;
    const nowSeconds = clock.monotonicSeconds();
    if (nowSeconds < this.#startAgainSeconds) return undefined;
    const run = new HelperRun(nowSeconds);
    this.#current = run;
    try {
      run.helper = start({ onAnswer: (answer) => onAnswer(run, answer), onEnd: (reason) => this.#ended(run, reason) });
    } catch (error) {
      // out of memory, say: other errors come later
      this.#ended(run, reasonOf(error));
    }
    return this.#current;
  }

  noteAnswer(): void {
    this.#hasAnswered = true;
    this.#pauseSeconds = 0;
  }

  /** Kills it. It counts as lost until it has ended. */
  giveUp(run: HelperRun): void {
    if (run === this.#current) this.#current = undefined;
    this.#lost.add(run);
    run.helper?.kill();
  }

  close(): void {
    this.#isClosed = true;
    for (const run of this.#lost) run.helper?.kill();
    if (this.#current !== undefined) this.giveUp(this.#current);
  }

  #ended(run: HelperRun, reason: string): void {
    this.#lost.delete(run);
    if (run !== this.#current) return;
    const { clock, log, onEnd } = this.#options;
    this.#current = undefined;
    this.#pauseSeconds = Math.min(longestPauseSeconds, Math.max(shortestPauseSeconds, this.#pauseSeconds * 2));
    this.#startAgainSeconds = clock.monotonicSeconds() + this.#pauseSeconds;
    log.warn("the helper that reads what may hang is gone; it is started again when it is needed", { reason });
    onEnd(run);
  }
}
