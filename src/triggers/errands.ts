/**
 * What a firing asks of others: a capture, a message. Kept until it is done, across restarts; who is asked twice for the same id must
 * do it once. A message waits for the capture, for its link, but not for a capture that fails.
 */
import type { Log } from "../log.ts";
import type { CaptureRequest } from "../model/capture.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";
import type { Notification } from "../model/notification.ts";

/** A capture that is wished for; the same `incidentKey` is the same wish. */
export type CaptureWish = Pick<CaptureRequest, "origin" | "name" | "labels" | "annotations" | "onsetMs" | "incidentKey">;

/** How one incident is told. */
export interface TellOptions {
  readonly cooldownSeconds: number;
  /** All that are configured when left out. */
  readonly channels?: readonly string[];
}

/** What is still to be done for one event; what is done is taken out. */
export interface Errand {
  readonly trigger: string;
  readonly sinceMs: number;
  readonly capture?: CaptureWish;
  readonly message?: { readonly notification: Notification; readonly options: TellOptions };
}

/** Those who do it. */
export interface ErrandHelpers {
  /** Resolves with the archive's id once the request is kept. */
  capture(wish: CaptureWish): Promise<{ readonly id: string }>;
  notify(notification: Notification, options: TellOptions): Promise<void>;
  /** The address of an archive to be; undefined when no one outside could open it. */
  archiveUrl(id: string): string | undefined;
}

/** What it works with. */
interface ErrandsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly helpers: ErrandHelpers;
  /** Something was done: what is left is to be kept. */
  readonly onChange: () => void;
}

const limitSeconds = 10;
const againSeconds = 30;
/** A capture of what was an hour ago, or a message about it, helps nobody. */
const givenUpAfterMs = 3_600_000;

/** Does them one after the other, and again as long as they fail. */
export class Errands {
  readonly #options: ErrandsOptions;
  #errands: readonly Errand[];
  #running: Promise<void> | undefined;
  #cancelTimer: Cancel = () => undefined;
  #isStopped = false;
  #isAgain = false;

  constructor(options: ErrandsOptions, left: readonly Errand[]) {
    this.#options = options;
    this.#errands = left;
  }

  /** Those that are not done yet. */
  get left(): readonly Errand[] {
    return this.#errands;
  }

  /** Adds one; it is done at the next `run`. */
  add(errand: Errand): void {
    this.#errands = [...this.#errands, errand];
  }

  /** Does what there is to do. Never rejects. */
  run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#isAgain = true;
      return this.#running;
    }
    if (this.#isStopped || this.#errands.length === 0) return Promise.resolve();
    this.#cancelTimer();
    this.#running = this.#runAll().finally(() => {
      this.#running = undefined;
      if (this.#errands.length > 0 && !this.#isStopped) this.#cancelTimer = this.#options.clock.after(againSeconds, () => void this.run());
    });
    return this.#running;
  }

  /** Resolves when nothing is being done at this moment. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Begins nothing more; what is left is done after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer();
    await this.#running;
  }

  async #runAll(): Promise<void> {
    const tried = new Set<Errand>();
    do {
      this.#isAgain = false;
      for (const errand of this.#errands) {
        if (this.#isStopped) return;
        if (!tried.has(errand)) tried.add(await this.#do(errand));
      }
    } while (this.#isAgain);
  }

  /** Does it; the result is what is left of it. */
  async #do(errand: Errand): Promise<Errand> {
    const { clock, log, helpers, onChange } = this.#options;
    const ageMs = clock.wallMs() - errand.sinceMs;
    let { capture, message } = errand;
    let archive: string | undefined;
    if (capture !== undefined) {
      const wish = capture;
      const id = await this.#try("a capture", errand, async () => (await helpers.capture(wish)).id);
      if (id !== undefined) {
        capture = undefined;
        archive = helpers.archiveUrl(id);
      }
    }
    if (message !== undefined) {
      const { notification, options } = message;
      const linked = archive === undefined ? notification : { ...notification, links: { ...notification.links, archive } };
      if (await this.#try("a message", errand, () => helpers.notify(linked, options).then(() => true))) message = undefined;
      else message = { notification: linked, options };
    }
    if ((capture !== undefined || message !== undefined) && ageMs > givenUpAfterMs) {
      log.error("triggers: given up after an hour", {
        trigger: errand.trigger,
        capture: capture !== undefined,
        message: message !== undefined,
      });
      [capture, message] = [undefined, undefined];
    }
    const { trigger, sinceMs } = errand;
    const left: Errand = defined({ trigger, sinceMs, capture, message });
    const isDone = capture === undefined && message === undefined;
    this.#errands = this.#errands.flatMap((one) => (one !== errand ? [one] : isDone ? [] : [left]));
    onChange();
    return left;
  }

  /** Undefined when it failed or took too long. */
  async #try<Result>(what: string, { trigger }: Errand, work: () => Promise<Result>): Promise<Result | undefined> {
    const { clock, log } = this.#options;
    let cancel: Cancel = () => undefined;
    const overdue = new Promise<never>((_, reject) => {
      cancel = clock.after(limitSeconds, () => reject(new Error(`no answer within ${limitSeconds} s`)));
    });
    try {
      return await Promise.race([Promise.resolve().then(work), overdue]);
    } catch (error) {
      const reason = reasonOf(error);
      log.warn(`triggers: ${what} could not be asked for, it is tried again`, { trigger, reason, inSeconds: againSeconds });
      return undefined;
    } finally {
      cancel();
    }
  }
}
