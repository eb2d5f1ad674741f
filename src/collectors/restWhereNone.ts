/** Hardware that is not there does not come from one scrape to the next. */
import type { Clock } from "../model/clock.ts";

/** Between two looks for what was not there. */
const restSeconds = 60;

/** Reads each time where there is something, and looks once a minute where there is nothing: most machines have none of most things. */
export function restWhereNone<Value>(
  read: () => Promise<Value | undefined>,
  isNone: (value: Value) => boolean,
): (clock: Clock) => Promise<Value | undefined> {
  let known: { readonly value: Value | undefined; readonly untilSeconds: number } | undefined;
  return async (clock) => {
    const now = clock.monotonicSeconds();
    if (known !== undefined && now < known.untilSeconds) return known.value;
    const value = await read();
    known = value === undefined || isNone(value) ? { value, untilSeconds: now + restSeconds } : undefined;
    return value;
  };
}

/** For what is what it is for as long as a machine runs, or nearly so. */
export function onceAMinute<Value>(read: () => Promise<Value | undefined>): (clock: Clock) => Promise<Value | undefined> {
  return restWhereNone(read, () => true);
}
