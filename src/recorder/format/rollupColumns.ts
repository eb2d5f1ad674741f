/**
 * Rollups of an hour or a day as text, by columns (columns.ts). The first line has the times and the figures of the host, and who used most
 * CPU in any one second; behind it is a line for each group. Moments are told in whole seconds, numbers with three digits, the room of file
 * systems, which changes little, with five.
 */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, groupId, labelsOf } from "../../model/group.ts";
import { type RecordedFigure, recordedFigures } from "../../model/hostFigures.ts";
import { parseJsonObject } from "../../model/json.ts";
import { type ResourceKey, resourceKeys } from "../../model/usage.ts";
import { type ColumnValues, columnOf, type GroupColumns, groupColumnsLine, groupColumnsOf } from "./columns.ts";
import { isGroup, isMoment } from "./lineChecks.ts";
import { type MountRollup, usedRatio } from "./mounts.ts";
import type { GroupRollup, Rollup, Stat, TopGroup } from "./rollup.ts";

interface Times {
  /** What each is filed under. */
  readonly atMs: readonly number[];
  /** So many seconds later its first and its last line were taken. */
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly seconds: readonly number[];
  /** Places of those with a gap. */
  readonly gaps: readonly number[];
}

interface Head {
  readonly times: Times;
  readonly figures: { readonly [Name in RecordedFigure]?: ColumnValues };
  readonly tops: readonly GroupLabels[];
  /** A place in `tops` and how many cores, for each; `null` where nobody used any. */
  readonly top: readonly (readonly [number, number] | null)[];
  readonly mounts?: readonly MountColumns[];
}

/** A file system in those times in which something is known of it. */
interface MountColumns {
  readonly mountpoint: string;
  readonly at: readonly number[];
  readonly sizeBytes: readonly number[];
  readonly availableBytes: readonly number[];
  readonly leastAvailableBytes: readonly number[];
}

const digits = 3;
const roomDigits = 5;

/** Writes them. */
export function encodeRollups(rollups: readonly Rollup[]): string {
  const tops = new Map<string, { readonly place: number; readonly labels: GroupLabels }>();
  const top = rollups.map(({ top: one }) => {
    if (one === undefined) return null;
    const id = groupId(one);
    const known = tops.get(id) ?? { place: tops.size, labels: labelsOf(one) };
    tops.set(id, known);
    return [known.place, Number(one.cpuCores.toPrecision(digits))] as const;
  });
  const figures = recordedFigures.flatMap(({ name }) => {
    const values = columnOf(
      rollups.map((rollup) => rollup.figures[name]),
      digits,
    );
    return values === undefined ? [] : [[name, values] as const];
  });
  const head: Head = {
    times: {
      atMs: rollups.map(({ atMs }) => atMs),
      first: rollups.map(({ atMs, firstMs }) => Math.floor((firstMs - atMs) / 1000)),
      last: rollups.map(({ atMs, lastMs }) => Math.ceil((lastMs - atMs) / 1000)),
      seconds: rollups.map(({ seconds }) => Math.round(seconds)),
      gaps: rollups.flatMap(({ gap }, place) => (gap === true ? [place] : [])),
    },
    figures: Object.fromEntries(figures),
    tops: [...tops.values()].map(({ labels }) => labels),
    top,
    mounts: mountColumnsOf(rollups),
  };
  return `${JSON.stringify(head)}\n${groupColumnsOf(rollups, digits).map(groupColumnsLine).join("")}`;
}

function mountColumnsOf(rollups: readonly Rollup[]): readonly MountColumns[] {
  const names = new Set(rollups.flatMap(({ mounts = [] }) => mounts.map(({ mountpoint }) => mountpoint)));
  const precise = (bytes: number) => Number(bytes.toPrecision(roomDigits));
  return [...names].map((mountpoint) => {
    const known = rollups.flatMap(({ mounts = [] }, at) => {
      const mount = mounts.find((one) => one.mountpoint === mountpoint);
      return mount === undefined ? [] : [{ at, ...mount }];
    });
    return {
      mountpoint,
      at: known.map(({ at }) => at),
      sizeBytes: known.map(({ sizeBytes }) => precise(sizeBytes)),
      availableBytes: known.map(({ availableBytes }) => precise(availableBytes)),
      leastAvailableBytes: known.map(({ availableBytes, leastAvailableBytes = availableBytes }) => precise(leastAvailableBytes)),
    };
  });
}

