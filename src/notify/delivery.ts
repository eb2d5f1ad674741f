/**
 * Brings the messages to their channels: one at a time for each channel, all channels beside each other, so that one that hangs holds no
 * other up.
 *
 * What was acknowledged by a server is never sent again. When Culprit dies between a server's answer and writing that down, the message
 * goes out a second time with the same id (Message-ID, webhook-id): twice is better than never.
 *
 * Each message is an append of its own for each channel, so that to acknowledge it is to remove a file: that works on a full disk, too,
 * and a full disk is one of the things that people are told of.
 */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { NotificationMessage } from "../model/notification.ts";
import { doublingBackoff } from "../spool/backoff.ts";
import type { Entry } from "../spool/batches.ts";
import type { Attempted, LaneDelay, LaneEnd } from "../spool/laneOptions.ts";
import { RetryLanes } from "../spool/retryLanes.ts";
import { DeliveryError, type Notifier } from "./notifier.ts";
import { parseQueued, type QueuedMessage } from "./schemas.ts";

/** How a message ended in a channel. */
export interface DeliveryEnd {
  readonly channel: string;
  readonly result: "ok" | "failed" | "dropped";
  readonly message: NotificationMessage;
  readonly attempts: number;
  /** What the server said, or why it was given up. */
  readonly answer: string;
}

interface DeliveryOptions {
  readonly directory: string;
  /** When more messages than this wait, the oldest are dropped. */
  readonly maxEntries: number;
  readonly notifiers: () => readonly Notifier[];
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly onEnd: (end: DeliveryEnd) => void;
}

/** After this a message is given up: it would be news to nobody. */
const longestDeliverySeconds = 24 * 3600;
const firstWaitSeconds = 5;
const longestWaitSeconds = 600;

/** The messages on their way. */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** A lane a channel. */
  readonly lanes: RetryLanes<QueuedMessage, string>;

  private constructor(options: DeliveryOptions, lanes: RetryLanes<QueuedMessage, string>) {
    this.#options = options;
    this.lanes = lanes;
  }

  /** Opens the queue. Nothing is sent before `start`. @throws when its directory cannot be used */
  static async open(options: DeliveryOptions): Promise<Delivery> {
    const { directory, maxEntries, clock, log, random } = options;
    const lanes = await RetryLanes.open<QueuedMessage, string>({
      name: "notifications",
      directory,
      maxEntries,
      parse: parseQueued,
      laneOf: ({ channel }) => channel,
      order: "due",
      // "resolved" does not overtake the message that told of the trouble
      waitsFor: ({ message }, other) => message.status === "resolved" && message.answers.includes(other.message.id),
      writeDown: "after",
      backoffSeconds: doublingBackoff(firstWaitSeconds, longestWaitSeconds, random),
      longestRetryAfterSeconds: longestDeliverySeconds,
      age: {
        longestSeconds: longestDeliverySeconds,
        // what waited while Culprit was not running is tried all the same
        of: ({ message }) => Math.min((clock.wallMs() - message.createdAtMs) / 1000, longestDeliverySeconds - longestWaitSeconds),
      },
      attempt: ([queued], { stop }) => delivery.#send(queued, stop),
      onEnd: (end) => delivery.#ended(end),
      onDelay: (delay) => delivery.#putOff(delay),
      clock,
      log,
    });
    const delivery = new Delivery(options, lanes);
    return delivery;
  }

  /** Keeps a message for a channel; once, however often it is asked to. It is sent from the next `wake` of the lanes on. Never rejects. */
  async add(channel: string, message: NotificationMessage): Promise<void> {
    if (this.lanes.items().some((one) => one.channel === channel && one.message.id === message.id)) return;
    const reason = await this.lanes.addAnyway({ channel, message });
    if (reason === undefined) return;
    this.#options.log.error("notifications: a message cannot be stored; it is sent all the same, but a restart would lose it", {
      channel,
      message: message.id,
      reason,
    });
  }

  /** Takes back what is not to be sent; which that is. */
  async remove(isUnwanted: (queued: QueuedMessage) => boolean): Promise<readonly QueuedMessage[]> {
    const unwanted: readonly Entry<QueuedMessage>[] = this.lanes.entries().filter(({ item }) => isUnwanted(item));
    await this.lanes.remove(unwanted);
    return unwanted.map(({ item }) => item);
  }

  async #send({ channel, message }: QueuedMessage, signal: AbortSignal): Promise<Attempted<string>> {
    const { notifiers, log } = this.#options;
    const notifier = notifiers().find(({ name }) => name === channel);
    if (notifier === undefined) return { kind: "refused", reason: "the channel is configured no more" };
    try {
      const { answer, warning } = await notifier.send(message, signal);
      if (warning !== undefined) log.warn("notifications: not everybody was reached", { channel, message: message.id, reason: warning });
      return { kind: "done", result: answer };
    } catch (error) {
      const { message: reason, retryable, retryAfterSeconds } = error instanceof DeliveryError ? error : unexpected(error);
      return retryable ? { kind: "later", reason, retryAfterSeconds } : { kind: "refused", reason };
    }
  }

  #putOff({ item: { channel, message }, attempts, inSeconds, reason }: LaneDelay<QueuedMessage>): void {
    const fields = { channel, message: message.id, attempt: attempts, inSeconds: Math.round(inSeconds), reason };
    this.#options.log.warn("notifications: a message did not arrive, it is tried again", fields);
  }

  async #ended(end: LaneEnd<QueuedMessage, string>): Promise<void> {
    const { log, onEnd } = this.#options;
    const { item, attempts } = end;
    const { channel, message } = item;
    const fields = { channel, message: message.id, status: message.status, incidents: message.notifications.length, attempts };
    if (end.kind === "done") {
      log.info("notifications: delivered", { ...fields, answer: end.result });
      onEnd({ channel, message, attempts, result: "ok", answer: end.result });
      return;
    }
    const answer = end.kind === "expired" ? `given up after a day; at last: ${end.reason}` : end.reason;
    log.error("notifications: a message is given up and will never arrive", { ...fields, reason: answer });
    onEnd({ channel, message, attempts, result: end.kind === "dropped" ? "dropped" : "failed", answer });
    if (end.kind !== "dropped" && message.status === "firing") await this.#dropAnswersTo(item);
  }

  /** "Resolved" is not sent where the firing message never arrived. */
  async #dropAnswersTo({ channel, message }: QueuedMessage): Promise<void> {
    const ids = new Set(message.notifications.map(({ id }) => id));
    await this.remove((other) => {
      const isAnswer = other.channel === channel && other.message.status === "resolved" && other.message.answers.includes(message.id);
      return isAnswer && other.message.notifications.every(({ id }) => ids.has(id));
    });
  }
}

/** An error of our own: where it happened, but not its text, which may hold anything. */
function unexpected(error: unknown): DeliveryError {
  const where = error instanceof Error ? `${error.name} ${/\n\s+(at [^\n]+)/.exec(error.stack ?? "")?.[1] ?? ""}` : typeof error;
  return new DeliveryError(`an error that nobody expected (${where})`, { retryable: true });
}
