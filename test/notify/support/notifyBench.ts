import assert from "node:assert/strict";
import type { ChannelName } from "../../../src/model/channels.ts";
import type { NotificationMessage, NotificationOutcome } from "../../../src/model/notification.ts";
import type { Notifications } from "../../../src/notify/contract.ts";
import { openNotifications } from "../../../src/notify/notifications.ts";
import { DeliveryError, type Notifier, type Receipt } from "../../../src/notify/notifier.ts";
import { ManualClock, settle } from "../../support/manualClock.ts";
import { recordedLog } from "../../support/recordedLog.ts";
import { tempDirectories } from "../../support/tempDirectory.ts";

/** A channel that does as a test says. */
export class PlayedChannel implements Notifier {
  readonly name: ChannelName;
  /** Every attempt. */
  readonly attempts: NotificationMessage[] = [];
  readonly delivered: NotificationMessage[] = [];
  /** What an attempt ends with; undefined takes the message. */
  failure: (() => DeliveryError) | undefined;
  /** Attempts hang until the test lets go. */
  gate: Promise<void> | undefined;

  constructor(name: ChannelName) {
    this.name = name;
  }

  async send(message: NotificationMessage, signal: AbortSignal): Promise<Receipt> {
    this.attempts.push(message);
    if (this.gate !== undefined) {
      await Promise.race([
        this.gate,
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true })),
      ]);
    }
    if (this.failure !== undefined) throw this.failure();
    this.delivered.push(message);
    return { answer: `${this.name} answered 200` };
  }
}

/** Says that a server is down, for a while. */
export const later = (retryAfterSeconds?: number) => () =>
  new DeliveryError("the server is down", { retryable: true, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });

/** What a channel has delivered: status and incidents of each message. */
export const titlesAt = (channel: PlayedChannel): readonly string[] =>
  channel.delivered.map(({ status, notifications }) => `${status} ${notifications.map(({ id }) => id).join(" ")}`);

/** What a suite of a bench with two played channels works with; all is made anew for each test. */
export interface BenchStage {
  readonly directory: string;
  readonly bench: NotifyBench;
  readonly email: PlayedChannel;
  readonly slack: PlayedChannel;
}

/** Makes one for each test of the suite: `stage()` is that of the present one. */
export function benchStages(): () => BenchStage {
  const tempDirectory = tempDirectories();
  let stage: BenchStage | undefined;
  beforeEach(async () => {
    const directory = await tempDirectory();
    stage = { directory, bench: new NotifyBench(directory), email: new PlayedChannel("email"), slack: new PlayedChannel("slack") };
  });
  afterEach(() => stage?.bench.notifications.stop(0));
  return () => {
    assert.ok(stage !== undefined);
    return stage;
  };
}

/** A bench with played channels that can be started anew. */
export class NotifyBench {
  readonly outcomes: NotificationOutcome[] = [];
  readonly recorded = recordedLog();
  /** Until when everything waits. */
  quietUntilMs: number | undefined;
  readonly #directory: string;
  #clock = new ManualClock();
  #open: Notifications | undefined;
  #notifiers: readonly Notifier[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** That of what is open. */
  get clock(): ManualClock {
    return this.#clock;
  }

  get notifications(): Notifications {
    assert.ok(this.#open !== undefined, "the bench is open");
    return this.#open;
  }

  /** Other channels, as a configuration that is read again has them. */
  change(...notifiers: readonly Notifier[]): Promise<void> {
    this.#notifiers = notifiers;
    return this.notifications.change();
  }

  /** Opens it as a new process would; what was open before simply falls silent, as after a crash: its time stands still. */
  async open(...notifiers: readonly Notifier[]): Promise<void> {
    this.#clock = new ManualClock(this.#clock.wallMs());
    this.#notifiers = notifiers;
    this.#open = await openNotifications({
      storageDirectory: this.#directory,
      notifiers: () => this.#notifiers,
      clock: this.clock,
      log: this.recorded.log,
      random: () => 1,
      onOutcome: (outcome) => void this.outcomes.push(outcome),
      quietUntil: (_, atMs) => (this.quietUntilMs !== undefined && this.quietUntilMs > atMs ? this.quietUntilMs : undefined),
      maxQueued: 5,
    });
    this.#open.start();
    await this.rest();
  }

  /** Lets time pass in steps, with the disk's answers in between. */
  async pass(seconds: number, stepSeconds = seconds): Promise<void> {
    for (let passed = 0; passed < seconds; passed += stepSeconds) {
      await this.clock.advance(Math.min(stepSeconds, seconds - passed));
      await this.rest();
    }
  }

  /** Waits until all that was begun has come to its end. */
  async rest(): Promise<void> {
    await this.#open?.idle();
    await settle();
    await this.#open?.idle();
  }

  /** Waits for something that happens while other things hang. */
  async until(isSo: () => boolean): Promise<void> {
    const endMs = Date.now() + 30_000;
    while (!isSo()) {
      assert.ok(Date.now() < endMs, `it never happened: ${isSo}`);
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
    }
  }
}