function mountsAt(columns: readonly MountColumns[] | undefined, place: number): readonly MountRollup[] | undefined {
  const mounts = (columns ?? []).flatMap(({ mountpoint, at, sizeBytes, availableBytes, leastAvailableBytes }) => {
    const index = at.indexOf(place);
    const [size, available, least] = [sizeBytes[index], availableBytes[index], leastAvailableBytes[index]];
    if (size === undefined || available === undefined || least === undefined) return [];
    return [
      defined({ mountpoint, sizeBytes: size, availableBytes: available, leastAvailableBytes: least < available ? least : undefined }),
    ];
  });
  return mounts.length === 0 ? undefined : mounts.sort((a, b) => usedRatio(b) - usedRatio(a));
}

/** Reads them; none where it is not understood. */
export function decodeRollups(text: string): readonly Rollup[] {
  const [first = "", ...lines] = text.split("\n");
  const { times, figures, tops, top, mounts } = (parseJsonObject(first) ?? {}) as unknown as Partial<Head>;
  if (times === undefined || !Array.isArray(times.atMs) || !times.atMs.every(isMoment)) return [];
  const groups = times.atMs.map((): GroupRollup[] => []);
  for (const line of lines) {
    const columns = groupColumnsIn(line);
    if (columns !== undefined) placeGroups(columns, groups);
  }
  return times.atMs.map((atMs, place): Rollup => {
    const leader = top?.[place];
    const labels = leader ? tops?.[leader[0]] : undefined;
    return defined({
      atMs,
      firstMs: atMs + (times.first[place] ?? 0) * 1000,
      lastMs: atMs + (times.last[place] ?? 0) * 1000,
      seconds: times.seconds[place] ?? 0,
      gap: times.gaps.includes(place) ? true : undefined,
      figures: statsAt(figures ?? {}, place),
      groups: groups[place] ?? [],
      mounts: mountsAt(mounts, place),
      top: leader && labels ? ({ ...labels, cpuCores: leader[1] } satisfies TopGroup) : undefined,
    });
  });
}

/** What each is filed under and how much of it is recorded, without the rest. */
export function rollupTimes(text: string): readonly { readonly atMs: number; readonly seconds: number }[] {
  const { times } = (parseJsonObject(text.slice(0, text.indexOf("\n"))) ?? {}) as unknown as Partial<Head>;
  if (times === undefined || !Array.isArray(times.atMs) || !times.atMs.every(isMoment)) return [];
  return times.atMs.map((atMs, place) => ({ atMs, seconds: times.seconds[place] ?? 0 }));
}

/** Those groups that are wanted, and no more understood than that takes. */
export function groupColumnsLike(
  text: string,
  { texts, isWanted }: { readonly texts: readonly string[]; isWanted(labels: GroupLabels): boolean },
): readonly GroupColumns[] {
  const lower = text.toLowerCase();
  if (!texts.every((wanted) => lower.includes(wanted))) return [];
  return text.split("\n").flatMap((line) => {
    const labels = line.slice(0, line.indexOf(',"at":[')).toLowerCase();
    const columns = texts.every((wanted) => labels.includes(wanted)) ? groupColumnsIn(line) : undefined;
    return columns !== undefined && isWanted(columns) ? [columns] : [];
  });
}

function groupColumnsIn(line: string): GroupColumns | undefined {
  const columns = parseJsonObject(line) as unknown as GroupColumns | undefined;
  const isSound = columns !== undefined && isGroup({ ...columns, usage: {} }) && Array.isArray(columns.at);
  return isSound ? columns : undefined;
}

function placeGroups(columns: GroupColumns, groups: readonly GroupRollup[][]): void {
  const labels = labelsOf(columns);
  for (const [index, place] of columns.at.entries()) {
    const usage: { [Resource in ResourceKey]?: Stat } = {};
    for (const key of resourceKeys) {
      const stat = statAt(columns.usage[key], index);
      if (stat !== undefined) usage[key] = stat;
    }
    groups[place]?.push({ ...labels, usage });
  }
}

function statsAt(columns: Head["figures"], place: number): Rollup["figures"] {
  const stats: { [Name in RecordedFigure]?: Stat } = {};
  for (const [name, values] of Object.entries(columns) as [RecordedFigure, ColumnValues][]) {
    const stat = statAt(values, place);
    if (stat !== undefined) stats[name] = stat;
  }
  return stats;
}

function statAt(values: ColumnValues | undefined, place: number): Stat | undefined {
  if (values === undefined) return undefined;
  const mean = ("mean" in values ? values.mean : values)[place] ?? undefined;
  const peak = ("peak" in values ? values.peak : values)[place] ?? undefined;
  if (mean === undefined) return undefined;
  if (mean === peak) return mean;
  return peak === undefined ? { mean } : { mean, peak };
}
