/** One way to reach a person, and how it says that it could not. */
import type { ChannelName } from "../model/channels.ts";
import type { Clock } from "../model/clock.ts";
import type { NotificationMessage } from "../model/notification.ts";

/** What a server said when it took a message: free of secrets. */
export interface Receipt {
  readonly answer: string;
  /** The message was taken, but not for everybody. */
  readonly warning?: string;
}

/** One channel. */
export interface Notifier {
  readonly name: ChannelName;
  /** Sends the message once. @throws DeliveryError */
  send(message: NotificationMessage, signal: AbortSignal): Promise<Receipt>;
}

/** What all channels are given. */
export interface NotifierSurroundings {
  readonly clock: Clock;
  /** A message that takes longer than this is tried again. */
  readonly timeoutSeconds: number;
  /** Culprit's version, as it introduces itself. */
  readonly version: string;
  /** What this machine calls itself towards a mail server. */
  readonly hostName?: string;
}

/** A message that has not arrived; its text holds no secret. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  /** False when the same message can never arrive. */
  readonly retryable: boolean;
  /** The server wants no request for so long (Retry-After). */
  readonly retryAfterSeconds?: number;

  constructor(message: string, how: { readonly retryable: boolean; readonly retryAfterSeconds?: number | undefined }) {
    super(message);
    this.retryable = how.retryable;
    if (how.retryAfterSeconds !== undefined) this.retryAfterSeconds = how.retryAfterSeconds;
  }
}
