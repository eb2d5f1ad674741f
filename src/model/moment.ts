/** Moments as people write them: on a command line, in an address, in a query. Pure: the clock and the zone are passed in. */
import { parseDurationSeconds } from "./duration.ts";

/** What a moment is told against. */
export interface MomentContext {
  /** What `now`, `-10m` and `03:12` count from. */
  readonly nowMs: number;
  /** How far local time lies behind UTC at a moment, as Date says it; left out, times without a zone are UTC. */
  readonly offsetMinutesAt?: (ms: number) => number;
}

/** A moment in milliseconds since 1970, or what is wrong with the text: `expected ..., got ...`. */
type ParsedMoment = { readonly ms: number } | { readonly problem: string };

/** How moments can be written, for messages and helps. */
export const momentForms = "03:12, 'yesterday 03:12', 2026-11-21T03:12:07Z, -10m, now or milliseconds since 1970";

/** Earlier than this there was no Culprit: such a number is a mistake, and mostly one of units. */
const earliestMs = Date.UTC(2001, 0, 1);
const latestMs = Date.UTC(2200, 0, 1);
const dayMs = 86_400_000;
const mostShown = 100;

/** Reads one. A time of day without a day is the latest that has been: at 02:00, `03:12` is that of yesterday. */
export function parseMoment(text: string, context: MomentContext): ParsedMoment {
  const ms = /^\d{1,15}(?:\.\d+)?$/.test(text) ? Math.floor(Number(text)) : writtenMoment(text.trim().toLowerCase(), context);
  if (ms !== undefined && ms >= earliestMs && ms < latestMs) return { ms };
  const hint = ms !== undefined && ms * 1000 >= earliestMs && ms * 1000 < latestMs ? "; this looks like seconds" : "";
  return { problem: `expected a moment such as ${momentForms}, got ${JSON.stringify(text.slice(0, mostShown))}${hint}` };
}

function writtenMoment(text: string, context: MomentContext): number | undefined {
  const { nowMs } = context;
  if (text === "now") return nowMs;
  if (text.startsWith("-")) {
    const seconds = parseDurationSeconds(text.slice(1));
    return seconds === undefined ? undefined : nowMs - seconds * 1000;
  }
  return timeOfDay(text, context) ?? date(text, context);
}

const clockTime = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(\.\d{1,3})?)?`;
const ofDay = new RegExp(`^(?:(today|yesterday)(?: +(?:at +)?|$))?(?:${clockTime})?$`);
const ofDate = new RegExp(String.raw`^(\d{4})-(\d\d)-(\d\d)(?:[t ] *${clockTime} *(z|utc|[+-]\d\d:?\d\d)?)?$`);

function timeOfDay(text: string, { nowMs, offsetMinutesAt = utc }: MomentContext): number | undefined {
  const match = text === "" ? null : ofDay.exec(text);
  if (match === null) return undefined;
  const [, day, hour = "0", minute = "0", second = "0", fraction = "0"] = match;
  const clockMs = clockMsOf(hour, minute, second, fraction);
  if (clockMs === undefined) return undefined;
  const today = Math.floor((nowMs - offsetMinutesAt(nowMs) * 60_000) / dayMs) * dayMs;
  if (day !== undefined) return fromLocal(today - (day === "yesterday" ? dayMs : 0) + clockMs, offsetMinutesAt);
  const ms = fromLocal(today + clockMs, offsetMinutesAt);
  return ms <= nowMs ? ms : fromLocal(today - dayMs + clockMs, offsetMinutesAt);
}

function date(text: string, { offsetMinutesAt = utc }: MomentContext): number | undefined {
  const match = ofDate.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0", zone] = match;
  const clockMs = clockMsOf(hour, minute, second, fraction);
  const midnightMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // 31 February is no day, and not the third of March either
  if (clockMs === undefined || new Date(midnightMs).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  const localMs = midnightMs + clockMs;
  if (zone === undefined) return fromLocal(localMs, offsetMinutesAt);
  return localMs - zoneMinutes(zone) * 60_000;
}

/** Minutes that a written zone is ahead of UTC. */
function zoneMinutes(zone: string): number {
  const [, sign, hours = 0, minutes = 0] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function clockMsOf(hour: string, minute: string, second: string, fraction: string): number | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return Number(hour) * 3_600_000 + Number(minute) * 60_000 + (Number(second) + Number(fraction)) * 1000;
}

function utc(): number {
  return 0;
}

/** The moment at which local clocks show this, as if it were UTC; of an hour that they show twice the first. */
function fromLocal(shownMs: number, offsetMinutesAt: (ms: number) => number): number {
  // at most one of the offsets around a change does not hold at that moment
  const [before, after] = [shownMs - dayMs, shownMs + dayMs].map((near) => shownMs + offsetMinutesAt(near) * 60_000) as [number, number];
  const shows = (ms: number) => ms - offsetMinutesAt(ms) * 60_000 === shownMs;
  return !shows(before) && shows(after) ? after : before;
}
