/**
 * What a firing causes: a capture, a message. Kept until it is done, across restarts; the same id may be asked for twice and must be done
 * once. A message waits for the capture, for its link, but not for a capture that fails.
 */
import type { Log } from "../log.ts";
import type { IncidentRequest } from "../model/capture.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";
import type { Notification } from "../model/notification.ts";

/** How one incident is told. */
export interface TellOptions {
  readonly cooldownSeconds: number;
  /** All that are configured when left out. */
  readonly channels?: readonly string[];
}

/** What is still to be done for one event; what is done is taken out. */
export interface TriggerAction {
  readonly trigger: string;
  readonly sinceMs: number;
  readonly capture?: IncidentRequest;
  readonly message?: { readonly notification: Notification; readonly options: TellOptions };
}

/** What the actions are carried out by. */
export interface ActionHelpers {
  /** Resolves with the archive's id once the request is kept. */
  capture(request: IncidentRequest): Promise<{ readonly id: string }>;
  notify(notification: Notification, options: TellOptions): Promise<void>;
  /** The address of an archive to be; undefined when no one outside could open it. */
  archiveUrl(id: string): string | undefined;
}

interface TriggerActionsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly helpers: ActionHelpers;
  /** Something was done: what is left is to be kept. */
  readonly onChange: () => void;
}

const limitSeconds = 10;
const againSeconds = 30;
/** A capture of what was an hour ago, or a message about it, helps nobody. */
const givenUpAfterMs = 3_600_000;

/** Does them one after the other, and again as long as they fail. */
export class TriggerActions {
  readonly #options: TriggerActionsOptions;
  #actions: readonly TriggerAction[];
  #running: Promise<void> | undefined;
  #cancelTimer: Cancel = () => undefined;
  #isStopped = false;
  #isAgain = false;

  constructor(options: TriggerActionsOptions, left: readonly TriggerAction[]) {
    this.#options = options;
    this.#actions = left;
  }

  /** Those that are not done yet. */
  get left(): readonly TriggerAction[] {
    return this.#actions;
  }

  /** Adds one; it is done at the next `run`. */
  add(action: TriggerAction): void {
    this.#actions = [...this.#actions, action];
  }

  /** Does what there is to do. Never rejects. */
  run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#isAgain = true;
      return this.#running;
    }
    if (this.#isStopped || this.#actions.length === 0) return Promise.resolve();
    this.#cancelTimer();
    this.#running = this.#runAll().finally(() => {
      this.#running = undefined;
      if (this.#actions.length > 0 && !this.#isStopped) this.#cancelTimer = this.#options.clock.after(againSeconds, () => void this.run());
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
    const tried = new Set<TriggerAction>();
    do {
      this.#isAgain = false;
      for (const action of this.#actions) {
        if (this.#isStopped) return;
        if (!tried.has(action)) tried.add(await this.#do(action));
      }
    } while (this.#isAgain);
  }

  /** Does it; the result is what is left of it. */
  async #do(action: TriggerAction): Promise<TriggerAction> {
    const { clock, log, helpers, onChange } = this.#options;
    const ageMs = clock.wallMs() - action.sinceMs;
    let { capture, message } = action;
    let archive: string | undefined;
    if (capture !== undefined) {
      const request = capture;
      const id = await this.#try("a capture", action, async () => (await helpers.capture(request)).id);
      if (id !== undefined) {
        capture = undefined;
        archive = helpers.archiveUrl(id);
      }
    }
    if (message !== undefined) {
      const { notification, options } = message;
      const linked = archive === undefined ? notification : { ...notification, links: { ...notification.links, archive } };
      if (await this.#try("a message", action, () => helpers.notify(linked, options).then(() => true))) message = undefined;
      else message = { notification: linked, options };
    }
    if ((capture !== undefined || message !== undefined) && ageMs > givenUpAfterMs) {
      log.error("triggers: given up after an hour", {
        trigger: action.trigger,
        capture: capture !== undefined,
        message: message !== undefined,
      });
      [capture, message] = [undefined, undefined];
    }
    const { trigger, sinceMs } = action;
    const left: TriggerAction = defined({ trigger, sinceMs, capture, message });
    const isDone = capture === undefined && message === undefined;
    this.#actions = this.#actions.flatMap((one) => (one !== action ? [one] : isDone ? [] : [left]));
    onChange();
    return left;
  }

  /** Undefined when it failed or took too long. */
  async #try<Result>(what: string, { trigger }: TriggerAction, work: () => Promise<Result>): Promise<Result | undefined> {
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
