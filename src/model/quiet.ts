/** When people are left alone: hours that return, and silences that somebody asks for. Both hold messages back, never captures. */

import { listText } from "../text.ts";

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
  /** Names of processes, units and containers: only what these alone have done. */
  readonly groups?: readonly string[];
}

/** What may be quiet: the name of a trigger or an alert, and those who are named as the ones who did it. */
export interface QuietSubject {
  readonly name: string;
  readonly culprits?: readonly (readonly string[])[];
}

/** Until when something is quiet at a moment; undefined when it is not. */
export type QuietUntil = (subject: QuietSubject, atMs: number) => number | undefined;

/** Whether something is meant by names, by groups, or by both at once; by neither everything is. Nobody's doing is no group's. */
export function isQuietMeant(
  { name, culprits = [] }: QuietSubject,
  { names, groups }: { readonly names?: readonly string[] | undefined; readonly groups?: readonly string[] | undefined },
): boolean {
  if (names !== undefined && !names.includes(name)) return false;
  return groups === undefined || (culprits.length > 0 && culprits.every((answersTo) => answersTo.some((one) => groups.includes(one))));
}

/** Quiet hours that hold something back now. */
export interface ActiveQuiet {
  readonly triggers?: readonly string[];
  readonly groups?: readonly string[];
  readonly untilMs: number;
}

/** A message that waits for the end of a cooldown, of quiet hours or of a silence. */
export interface HeldMessage {
  readonly name: string;
  readonly title: string;
  readonly status: "firing" | "resolved";
  /** When it would have been told. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The latest of several ends. */
export function latestEnd(endsAtMs: readonly (number | undefined)[]): number | undefined {
  const known = endsAtMs.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** What is held back, in words: `HighLoad by pg_dump`, `everything`. */
export function quietText({ triggers, groups }: Pick<ActiveQuiet, "triggers" | "groups">): string {
  const what = triggers === undefined ? "everything" : listText(triggers);
  return groups === undefined ? what : `${what} by ${listText(groups)}`;
}

/** A silence that somebody has asked for. */
export interface Silence {
  readonly id: string;
  /** Names of triggers and alerts; everything when left out. */
  readonly triggers?: readonly string[];
  /** Names of processes, units and containers: only what these alone have done. */
  readonly groups?: readonly string[];
  readonly reason?: string;
  /** Whose token asked for it. */
  readonly by: string;
  readonly beganAtMs: number;
  readonly endsAtMs: number;
}

/** One that is wanted. */
export interface WantedSilence extends Pick<Silence, "triggers" | "groups" | "reason" | "by"> {
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
