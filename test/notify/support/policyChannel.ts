/** The policy of one channel, driven by seconds. */
import type { Notification, NotificationMessage } from "../../../src/model/notification.ts";
import { accept, type ChannelState, emptyChannel, heldBack, nextDueAtMs, takeDue } from "../../../src/notify/policy.ts";
import { startMs } from "./samples.ts";

/** A channel as a test drives it: seconds since the start. */
export class PolicyChannel {
  state: ChannelState = emptyChannel;
  readonly cooldownSeconds: number;
  /** The second until which a name is quiet. */
  readonly quietUntilSecond = new Map<string, number>();

  constructor(cooldownSeconds = 600) {
    this.cooldownSeconds = cooldownSeconds;
  }

  take(notification: Notification, second: number) {
    const { state, acceptance } = accept(this.state, notification, this.cooldownSeconds, startMs + second * 1000, this.#quietUntil);
    this.state = state;
    return acceptance;
  }

  due(second: number): readonly NotificationMessage[] {
    const { state, messages } = takeDue(this.state, "email", startMs + second * 1000, this.#quietUntil, (one) => ({
      ...one,
      who: `as of ${second}`,
    }));
    this.state = state;
    return messages;
  }

  titles(second: number): readonly string[] {
    return this.due(second).map(({ status, notifications }) => `${status} ${notifications.map(({ id }) => id).join(" ")}`);
  }

  held(second: number) {
    return heldBack(this.state, startMs + second * 1000, this.#quietUntil).map(({ name, untilMs }) => [name, (untilMs - startMs) / 1000]);
  }

  next(second: number): number | undefined {
    const ms = nextDueAtMs(this.state, startMs + second * 1000, this.#quietUntil);
    return ms === undefined ? undefined : (ms - startMs) / 1000;
  }

  readonly #quietUntil = ({ name }: { readonly name: string }, atMs: number): number | undefined => {
    const second = this.quietUntilSecond.get(name);
    return second !== undefined && startMs + second * 1000 > atMs ? startMs + second * 1000 : undefined;
  };
}
