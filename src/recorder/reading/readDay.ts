/** Reads files of days (format/dayFile.ts): their hours, their minutes, their spikes, and who ran in them. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Spike } from "../../model/spike.ts";
import { ranColumns } from "../format/columns.ts";
import { type Day, dayPath, dayPieces, daysOf, decodeDaySpikes, hourMs, hoursIn } from "../format/dayFile.ts";
import type { NamesIndex, Wanted } from "../format/names.ts";
import type { Rollup } from "../format/rollup.ts";
import { decodeRollups, groupColumnsLike, rollupTimes } from "../format/rollupColumns.ts";
import { PiecesFile } from "./pieces.ts";
import { readNames } from "./segmentFiles.ts";

/** A stretch of time. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The days of which there are files, oldest first; none where the directory cannot be read. */
export async function listDays(directory: string): Promise<readonly Day[]> {
  return daysOf(await readNames(directory).catch(() => []));
}

/** Those that lie in a time. */
export function daysIn(days: readonly Day[], { fromMs, toMs }: Stretch): readonly Day[] {
  return days.filter(({ startMs, endMs }) => startMs < toMs && endMs > fromMs);
}

/** What a day says of a time: hours where `isFine` does not ask for the minutes of them. Lets the event loop turn. */
export async function* readDay(
  directory: string,
  day: Day,
  stretch: Stretch,
  isFine: (hourStartMs: number) => boolean,
): AsyncGenerator<Rollup> {
  const file = await openOurs(directory, day);
  if (file === undefined) return;
  try {
    let hours: readonly Rollup[] | undefined;
    for (const hour of hoursIn(day, stretch)) {
      const startMs = day.startMs + hour * hourMs;
      if (isFine(startMs)) yield* decodeRollups(await file.text(dayPieces.minutesOf(hour)));
      else {
        hours ??= decodeRollups(await file.text(dayPieces.hours));
        yield* hours.filter(({ atMs }) => atMs === startMs);
      }
      await nextTurn();
    }
  } finally {
    await file.close();
  }
}

/** A day as one rollup, or none. */
export async function readWholeDay(directory: string, day: Day): Promise<readonly Rollup[]> {
  const file = await openOurs(directory, day);
  const text = await file?.text(dayPieces.whole).finally(() => file.close());
  return text === undefined ? [] : decodeRollups(text);
}

/** When the first minute of a day is; undefined where nothing of it can be read. */
export async function firstMsOf(directory: string, day: Day): Promise<number | undefined> {
  const file = await openOurs(directory, day);
  const text = await file?.text(dayPieces.hours).finally(() => file.close());
  return text === undefined ? undefined : decodeRollups(text)[0]?.firstMs;
}

/** The spikes that began on a day. */
export async function readDaySpikes(directory: string, day: Day): Promise<readonly Spike[]> {
  const file = await openOurs(directory, day);
  const text = await file?.text(dayPieces.spikes).finally(() => file.close());
  return text === undefined ? [] : decodeDaySpikes(text);
}

/** Who ran on a day, among those that led: the hours say in which of them to look for minutes. */
export async function* readDayNames(directory: string, day: Day, stretch: Stretch, wanted: Wanted): AsyncGenerator<NamesIndex> {
  const file = await openOurs(directory, day);
  if (file === undefined) return;
  try {
    const text = await file.text(dayPieces.hours);
    const hours = rollupTimes(text);
    const found = groupColumnsLike(text, wanted);
    const with_ = new Set(found.flatMap(({ at }) => at.map((place) => hours[place]?.atMs)));
    yield { minutes: hours.filter(({ atMs }) => !with_.has(atMs)).map((hour) => ({ ...hour, fromLines: true as const })), groups: [] };
    for (const hour of hoursIn(day, stretch)) {
      if (!with_.has(day.startMs + hour * hourMs)) continue;
      const minutes = await file.text(dayPieces.minutesOf(hour));
      yield {
        minutes: rollupTimes(minutes).map((minute) => ({ ...minute, fromLines: true as const })),
        groups: groupColumnsLike(minutes, wanted).map(ranColumns),
      };
    }
  } finally {
    await file.close();
  }
}

async function openOurs(directory: string, day: Day): Promise<PiecesFile | undefined> {
  const file = await PiecesFile.open(dayPath(directory, day));
  return file instanceof PiecesFile ? file : undefined;
}
