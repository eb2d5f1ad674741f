/** The Snapshots of the last minute, and what can be said of them: mean and peak. Reading it changes nothing. */
import type { GroupLabels, GroupUsage, PressureResource, ResourceKey, ResourceUsage, Snapshot, Stall } from "../model/snapshot.ts";

/** The resources of a group, in the order in which they are shown. */
export const resourceKeys: readonly ResourceKey[] = [
  "cpuCores",
  "runningTasks",
  "uninterruptibleTasks",
  "residentBytes",
  "readBytesPerSecond",
  "writtenBytesPerSecond",
];

/** Mean and highest one-tick value of a group over the window; what was never known is absent. */
export interface GroupStats extends GroupLabels {
  readonly id: string;
  readonly mean: ResourceUsage;
  readonly peak: ResourceUsage;
}

/** Mean and peak of one figure. */
export interface Range {
  readonly mean: number;
  readonly peak: number;
}

/** What can be said of a window. */
export interface WindowStats {
  readonly newest: Snapshot;
  /** Seconds that the rates in it cover: less than the window after a start or a gap. */
  readonly coveredSeconds: number;
  readonly cpuUsageRatio?: Range;
  readonly busyCores?: Range;
  readonly memoryUsageRatio?: Range;
  readonly coreUsageRatios: ReadonlyMap<number, number>;
  /** Mean share of stalled time, by resource. */
  readonly pressure: Readonly<Partial<Record<PressureResource, Stall>>>;
  readonly runningTasks?: Range;
  readonly uninterruptibleTasks?: Range;
  /** Coverage over the whole window: named CPU seconds / busy CPU seconds. */
  readonly cpuCoverage?: number;
  /** Tasks of named groups / tasks that the machine counts as running or in uninterruptible sleep; absent where there are none. */
  readonly taskCoverage?: number;
  readonly groups: ReadonlyMap<string, GroupStats>;
  /** The Snapshots themselves, oldest first. */
  readonly snapshots: readonly Snapshot[];
}

/** Keeps the Snapshots of the last `spanSeconds`. */
export class Window {
  readonly #spanSeconds: number;
  readonly #intervalSeconds: number;
  #snapshots: Snapshot[] = [];
  #stats: WindowStats | undefined;

  constructor(spanSeconds: number, intervalSeconds: number) {
    this.#spanSeconds = spanSeconds;
    this.#intervalSeconds = intervalSeconds;
  }

  get newest(): Snapshot | undefined {
    return this.#snapshots.at(-1);
  }

  /** Takes the next Snapshot in and lets those go that are too old. */
  push(snapshot: Snapshot): void {
    this.#snapshots.push(snapshot);
    let covered = 0;
    let first = this.#snapshots.length;
    while (first > 0 && covered < this.#spanSeconds - this.#intervalSeconds / 2) {
      first--;
      covered += this.#snapshots[first]?.elapsedSeconds ?? this.#intervalSeconds;
    }
    this.#snapshots = this.#snapshots.slice(first);
    this.#stats = undefined;
  }

  /** Mean and peak of everything; worked out once per Snapshot, when first asked for. */
  stats(): WindowStats | undefined {
    const { newest } = this;
    if (newest === undefined) return undefined;
    this.#stats ??= windowStats(this.#snapshots, newest);
    return this.#stats;
  }
}

/** Works the statistics of some Snapshots out. Rates over a gap say nothing about this minute and are left out. */
export function windowStats(snapshots: readonly Snapshot[], newest: Snapshot): WindowStats {
  const timed = snapshots.filter((one) => one.elapsedSeconds !== undefined && !one.gap);
  const busyCores = rangeOf(timed, (one) => one.host.cpu?.busyCores);
  const groups = groupStats(timed, snapshots);
  let namedCores = 0;
  let namedTasks = 0;
  for (const group of groups.values()) {
    if (!isNamed(group)) continue;
    namedCores += group.mean.cpuCores ?? 0;
    namedTasks += (group.mean.runningTasks ?? 0) + (group.mean.uninterruptibleTasks ?? 0);
  }
  const runningTasks = rangeOf(snapshots, (one) => one.host.tasks?.running);
  const uninterruptibleTasks = rangeOf(snapshots, (one) => one.host.tasks?.uninterruptible);
  const countedTasks = runningTasks === undefined ? undefined : runningTasks.mean + (uninterruptibleTasks?.mean ?? 0);
  return {
    newest,
    coveredSeconds: timed.reduce((sum, one) => sum + (one.elapsedSeconds ?? 0), 0),
    ...defined(
      "cpuUsageRatio",
      rangeOf(timed, (one) => one.host.cpu?.usageRatio),
    ),
    ...defined("busyCores", busyCores),
    ...defined(
      "memoryUsageRatio",
      rangeOf(snapshots, (one) => one.host.memory?.usageRatio),
    ),
    ...defined("runningTasks", runningTasks),
    ...defined("uninterruptibleTasks", uninterruptibleTasks),
    ...defined("taskCoverage", countedTasks === undefined || countedTasks < 0.05 ? undefined : Math.min(1, namedTasks / countedTasks)),
    coreUsageRatios: coreMeans(timed),
    pressure: pressureMeans(timed),
    ...defined("cpuCoverage", busyCores === undefined || busyCores.mean < 0.05 ? undefined : Math.min(1, namedCores / busyCores.mean)),
    groups,
    snapshots,
  };
}

