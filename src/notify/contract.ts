/** Notifications, as the rest of Culprit uses them. */
import type { Notification } from "../model/notification.ts";
import type { HeldMessage } from "../model/quiet.ts";

/** How one is told. */
export interface NotifyOptions {
  /** No second message about the same key within so long; 0 when left out. */
  readonly cooldownSeconds?: number;
  /** Only these channels; all that are configured when left out. */
  readonly channels?: readonly string[];
}

/** What tells people. */
export interface Notifications {
  /** Resolves once it is kept; never rejects. A second call for the same incident and status changes nothing. */
  notify(notification: Notification, options?: NotifyOptions): Promise<void>;
  /** The channels are others now: what was told through those that stay is known still, and what waits for one that is gone is dropped. */
  change(): Promise<void>;
  /** What is quiet has changed: tells now what need not wait any more. Never rejects. */
  reconsider(): Promise<void>;
  /** What waits for the end of a cooldown or of quiet, once for all channels. */
  held(): readonly HeldMessage[];
  start(): void;
  stop(graceSeconds: number): Promise<void>;
  /** Resolves when nothing is being stored or sent at this moment. */
  idle(): Promise<void>;
  /** Brings back what somebody has removed. Rejects when nothing can be kept there now. */
  check(): Promise<void>;
  /** Messages on their way, and those that were lost for want of room. */
  figures(): { readonly length: number; readonly dropped: number };
}
