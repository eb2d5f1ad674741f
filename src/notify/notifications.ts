/** Takes notifications in, lets the policy decide, hands messages to the delivery, and survives restarts. */
import { join } from "node:path";
import type { Log } from "../log.ts";
import { isChannelMeant } from "../model/channels.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import type { Notification, NotificationMessage, NotificationOutcome } from "../model/notification.ts";
import type { HeldMessage, QuietUntil } from "../model/quiet.ts";
import { carefulRedactor, type Redactor } from "../redact/redactor.ts";
import { makeDirectoryIfPossible } from "../spool/durable.ts";
import { JsonFile } from "../spool/jsonFile.ts";
import type { Notifications, NotifyOptions } from "./contract.ts";
import { Delivery, type DeliveryEnd } from "./delivery.ts";
import type { Notifier } from "./notifier.ts";
import {
  accept,
  afterTelling,
  type ChannelState,
  emptyChannel,
  forget,
  heldBack,
  nextDueAtMs,
  type PolicyState,
  takeDue,
} from "./policy.ts";
import { prepareNotification } from "./prepare.ts";
import { parsePolicy, policyToJson } from "./schemas.ts";

interface NotificationsOptions {
  readonly storageDirectory: string;
  /** A function of those that are configured now: `change` tells that they are others. */
  readonly notifiers: () => readonly Notifier[];
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, for the jitter of repetitions. */
  readonly random: () => number;
  readonly onOutcome: (outcome: NotificationOutcome) => void;
  readonly redactor?: Redactor;
  /** What is to wait, and until when; nothing when left out. */
  readonly quietUntil?: QuietUntil;
  /** What was held back and is told after all, as it is now; as it was when left out. */
  readonly renew?: (notification: Notification) => Notification;
  /** When more messages than this wait, the oldest are dropped (1000). */
  readonly maxQueued?: number;
}

/** Reads what was told, and what still waits. @throws when the directory cannot be used */
export async function openNotifications(options: NotificationsOptions): Promise<Notifications> {
  const directory = join(options.storageDirectory, "notifications");
  await makeDirectoryIfPossible(directory);
  const delivery = await Delivery.open({
    ...options,
    directory: join(directory, "queue"),
    maxEntries: options.maxQueued ?? 1000,
    onEnd: (end) => notifications.ended(end),
  });
  const told = new JsonFile({
    path: join(directory, "told.json"),
    parse: parsePolicy,
    toJson: policyToJson,
    what: "notifications: the list of who was told what",
    ifLost: "what still goes on may be told again",
    ifUnwritten: "a restart might repeat or lose a message",
    clock: options.clock,
    log: options.log,
  });
  const notifications = new StoredNotifications(options, delivery, told, (await told.load()) ?? new Map());
  return notifications;
}

class StoredNotifications implements Notifications {
  readonly #options: NotificationsOptions;
  readonly #told: JsonFile<PolicyState>;
  readonly #delivery: Delivery;
  #state: PolicyState;
  #cancelTimer: Cancel = () => undefined;
  #isStarted = false;
  #isStopping = false;
  #last: Promise<void> = Promise.resolve();

  constructor(options: NotificationsOptions, delivery: Delivery, told: JsonFile<PolicyState>, stored: PolicyState) {
    this.#options = options;
    this.#delivery = delivery;
    this.#told = told;
    this.#state = this.#ofChannels(stored);
    for (const { channel, message } of delivery.lanes.items()) this.#recover(channel, message);
  }

  notify(notification: Notification, { cooldownSeconds = 0, channels }: NotifyOptions = {}): Promise<void> {
    const prepared = prepareNotification(notification, this.#options.redactor ?? carefulRedactor);
    const wanted = [...this.#state.keys()].filter((name) => channels === undefined || channels.some((one) => isChannelMeant(one, name)));
    if (wanted.length === 0) return Promise.resolve();
    return this.#serially(async () => {
      const { clock, quietUntil } = this.#options;
      const before = this.#state;
      for (const channel of wanted) {
        const { state, acceptance } = accept(this.#of(channel), prepared, cooldownSeconds, clock.wallMs(), quietUntil);
        this.#change(channel, () => state);
        if (acceptance === "suppressed") this.#options.onOutcome({ channel, result: "suppressed", names: [prepared.name] });
      }
      if (this.#state !== before) await this.#told.save(this.#state);
      this.#setTimer();
    });
  }

  change(): Promise<void> {
    return this.#serially(async () => {
      this.#state = this.#ofChannels(this.#state);
      await this.#removeOrphans();
      await this.#told.save(this.#state);
      this.#delivery.lanes.wake();
      if (this.#isStarted) await this.#tell();
    });
  }

  reconsider(): Promise<void> {
    return this.#isStarted ? this.#serially(() => this.#tell()) : Promise.resolve();
  }

  held(): readonly HeldMessage[] {
    const { clock, quietUntil } = this.#options;
    const all = [...this.#state.values()].flatMap((state) => heldBack(state, clock.wallMs(), quietUntil));
    // each channel holds the same back
    return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
  }

  start(): void {
    this.#isStarted = true;
    void this.#serially(async () => {
      await this.#removeOrphans();
      await this.#tell();
      this.#delivery.lanes.start();
    });
  }