/** True for the lines that name somebody. */
export function isNamed(labels: Pick<GroupLabels, "kind">): boolean {
  return labels.kind === "process" || labels.kind === "short_lived";
}

function rangeOf(snapshots: readonly Snapshot[], pick: (snapshot: Snapshot) => number | undefined): Range | undefined {
  let weighted = 0;
  let weight = 0;
  let peak = Number.NEGATIVE_INFINITY;
  for (const snapshot of snapshots) {
    const value = pick(snapshot);
    if (value === undefined) continue;
    const seconds = weightOf(snapshot);
    weighted += value * seconds;
    weight += seconds;
    peak = Math.max(peak, value);
  }
  return weight === 0 ? undefined : { mean: weighted / weight, peak };
}

/** A level that was read once weighs as much as one that was read after a gap: a second. */
function weightOf(snapshot: Snapshot): number {
  return snapshot.gap ? 1 : (snapshot.elapsedSeconds ?? 1);
}

function coreMeans(snapshots: readonly Snapshot[]): ReadonlyMap<number, number> {
  const sums = new Map<number, { weighted: number; weight: number }>();
  for (const snapshot of snapshots) {
    for (const { cpu, ratio } of snapshot.host.cpu?.coreUsageRatios ?? []) {
      const sum = sums.get(cpu) ?? { weighted: 0, weight: 0 };
      sum.weighted += ratio * weightOf(snapshot);
      sum.weight += weightOf(snapshot);
      sums.set(cpu, sum);
    }
  }
  return new Map([...sums].map(([cpu, { weighted, weight }]) => [cpu, weighted / weight]));
}

function pressureMeans(snapshots: readonly Snapshot[]): WindowStats["pressure"] {
  const means: Partial<Record<PressureResource, Stall>> = {};
  for (const resource of ["cpu", "memory", "io"] as const) {
    const some = rangeOf(snapshots, (one) => one.host.pressure?.[resource]?.some);
    const full = rangeOf(snapshots, (one) => one.host.pressure?.[resource]?.full);
    if (some !== undefined) means[resource] = { some: some.mean, ...defined("full", full?.mean) };
  }
  return means;
}

interface Sums {
  readonly group: GroupUsage;
  readonly weighted: Partial<Record<ResourceKey, number>>;
  readonly peak: Partial<Record<ResourceKey, number>>;
}

/**
 * A group that was not there for a part of the window used nothing then, so the means add up to the machine's.
 * Levels (memory, tasks) count in every Snapshot; rates only where time is known.
 */
function groupStats(timed: readonly Snapshot[], all: readonly Snapshot[]): ReadonlyMap<string, GroupStats> {
  // before the second Snapshot there are levels but no rates
  const counted = timed.length > 0 ? timed : all;
  const sums = new Map<string, Sums>();
  let weight = 0;
  for (const snapshot of counted) {
    const seconds = weightOf(snapshot);
    weight += seconds;
    for (const group of snapshot.groups) {
      let sum = sums.get(group.id);
      if (sum === undefined) {
        sum = { group, weighted: {}, peak: {} };
        sums.set(group.id, sum);
      }
      add(sum, group.usage, seconds);
    }
  }
  const stats = new Map<string, GroupStats>();
  for (const [id, { group, weighted, peak }] of sums) {
    const mean: Partial<Record<ResourceKey, number>> = {};
    for (const key of resourceKeys) {
      const value = weighted[key];
      if (value !== undefined) mean[key] = value / weight;
    }
    const { kind, process, unit, container, user } = group;
    stats.set(id, { id, kind, process, unit, container, user, mean, peak });
  }
  return stats;
}

function add(sum: Sums, usage: ResourceUsage, seconds: number): void {
  for (const key of resourceKeys) {
    const value = usage[key];
    if (value === undefined) continue;
    sum.weighted[key] = (sum.weighted[key] ?? 0) + value * seconds;
    sum.peak[key] = Math.max(sum.peak[key] ?? 0, value);
  }
}

function defined<Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: Value });
}
