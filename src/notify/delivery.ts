/**
 * Brings the messages of the queue to their channels: one at a time for each channel, all channels beside each other, so that one that
 * hangs holds no other up.
 *
 * What was acknowledged by a server is never sent again. When Culprit dies between a server's answer and writing that down, the message
 * goes out a second time with the same id (Message-ID, webhook-id): twice is better than never.
 */
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import type { NotificationMessage } from "../model/notification.ts";
import { DeliveryError, type Notifier } from "./notifier.ts";
import type { MessageQueue, Queued } from "./queue.ts";
import { longestDeliverySeconds, waitSeconds } from "./retry.ts";

/** How a message ended in a channel. */
export interface DeliveryEnd {
  readonly channel: string;
  readonly result: "ok" | "failed";
  readonly message: NotificationMessage;
  readonly attempts: number;
  /** What the server said, or why it was given up. */
  readonly answer: string;
}

/** What delivery works with. */
interface DeliveryOptions {
  readonly queue: MessageQueue;
  readonly notifiers: readonly Notifier[];
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly onEnd: (end: DeliveryEnd) => void;
}

/** The workers, one for each channel. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  /** A server that asked to be left alone is asked for nothing else either. */
  readonly #quietUntilMs = new Map<string, number>();
  /** When this process took a message up: the wall clock may jump while it waits. */
  readonly #sinceSeconds = new Map<string, number>();
  #cancelTimer: Cancel = () => undefined;
  #isStarted = false;
  #isStopping = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Begins, with what waited since before a restart. */
  start(): void {
    this.#isStarted = true;
    this.wake();
  }

  /** There may be something to send. */
  wake(): void {
    if (!this.#isStarted || this.#isStopping) return;
    const { notifiers, clock, log } = this.#options;
    const waiting = this.#options.queue.list();
    for (const { entryId } of waiting) {
      if (!this.#sinceSeconds.has(entryId)) this.#sinceSeconds.set(entryId, clock.monotonicSeconds());
    }
    for (const notifier of notifiers) {
      const { name } = notifier;
      const next = this.#running.has(name) ? undefined : this.#nextFor(name, waiting);
      if (next === undefined) continue;
      const work = this.#deliver(notifier, next)
        .catch((error) => log.error("notifications: the delivery stumbled", { channel: name, reason: String(error) }))
        .finally(() => {
          this.#running.delete(name);
          this.wake();
        });
      this.#running.set(name, work);
    }
    this.#setTimer(waiting);
  }

  /** Resolves when nothing is being sent at this moment. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Lets what is being sent come to its end for so long; all else stays in the queue. */
  async stop(graceSeconds: number): Promise<void> {
    this.#isStopping = true;
    this.#cancelTimer();
    if (this.#running.size === 0) return;
    if (graceSeconds <= 0) this.#stop.abort();
    const cancel = this.#options.clock.after(graceSeconds, () => this.#stop.abort());
    await this.idle();
    cancel();
  }

  /** Of those that are due the one that waits longest for its turn; new ones are due since ever. */
  #nextFor(channel: string, waiting: readonly Queued[]): Queued | undefined {
    const nowMs = this.#options.clock.wallMs();
    if (isAhead(this.#quietUntilMs.get(channel) ?? 0, nowMs)) return undefined;
    const own = waiting.filter((one) => one.channel === channel);
    return own
      .filter((one) => !isAhead(one.notBeforeMs, nowMs) && !comesAfterAnother(one, own))
      .reduce<Queued | undefined>((best, one) => (best === undefined || one.notBeforeMs < best.notBeforeMs ? one : best), undefined);
  }

  async #deliver(notifier: Notifier, queued: Queued): Promise<void> {
    const { queue, log, clock } = this.#options;
    const { message, channel } = queued;
    try {
      const { answer, warning } = await notifier.send(message, this.#stop.signal);
      if (warning !== undefined) log.warn("notifications: not everybody was reached", { channel, message: message.id, reason: warning });
      await this.#end(queued, "ok", answer);
    } catch (error) {
      const failure = error instanceof DeliveryError ? error : unexpected(error);
      if (this.#stop.signal.aborted) return;
      const seconds = waitSeconds(queued.attempts + 1, failure.retryAfterSeconds, this.#options.random);
      const nowMs = clock.wallMs();
      if (failure.retryAfterSeconds !== undefined) this.#quietUntilMs.set(channel, nowMs + seconds * 1000);
      if (!failure.retryable) await this.#end(queued, "failed", failure.message);
      else if (this.#ageSeconds(queued) + seconds > longestDeliverySeconds) {
        await this.#end(queued, "failed", `given up after a day; at last: ${failure.message}`);
      } else {
        await queue.putOff(queued, nowMs + seconds * 1000);
        const attempt = queued.attempts + 1;
        const fields = { channel, message: message.id, attempt, inSeconds: Math.round(seconds), reason: failure.message };
        log.warn("notifications: a message did not arrive, it is tried again", fields);
      }
    }
  }

  async #end(queued: Queued, result: DeliveryEnd["result"], answer: string): Promise<void> {
    const { queue, log, onEnd } = this.#options;
    const { channel, message } = queued;
    const attempts = queued.attempts + 1;
    const fields = { channel, message: message.id, status: message.status, incidents: message.notifications.length, attempts };
    if (result === "ok") log.info("notifications: delivered", { ...fields, answer });
    else log.error("notifications: a message is given up and will never arrive", { ...fields, reason: answer });
    this.#sinceSeconds.delete(queued.entryId);
    await queue.remove(queued);
    if (result === "failed" && message.status === "firing") await this.#dropAnswersTo(queued);
    onEnd({ channel, result, message, attempts, answer });
  }

  /** "Resolved" says nothing to those who never heard of the trouble. */
  async #dropAnswersTo({ channel, message }: Queued): Promise<void> {
    const { queue } = this.#options;
    const ids = new Set(message.notifications.map(({ id }) => id));
    for (const other of queue.list()) {
      const isAnswer = other.channel === channel && other.message.status === "resolved" && other.message.answers.includes(message.id);
      if (isAnswer && other.message.notifications.every(({ id }) => ids.has(id))) await queue.remove(other);
    }
  }

  /** Of what came in this process by the clock that never jumps. */
  #ageSeconds({ entryId, isInherited, message }: Queued): number {
    const { clock } = this.#options;
    if (isInherited) return (clock.wallMs() - message.createdAtMs) / 1000;
    return clock.monotonicSeconds() - (this.#sinceSeconds.get(entryId) ?? clock.monotonicSeconds());
  }

  #setTimer(waiting: readonly Queued[]): void {
    this.#cancelTimer();
    const { clock, notifiers } = this.#options;
    const nowMs = clock.wallMs();
    const idle = notifiers.map(({ name }) => name).filter((name) => !this.#running.has(name));
    const times = idle.flatMap((name) => {
      const own = waiting.filter((one) => one.channel === name && !comesAfterAnother(one, waiting));
      const quietUntilMs = this.#quietUntilMs.get(name) ?? 0;
      return own.map(({ notBeforeMs }) => Math.max(notBeforeMs, quietUntilMs));
    });
    if (times.length === 0) return;
    const seconds = Math.max(0.1, (Math.min(...times) - nowMs) / 1000);
    this.#cancelTimer = clock.after(seconds, () => this.wake());
  }
}

/** A time further ahead than anybody is asked to wait comes from a clock that was set back since. */
function isAhead(ms: number, nowMs: number): boolean {
  return ms > nowMs && ms <= nowMs + longestDeliverySeconds * 1000;
}

/** "Resolved" does not overtake the message that told of the trouble. */
function comesAfterAnother({ channel, message, entryId }: Queued, waiting: readonly Queued[]): boolean {
  if (message.status !== "resolved") return false;
  return waiting.some((other) => other.channel === channel && other.entryId !== entryId && message.answers.includes(other.message.id));
}

/** An error of our own: where it happened, but not its text, which may hold anything. */
function unexpected(error: unknown): DeliveryError {
  const where = error instanceof Error ? `${error.name} ${/\n\s+(at [^\n]+)/.exec(error.stack ?? "")?.[1] ?? ""}` : typeof error;
  return new DeliveryError(`an error that nobody expected (${where})`, { retryable: true });
}
