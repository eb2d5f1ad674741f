/** When people are left alone: hours that return, and silences that somebody asks for. Both hold messages back, never captures. */

/** The days of a week, in the order in which `Date` counts them. */
export const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** One of them. */
export type Weekday = (typeof weekdays)[number];

/** Hours of the day in which messages wait. */
export interface QuietHours {
  /** The days on which they begin. */
  readonly days: readonly Weekday[];
  /** Since midnight. */
  readonly fromMinute: number;
  /** Up to 1440; at or below `fromMinute` it is on the day after. */
  readonly toMinute: number;
  /** As IANA names it; the machine's own when left out. */
  readonly timeZone?: string;
  /** Names of triggers and alerts; everything when left out. */
  readonly names?: readonly string[];
}

/** Until when a name is quiet at a moment; undefined when it is not. */
export type QuietUntil = (name: string, atMs: number) => number | undefined;

/** The latest of several ends. */
export function latestEnd(endsAtMs: readonly (number | undefined)[]): number | undefined {
  const known = endsAtMs.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** A silence that somebody has asked for. */
export interface Silence {
  readonly id: string;
  /** Names of triggers and alerts; everything when left out. */
  readonly triggers?: readonly string[];
  readonly reason?: string;
  /** Whose token asked for it. */
  readonly by: string;
  readonly beganAtMs: number;
  readonly endsAtMs: number;
}

/** One that is wanted. */
export interface WantedSilence extends Pick<Silence, "triggers" | "reason" | "by"> {
  readonly seconds: number;
}

/** How long a silence may last, in seconds, and how much may be said with it. */
export const silenceLimits = {
  shortestSeconds: 60,
  longestSeconds: 30 * 86_400,
  mostTriggers: 10,
  mostNameCharacters: 200,
  mostReasonCharacters: 300,
};
