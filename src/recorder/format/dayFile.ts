/**
 * `20261121.minutes.jsonl.gz`: the minutes of a day (UTC) and its spikes, kept for a year when the seconds are long gone. Of each minute it has
 * the host's figures and the ten groups that led (topGroups.ts). It is packed in pieces (pieces.ts): behind the head one with the minutes of
 * each of its 24 hours, one with the hours, one with the whole day, all by columns (rollupColumns.ts), and one with a line for each spike
 * (spikeLine.ts).
 * `untilMs` in the head says up to where it has all that was recorded: it may be made before the day is over.
 */
import { join } from "node:path";
import type { Spike } from "../../model/spike.ts";
import { Fold } from "./fold.ts";
import type { Rollup } from "./rollup.ts";
import { encodeRollups } from "./rollupColumns.ts";
import { parseSpikeLine, spikeLine } from "./spikeLine.ts";
import { minuteMs } from "./summary.ts";
import { withTopGroups } from "./topGroups.ts";

/** How long the rollup of a whole day speaks for. */
export const dayMs = 86_400_000;
/** How long the coarser rollups of a day speak for. */
export const hourMs = 3_600_000;
const hoursOfDay = 24;
const namePattern = /^(\d{4})(\d\d)(\d\d)\.minutes\.jsonl\.gz$/;

/** A day of which there is a file, or could be. */
export interface Day {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The day that a moment lies in. */
export function dayOf(ms: number): Day {
  const startMs = Math.floor(ms / dayMs) * dayMs;
  return { name: new Date(startMs).toISOString().slice(0, 10).replaceAll("-", ""), startMs, endMs: startMs + dayMs };
}

/** The path of a day's file. */
export function dayPath(directory: string, { name }: Day): string {
  return join(directory, `${name}.minutes.jsonl.gz`);
}

/** The days that names in a directory tell of, oldest first. */
export function daysOf(names: readonly string[]): readonly Day[] {
  return names
    .flatMap((name) => {
      const [, year, month, day] = namePattern.exec(name) ?? [];
      return year === undefined ? [] : [dayOf(Date.UTC(Number(year), Number(month) - 1, Number(day)))];
    })
    .sort((a, b) => a.startMs - b.startMs);
}

/** Folds minutes that are told twice, for the clock was set back, into one; in order, each with its ten. */
function asMinutes(rollups: readonly Rollup[]): readonly Rollup[] {
  const minutes = new Map<number, Rollup[]>();
  for (const rollup of rollups) {
    const atMs = Math.floor(rollup.atMs / minuteMs) * minuteMs;
    minutes.set(atMs, [...(minutes.get(atMs) ?? []), rollup]);
  }
  return [...minutes]
    .sort(([a], [b]) => a - b)
    .flatMap(([atMs, same]) => {
      const [only] = same;
      return same.length === 1 && only?.atMs === atMs ? only : (folded(same, atMs) ?? []);
    })
    .map(withTopGroups);
}

function folded(rollups: readonly Rollup[], atMs: number): Rollup | undefined {
  const fold = new Fold(atMs);
  for (const rollup of rollups) fold.add(rollup);
  return fold.result();
}

/** The pieces of a day's file, one after the other, and between them nothing: each step is some milliseconds of work. */
export function* encodeDay({ startMs }: Day, rollups: readonly Rollup[], spikes: readonly Spike[]): Generator<string | undefined> {
  const hours: Rollup[] = [];
  for (let hour = 0; hour < hoursOfDay; hour++) {
    const fromMs = startMs + hour * hourMs;
    const minutes = asMinutes(rollups.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + hourMs));
    const whole = folded(minutes, fromMs);
    if (whole !== undefined) hours.push(whole);
    yield undefined;
    yield minutes.length === 0 ? "\n" : encodeRollups(minutes);
  }
  yield encodeRollups(hours);
  const whole = folded(hours, startMs);
  yield whole === undefined ? "\n" : encodeRollups([whole]);
  yield `${spikes.map((spike) => spikeLine(spike, spike.endMs ?? spike.peakMs)).join("")}\n`;
}

/** Where the pieces of a file are. */
export const dayPieces = { minutesOf: (hour: number) => hour, hours: hoursOfDay, whole: hoursOfDay + 1, spikes: hoursOfDay + 2 } as const;

/** Which of its hours a day has between two times: their numbers. */
export function hoursIn({ startMs }: Day, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): readonly number[] {
  return Array.from({ length: hoursOfDay }, (_, hour) => hour).filter(
    (hour) => startMs + hour * hourMs < toMs && startMs + (hour + 1) * hourMs > fromMs,
  );
}

/** The spikes of a piece. */
export function decodeDaySpikes(text: string): readonly Spike[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : (parseSpikeLine(line)?.spike ?? [])));
}