  async stop(graceSeconds: number): Promise<void> {
    this.#isStopping = true;
    this.#cancelTimer();
    await this.#last;
    await this.#delivery.lanes.stop(graceSeconds);
    await this.#last;
    await this.#told.close();
  }

  async idle(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#last; ) {
      seen = this.#last;
      await seen;
      await this.#delivery.lanes.idle();
    }
  }

  async check(): Promise<void> {
    await this.#delivery.lanes.check();
    await this.#told.check();
  }

  figures(): { readonly length: number; readonly dropped: number } {
    return this.#delivery.lanes.figures();
  }

  /** A message has come to the end of its way. */
  ended({ channel, result, message, attempts, answer }: DeliveryEnd): void {
    if (result !== "ok") this.#neverTold(channel, message);
    this.#options.onOutcome({ channel, result, names: namesOf(message), messageId: message.id, attempts, answer });
  }

  #neverTold(channel: string, message: NotificationMessage): void {
    if (message.status !== "firing") return;
    void this.#serially(async () => {
      this.#change(channel, (state) => forget(state, message));
      await this.#told.save(this.#state);
    });
  }

  /** First the queue, then the state, and only then the delivery: whenever Culprit dies in between, nothing is lost and nothing told twice. */
  async #tell(): Promise<void> {
    const { clock, quietUntil } = this.#options;
    const before = this.#state;
    for (const channel of this.#state.keys()) {
      const { state, messages } = takeDue(this.#of(channel), channel, clock.wallMs(), quietUntil, (one) => this.#renewed(one));
      for (const message of messages) await this.#delivery.add(channel, message);
      this.#change(channel, () => state);
    }
    if (this.#state !== before) await this.#told.save(this.#state);
    this.#delivery.lanes.wake();
    this.#setTimer();
  }

  /** As it is now, where that can be told. */
  #renewed(notification: Notification): Notification {
    const { renew, redactor = carefulRedactor, log } = this.#options;
    if (renew === undefined) return notification;
    try {
      return prepareNotification(renew(notification), redactor);
    } catch (error) {
      log.error("notifications: what was held back is told as it was", { name: notification.name, reason: String(error) });
      return notification;
    }
  }

  /** Culprit died after the message was in the queue and before the state said so. */
  #recover(channel: string, message: NotificationMessage): void {
    const ids = new Set(message.notifications.map(({ id }) => id));
    const isBehind = this.#of(channel).waiting.some(({ notification: { id, status } }) => ids.has(id) && status === message.status);
    if (isBehind) this.#change(channel, (state) => afterTelling(state, message, message.createdAtMs));
  }

  async #removeOrphans(): Promise<void> {
    for (const { channel, message } of await this.#delivery.remove((queued) => !this.#state.has(queued.channel))) {
      this.#options.log.error("notifications: a message waits for a channel that is configured no more, and is dropped", {
        channel,
        message: message.id,
      });
      this.#options.onOutcome({ channel, result: "dropped", names: namesOf(message), messageId: message.id });
    }
  }

  /** Of the channels that there are: what is told of in one that is configured no more would wait for ever. */
  #ofChannels(known: PolicyState): PolicyState {
    return new Map(this.#options.notifiers().map(({ name }) => [name, known.get(name) ?? emptyChannel]));
  }

  #of(channel: string): ChannelState {
    return this.#state.get(channel) ?? emptyChannel;
  }

  #change(channel: string, change: (state: ChannelState) => ChannelState): void {
    if (!this.#state.has(channel)) return;
    const changed = change(this.#of(channel));
    if (changed !== this.#of(channel)) this.#state = new Map([...this.#state, [channel, changed]]);
  }

  #setTimer(): void {
    this.#cancelTimer();
    if (!this.#isStarted || this.#isStopping) return;
    const { clock, quietUntil } = this.#options;
    const nowMs = clock.wallMs();
    const times = [...this.#state.values()].flatMap((state) => nextDueAtMs(state, nowMs, quietUntil) ?? []);
    if (times.length === 0) return;
    const seconds = Math.max(0.1, (Math.min(...times) - nowMs) / 1000);
    this.#cancelTimer = clock.after(seconds, () => void this.#serially(() => this.#tell()));
  }

  #serially(work: () => Promise<void>): Promise<void> {
    const { log } = this.#options;
    this.#last = this.#last.then(work).catch((error) => log.error("notifications: a step failed", { reason: String(error) }));
    return this.#last;
  }
}

function namesOf({ notifications }: NotificationMessage): readonly string[] {
  return [...new Set(notifications.map(({ name }) => name))];
}
