/** A rollup: what a stretch of time says, be it a second, a minute or ten: means, peaks, and how much of it is known. All pure. */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, labelsOf } from "../../model/group.ts";
import { type RecordedFigure, recordedValues } from "../../model/hostFigures.ts";
import type { ResourceKey } from "../../model/usage.ts";
import { busiestGroup, type RecordedSnapshot } from "./line.ts";
import { type MountRollup, mountsOf } from "./mounts.ts";

/** A value over a stretch. A bare number is mean and peak in one, known all the time. */
export type Stat =
  | number
  | {
      /** Over the time in which it is known. */
      readonly mean: number;
      /** The highest of the seconds; absent when it is known of gaps only, for a gap is no second. */
      readonly peak?: number;
      readonly unknownSeconds?: number;
    };

/** One group over a stretch. */
export interface GroupRollup extends GroupLabels {
  /** What was never known is absent. */
  readonly usage: { readonly [Resource in ResourceKey]?: Stat };
}

/** Who used most CPU in any one second. */
export interface TopGroup extends GroupLabels {
  readonly cpuCores: number;
}

/** A stretch of the recording in means and peaks. */
export interface Rollup {
  /** What it is filed under: the time of a second, the beginning of a minute. */
  readonly atMs: number;
  /** A second speaks for the time since here. */
  readonly sinceMs?: number;
  /** When its first and its last line were taken. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** How much of it is recorded. */
  readonly seconds: number;
  /** There is a gap in it: more time has passed between two seconds than a tick explains. */
  readonly gap?: true;
  readonly figures: { readonly [Name in RecordedFigure]?: Stat | undefined };
  /** A group that is not here used nothing that would have been shown. */
  readonly groups: readonly GroupRollup[];
  readonly top?: TopGroup;
  /** The room of file systems, the fullest first; absent where nothing was read of it. */
  readonly mounts?: readonly MountRollup[];
}

/** The mean of what long gaps held says little: they weigh no more than this. */
const mostGapSeconds = 60;

/** How long a second of the recording speaks for. */
export function secondsOf({ elapsedSeconds = 1, gap }: Pick<RecordedSnapshot, "elapsedSeconds" | "gap">): number {
  return gap ? Math.min(elapsedSeconds, mostGapSeconds) : elapsedSeconds;
}

/** One recorded second as a rollup. */
export function rollupOf(snapshot: RecordedSnapshot): Rollup {
  const { takenAtMs, elapsedSeconds = 1, gap, host, groups } = snapshot;
  const times = { atMs: takenAtMs, firstMs: takenAtMs, lastMs: takenAtMs };
  const mounts = mountsOf(host);
  if (gap) {
    const figures = meansOnly(recordedValues(host));
    const means = groups.map((group) => ({ ...group, usage: meansOnly(group.usage) }));
    return defined({ ...times, seconds: secondsOf(snapshot), gap: true as const, figures, groups: means, mounts });
  }
  const top = busiestGroup(groups);
  return defined({
    ...times,
    sinceMs: takenAtMs - elapsedSeconds * 1000,
    seconds: elapsedSeconds,
    figures: recordedValues(host),
    groups,
    top: top === undefined ? undefined : { ...labelsOf(top), cpuCores: top.usage.cpuCores ?? 0 },
    mounts,
  });
}

/** Steps of equal length, and between which times they are wanted. */
interface Steps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/**
 * The beginnings of the steps that a rollup speaks for, oldest first: the step that it lies in, and those before it that lie wholly
 * between the second before and this one. So a jittered clock leaves no holes, and a gap leaves one. The last one is always the step that
 * it lies in; of those before it none that begins before `fromMs` or after `toMs`: somebody else's table may speak for thousands of years.
 */
export function stepsOf({ atMs, sinceMs = atMs }: Rollup, { fromMs, toMs, stepMs }: Steps): readonly number[] {
  const last = Math.floor(atMs / stepMs) * stepMs;
  const starts = [last];
  const newest = Math.min(last - stepMs, Math.floor(toMs / stepMs) * stepMs);
  for (let start = newest; start > sinceMs && start >= fromMs; start -= stepMs) starts.push(start);
  return starts.reverse();
}

/** The mean over the time in which it is known. */
export function meanOf(stat: Stat): number {
  return typeof stat === "number" ? stat : stat.mean;
}

/** The highest second; undefined when there was none. */
export function peakOf(stat: Stat): number | undefined {
  return typeof stat === "number" ? stat : stat.peak;
}

/** How long it was not known. */
export function unknownSecondsOf(stat: Stat): number {
  return typeof stat === "number" ? 0 : (stat.unknownSeconds ?? 0);
}

function meansOnly<Name extends string>(values: { readonly [Key in Name]?: number | undefined }): { readonly [Key in Name]?: Stat } {
  const known = Object.entries<number | undefined>(values).flatMap(([name, mean]) => (mean === undefined ? [] : [[name, { mean }]]));
  return Object.fromEntries(known) as { readonly [Key in Name]?: Stat };
}

/**
 * Several groups as one. The peak of seconds is that of their sum; of longer ones it is not known when each of them had its own:
 * then it is the least that it must have been.
 */
export function sumOf(groups: readonly GroupRollup[], resource: ResourceKey): Stat | undefined {
  let mean = 0;
  let peak: number | undefined;
  let known = false;
  for (const { usage } of groups) {
    const stat = usage[resource];
    if (stat === undefined) continue;
    const own = peakOf(stat);
    known = true;
    mean += meanOf(stat);
    if (own !== undefined) peak = Math.max(peak ?? 0, own);
  }
  if (!known) return undefined;
  return peak === undefined ? { mean } : { mean, peak: Math.max(peak, mean) };
}
