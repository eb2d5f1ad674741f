/** Asks all feeds, one after the other, again and again. What one of them cannot say takes nothing from the others. */
import type { Log } from "../../log.ts";
import type { Cancel, Clock } from "../../model/clock.ts";
import { traceOf } from "../../model/errors.ts";
import { Questions } from "./asking.ts";
import type { Feed } from "./feeds.ts";
import { Rhythm } from "./rhythm.ts";
import type { PortableSystem } from "./system.ts";

/** How long an end waits for a question that is under way. */
const graceSeconds = 2;

interface RoundsOptions {
  readonly feeds: readonly Feed[];
  readonly system: PortableSystem;
  readonly clock: Clock;
  readonly log: Log;
  readonly intervalSeconds: number;
  readonly limitSeconds: number;
  readonly random: () => number;
}

/** The background of the portable source. */
export class Rounds {
  readonly #options: RoundsOptions;
  readonly #questions: Questions;
  readonly #rhythm: Rhythm;
  readonly #failures = new Map<Feed, unknown>();
  #finished = 0;
  #stopped = false;
  #running: Promise<void> | undefined;
  #cancel: Cancel | undefined;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#rhythm = new Rhythm(options.intervalSeconds);
    const { clock, limitSeconds, system } = options;
    const renew = async () => {
      await system.closeShell?.();
      await system.openShell?.();
    };
    this.#questions = new Questions({ clock, limitSeconds, renew: system.openShell === undefined ? undefined : renew });
  }

  get intervalSeconds(): number {
    return this.#rhythm.intervalSeconds;
  }

  get finished(): number {
    return this.#finished;
  }

  /** Why a feed has nothing from the newest round; undefined when it has. */
  failureOf(feed: Feed): unknown {
    return this.#failures.get(feed);
  }

  /** Begins the first round and calls back at the end of each. */
  start(onRound: () => void): void {
    if (this.#running !== undefined || this.#stopped) throw new Error("the portable source was started before");
    this.#running = this.#open().then(() => this.#round(onRound));
  }

  /** Ends when nothing is under way any more: no timer, and no child but one that would not answer. */
  async stop(): Promise<void> {
    const wasStopped = this.#stopped;
    this.#stopped = true;
    this.#cancel?.();
    const cancelGrace = this.#options.clock.after(graceSeconds, () => this.#questions.abandon());
    await this.#running;
    cancelGrace();
    if (!wasStopped) await this.#options.system.closeShell?.();
  }

  async #open(): Promise<void> {
    try {
      await this.#options.system.openShell?.();
    } catch (error) {
      this.#options.log.warn("no PowerShell could be kept open: every question starts its own", { reason: traceOf(error) });
    }
  }

  async #round(onRound: () => void): Promise<void> {
    const { clock, feeds, log, random } = this.#options;
    const beganSeconds = clock.monotonicSeconds();
    const intervalBefore = this.intervalSeconds;
    for (const feed of feeds) {
      if (this.#stopped) return;
      await feed.refresh(this.#questions.ask).then(
        () => this.#failures.delete(feed),
        (error: unknown) => this.#failures.set(feed, error),
      );
    }
    if (this.#stopped) return;
    const tookSeconds = clock.monotonicSeconds() - beganSeconds;
    this.#rhythm.add(tookSeconds);
    this.#finished++;
    if (this.intervalSeconds !== intervalBefore) {
      log.info("the portable source follows what a look at this machine costs", { intervalSeconds: this.intervalSeconds, tookSeconds });
    }
    try {
      onRound();
    } catch (error) {
      log.error("a callback of the portable source failed", { error: traceOf(error) });
    }
    if (this.#stopped) return;
    this.#cancel = clock.after(Math.max(0, this.#rhythm.next(random()) - tookSeconds), () => {
      this.#running = this.#round(onRound);
    });
  }
}
