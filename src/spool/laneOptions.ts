/** What lanes are told, and what they tell. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";

/** At least one. */
export type Some<T> = readonly [T, ...T[]];

/** What came of an attempt: done; refused, and another would not help; or not yet. */
export type Attempted<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "refused"; readonly reason: string }
  | Later;

/** Another attempt may help. */
export interface Later {
  readonly kind: "later";
  readonly reason: string;
  /** What the other side asked for: nothing of this lane is tried before. */
  readonly retryAfterSeconds?: number | undefined;
  /** It counts neither as an attempt nor as a failure. */
  readonly isNoFailure?: boolean;
}

interface AttemptContext {
  /** Aborted when Culprit is being stopped: what can be had soon is enough. */
  readonly hurry: AbortSignal;
  /** Aborted when there is no more time: whatever comes of it is tried again at the next start. */
  readonly stop: AbortSignal;
  /** When it was begun, which is before that was written down. */
  readonly startedAtMs: number;
  readonly attemptsBefore: number;
  /** It was there already when Culprit started. */
  readonly isInherited: boolean;
}

/** How an item ended: done; refused or failed too often; too old; or dropped for want of room. */
export type Ending<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "failed" | "expired" | "dropped"; readonly reason: string };

/** An item at the end of its way. */
export type LaneEnd<T, Result> = Ending<Result> & {
  readonly item: T;
  readonly attempts: number;
  /** Attempts that failed before the last one: of this item, or of the lane where that is strict. */
  readonly failures: number;
  /** How long the last attempt took; 0 where there was none. */
  readonly tookSeconds: number;
};

/** An attempt that failed, and will be repeated. */
export interface LaneDelay<T> {
  readonly item: T;
  readonly attempts: number;
  readonly inSeconds: number;
  readonly reason: string;
  /** The attempt before ended for the same reason. */
  readonly isKnown: boolean;
}

/** What lanes are made with. */
export interface LaneOptions<T, Result> {
  /** Whose they are, for the log. */
  readonly name: string;
  readonly directory: string;
  /** When more wait, the oldest are dropped. */
  readonly maxEntries: number;
  readonly parse: (json: unknown) => T;
  readonly laneOf: (item: T) => string;
  readonly mostLanesAtOnce?: number;
  /** `strict`: nothing of a lane goes before what came earlier. `due`: others go while one waits for its next attempt. */
  readonly order: "strict" | "due";
  /** So many of a strict lane are tried together (1): all of them are done, or none. */
  readonly mostTogether?: number;
  /** True for an item that is not tried while the other waits. */
  readonly waitsFor?: (item: T, other: T) => boolean;
  readonly attempt: (items: Some<T>, context: AttemptContext) => Promise<Attempted<Result>>;
  /**
   * When an attempt is written down. `before` it begins: for work that may take Culprit down with it, and is taken up at once by the next
   * one. `after` it has failed: the wait outlives a restart. `never`: the first attempt after a restart is as the first of all.
   */
  readonly writeDown: "before" | "after" | "never";
  /** After so many that failed in this process. */
  readonly backoffSeconds: (failures: number) => number;
  /** Nobody can ask to be left alone for longer; a stored time that is further ahead comes from a clock that was set back since. */
  readonly longestRetryAfterSeconds: number;
  /** The failure that ends it. */
  readonly mostFailures?: number;
  /** What was begun so often and never came to its end is not begun again. */
  readonly mostAttempts?: number;
  /** What is older is given up; `of` says how old an item is that waited since before the start. */
  readonly age?: { readonly longestSeconds: number; readonly of: (item: T) => number };
  readonly onEnd: (end: LaneEnd<T, Result>) => void | Promise<void>;
  readonly onDelay: (delay: LaneDelay<T>) => void;
  readonly clock: Clock;
  readonly log: Log;
}
