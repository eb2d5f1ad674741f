/**
 * Quiet hours by the clock on the wall of their time zone. Pure: `Intl` knows the rules of the zones.
 *
 * An hour that the clocks skip begins when they go on; of one that they show twice the first counts.
 */
import { defined } from "../model/defined.ts";
import { type ActiveQuiet, isQuietMeant, latestEnd, type QuietHours, type QuietUntil, type Weekday, weekdays } from "../model/quiet.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Until when a name is quiet by these hours. */
export function quietByHours(all: readonly QuietHours[]): QuietUntil {
  const ends = all.map((hours) => ({ hours, endOf: endOfHours(hours) }));
  return (subject, atMs) => latestEnd(ends.map(({ hours, endOf }) => (isQuietMeant(subject, hours) ? endOf(atMs) : undefined)));
}

/** Those of the hours that last at a moment. */
export function activeHours(all: readonly QuietHours[], atMs: number): readonly ActiveQuiet[] {
  return all.flatMap((hours) => {
    const untilMs = endOfHours(hours)(atMs);
    return untilMs === undefined ? [] : [defined({ triggers: hours.names, groups: hours.groups, untilMs })];
  });
}

function endOfHours({ days, fromMinute, toMinute, timeZone }: QuietHours): (atMs: number) => number | undefined {
  const wall = wallClock(timeZone);
  const lastsIntoNextDay = toMinute <= fromMinute;
  return (atMs) => {
    const midnight = Math.floor(wall.shown(atMs) / dayMs) * dayMs;
    const ends = [midnight - dayMs, midnight].map((day) => {
      if (!days.includes(weekdayOf(day))) return undefined;
      const beginsAtMs = wall.moment(day + fromMinute * minuteMs);
      const endsAtMs = wall.moment(day + toMinute * minuteMs + (lastsIntoNextDay ? dayMs : 0));
      return beginsAtMs <= atMs && atMs < endsAtMs ? endsAtMs : undefined;
    });
    return latestEnd(ends);
  };
}

function weekdayOf(shownMs: number): Weekday {
  return weekdays[new Date(shownMs).getUTCDay()] as Weekday;
}

/** What the clocks of a zone show, as if it were UTC, and when they show it. */
function wallClock(timeZone: string | undefined) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const shown = (atMs: number): number => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  };
  const moment = (shownMs: number): number => {
    // the offset of the day before and that of the day after: at most one of them does not hold at that moment
    const byOffsetAt = (nearMs: number) => shownMs - (shown(nearMs) - nearMs);
    const [before, after] = [byOffsetAt(shownMs - dayMs), byOffsetAt(shownMs + dayMs)];
    return shown(before) !== shownMs && shown(after) === shownMs ? after : before;
  };
  return { shown, moment };
}
