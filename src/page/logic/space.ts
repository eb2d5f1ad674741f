/** The chart of disk space: a line for each file system, when it will be full, and who has written most. Pure. */
import { colourGroups } from "../../model/groupColours.ts";
import { durationText, listText, shortBytesText } from "../../text.ts";
import { fillTime } from "./fillTime.ts";
import { nameOf, unknown } from "./format.ts";
import type { Frame, MountTrack } from "./frame.ts";
import { summarise } from "./track.ts";

/** One line of the chart. */
export interface Curve {
  /** The mount point. */
  readonly key: string;
  readonly colour: string;
  /** How full it is in each slot, 0..1. */
  readonly values: readonly (number | null)[];
  /** Behind its name: how full it is, what is left, when it will be full. */
  readonly words: string;
}

/** More lines could not be told apart. */
const mostCurves = 8;
const mostWriters = 3;
const mostBetweenSlots = 60;
const leastWrittenBytes = 1e6;

/** The lines, the fullest first; `hour` is the hour that the outlook rests on, `slot` the one that is pointed at. */
export function curvesOf(
  frame: Frame,
  hour: Frame | undefined,
  slots: { readonly first: number; readonly last: number },
): readonly Curve[] {
  const mounts = [...frame.mounts].sort(([, a], [, b]) => newestOf(b) - newestOf(a)).slice(0, mostCurves);
  const colours = colourGroups([mounts.map(([key]) => key).sort()]);
  return mounts.map(([key, mount]) => ({
    key,
    colour: colours.get(key) ?? "",
    values: mount.track.mean,
    words: wordsOf(frame, mount, hour?.mounts.get(key), hour, slots),
  }));
}

/** Who has written most in that hour, in a sentence; "" where hardly anybody has. */
export function writersText(hour: Frame | undefined): string {
  if (hour === undefined) return "";
  const writers = [...hour.groups.values()].flatMap(({ labels, tracks }) => {
    const written =
      tracks.get("writtenBytesPerSecond")?.mean.reduce<number>((sum, rate, slot) => sum + (rate ?? 0) * (hour.seconds[slot] ?? 0), 0) ?? 0;
    return labels.kind === "process" && written >= leastWrittenBytes ? [{ name: nameOf(labels), written }] : [];
  });
  if (writers.length === 0) return "";
  const first = writers.sort((a, b) => b.written - a.written).slice(0, mostWriters);
  return `In ${lastText(hour)} most was written by ${listText(first.map(({ name, written }) => `${name} (${shortBytesText(written)})`))}.`;
}

function wordsOf(
  frame: Frame,
  mount: MountTrack,
  pastMount: MountTrack | undefined,
  hour: Frame | undefined,
  slots: { readonly first: number; readonly last: number },
): string {
  const { mean = lastBefore(mount, slots.last) } = summarise(mount.track, frame.seconds, slots.first, slots.last);
  if (mean === undefined) return unknown;
  const left = `${Math.round(mean * 100)} %, ${shortBytesText(mount.sizeBytes * (1 - mean))} left`;
  const outlook = outlookOf(pastMount, hour);
  return outlook === "" ? left : `${left}, ${outlook}`;
}

/** `full in 5 h 20 min`; "" where it does not fill up, or nobody can tell. */
function outlookOf(mount: MountTrack | undefined, hour: Frame | undefined): string {
  if (mount === undefined || hour === undefined) return "";
  const readings = mount.track.mean.flatMap((used, slot) =>
    used === null ? [] : [{ atMs: hour.times[slot] ?? 0, availableBytes: (1 - used) * mount.sizeBytes }],
  );
  const time = fillTime(readings);
  if (time.kind !== "full") return "";
  return time.seconds === 0 ? "full" : `full in ${durationText(roughly(time.seconds))} at the pace of ${lastText(hour)}`;
}

/** No pace is known to the second. */
function roughly(seconds: number): number {
  const unit = seconds > 129_600 ? 3600 : seconds > 600 ? 60 : 1;
  return Math.round(seconds / unit) * unit;
}

/** `the last hour`, `the last 24 min`: as much as is recorded of it. */
function lastText({ seconds }: Frame): string {
  const known = seconds.reduce((sum, one) => sum + one, 0);
  return known >= 3500 ? "the last hour" : `the last ${durationText(Math.max(60, Math.round(known / 60) * 60))}`;
}

/** They are read now and then: until the next reading they are as they were. */
function lastBefore({ track: { mean } }: MountTrack, slot: number): number | undefined {
  return mean.slice(Math.max(0, slot - mostBetweenSlots), slot + 1).findLast((value) => value !== null) ?? undefined;
}

function newestOf({ track: { mean } }: MountTrack): number {
  return mean.findLast((value) => value !== null) ?? 0;
}
