/** The labels of the time axis, in local time; with the day where it changes or where days are far apart. Pure. */
import type { Times } from "./format.ts";

/** A label for each split; `increment` is the distance between two of them in milliseconds. */
export function tickLabels(splits: readonly number[], increment: number, times: Times): readonly string[] {
  let day = "";
  return splits.map((ms, index) => {
    const moment = times.moment(ms);
    const ownDay = moment.slice(0, moment.lastIndexOf(" "));
    const clock = times.clock(ms);
    const text = increment < 60_000 ? clock : clock.slice(0, 5);
    const isNewDay = ownDay !== day && index > 0;
    day = ownDay;
    if (increment >= 86_400_000) return ownDay;
    return isNewDay ? `${text}\n${ownDay}` : text;
  });
}
