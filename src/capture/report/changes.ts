/** What has changed since the onset: who rose and fell, which file systems filled, which processes are new. Pure. */
import { defined } from "../../model/defined.ts";
import type { FilesystemReading } from "../../model/devices.ts";
import { type GroupLabels, groupId, labelsOf } from "../../model/group.ts";
import { type ResourceKey, resourceFigure, resourceKeys } from "../../model/usage.ts";
import { type GroupRollup, meanOf, type Rollup } from "../../recorder/format/rollup.ts";
import type { ProcessListRow } from "../making/processList.ts";
import type { ReportSeries } from "./series.ts";

/** A figure of one group on both sides of the onset. `from` is absent where it was not among those recorded by name. */
export interface GroupChange {
  readonly resource: ResourceKey;
  readonly labels: GroupLabels;
  readonly from?: number;
  readonly to: number;
}

/** A file system with less or more room than before. */
export interface FilesystemChange {
  readonly mountpoint: string;
  readonly sizeBytes: number;
  readonly availableBefore: number;
  readonly availableNow: number;
}

const mebibyte = 1024 * 1024;

/** Groups whose means differ, the largest difference of each resource first; none where one of the sides is not recorded. */
export function groupChanges({ before, since }: Pick<ReportSeries, "before" | "since">): readonly GroupChange[] {
  if (before === undefined || since === undefined) return [];
  const sides = pairsOf(before, since);
  return resourceKeys.flatMap((resource) => {
    const { changes } = resourceFigure(resource);
    if (changes === undefined) return [];
    return sides
      .flatMap((pair) => changeOf(pair, resource, changes))
      .sort((a, b) => Math.abs(b.to - (b.from ?? 0)) - Math.abs(a.to - (a.from ?? 0)))
      .slice(0, changes.most);
  });
}

/** File systems whose room has changed by a megabyte and a thousandth, the largest change first. */
export function filesystemChanges({ filesystems }: Pick<ReportSeries, "filesystems">): readonly FilesystemChange[] {
  const before = new Map((filesystems?.first ?? []).map((one) => [placeOf(one), one.size?.availableBytes]));
  return (filesystems?.last ?? [])
    .flatMap((one) => {
      const availableBefore = before.get(placeOf(one));
      if (one.size === undefined || availableBefore === undefined) return [];
      const { sizeBytes, availableBytes } = one.size;
      const difference = Math.abs(availableBytes - availableBefore);
      if (difference < Math.max(mebibyte, sizeBytes / 1000)) return [];
      return [{ mountpoint: one.mountpoint, sizeBytes, availableBefore, availableNow: availableBytes }];
    })
    .sort((a, b) => Math.abs(b.availableNow - b.availableBefore) - Math.abs(a.availableNow - a.availableBefore));
}

/** What sets off an alarm was often started a little earlier. */
const shortlyMs = 60_000;

/** Processes that were started since shortly before the onset, those that used most CPU first. */
export function newProcesses(rows: readonly ProcessListRow[], tableAtMs: number, sinceMs: number): readonly ProcessListRow[] {
  return rows
    .filter(
      ({ ageSeconds, kernelThread }) => !kernelThread && ageSeconds !== undefined && tableAtMs - ageSeconds * 1000 >= sinceMs - shortlyMs,
    )
    .sort((a, b) => b.cpuSeconds - a.cpuSeconds);
}

interface Pair {
  readonly labels: GroupLabels;
  readonly before: GroupRollup | undefined;
  readonly since: GroupRollup | undefined;
}

function pairsOf(before: Rollup, since: Rollup): readonly Pair[] {
  const pairs = new Map<string, Pair>(
    since.groups.map((group) => [groupId(group), { labels: labelsOf(group), before: undefined, since: group }]),
  );
  for (const group of before.groups) {
    pairs.set(groupId(group), { labels: labelsOf(group), before: group, since: pairs.get(groupId(group))?.since });
  }
  return [...pairs.values()];
}

/** A group that is no longer recorded by name may still be there, among the others: that is no fall to zero. */
function changeOf(
  { labels, before, since }: Pair,
  resource: ResourceKey,
  { least, leastShare }: { readonly least: number; readonly leastShare: number },
): readonly GroupChange[] {
  const to = since?.usage[resource];
  if (to === undefined) return [];
  const from = before?.usage[resource];
  const difference = Math.abs(meanOf(to) - (from === undefined ? 0 : meanOf(from)));
  if (difference < least || difference < leastShare * Math.max(meanOf(to), from === undefined ? 0 : meanOf(from))) return [];
  return [defined({ resource, labels, to: meanOf(to), from: from === undefined ? undefined : meanOf(from) })];
}

function placeOf({ mountpoint, device }: FilesystemReading): string {
  return `${mountpoint}\0${device}`;
}
