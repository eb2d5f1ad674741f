/**
 * Mean and peak of every group over some ticks.
 *
 * A group that did nothing is the same object in tick after tick, and mostly at the same place of its list: such a stretch is
 * weighed as one.
 */
import { type GroupLabels, type GroupUsage, labelsOf } from "../model/group.ts";
import { eachInSteps, type Steps } from "../model/steps.ts";
import { type ResourceKey, type ResourceUsage, resourceKeys } from "../model/usage.ts";
import { isTimed, type WindowTick, weightOf } from "./windowTick.ts";

/** Mean and highest one-tick value of a group over the window; what was never known is absent. */
export interface GroupStats extends GroupLabels {
  readonly id: string;
  readonly mean: ResourceUsage;
  readonly peak: ResourceUsage;
}

interface Sums {
  /** What the group is at present, and for how many seconds that is not yet in the sums. */
  group: GroupUsage;
  pendingSeconds: number;
  /** By the place of the resource among `resourceKeys`; NaN while nothing is known. */
  readonly weighted: number[];
  readonly peak: number[];
  /** For how long it was there and the resource was not known. */
  readonly unknownSeconds: number[];
}

/** Weighing one that has not changed is little work. */
const groupsPerStep = 512;

/**
 * A group that was not there for a part of the window used nothing then, so the means add up to the machine's; of one that was there
 * and could not be told, the mean is that of the rest.
 * Levels (memory, tasks) count like rates, where time is known; before the second Snapshot there are levels but no rates.
 */
export function* groupStats(ticks: readonly WindowTick[]): Steps<ReadonlyMap<string, GroupStats>> {
  const timed = ticks.filter(isTimed);
  const counted = timed.length > 0 ? timed : ticks;
  const sums = new Map<string, Sums>();
  let places: readonly Sums[] = [];
  let weight = 0;
  for (const tick of counted) {
    const seconds = weightOf(tick);
    weight += seconds;
    places = yield* weighTick(sums, places, tick.groups, seconds);
  }
  const stats = new Map<string, GroupStats>();
  yield* eachInSteps(sums, ([id, sum]) => stats.set(id, statsOf(id, sum, weight)));
  return stats;
}

/** Weighs the groups of one tick; `before` and the result say whose sums belong to each place of the list. */
function* weighTick(
  sums: Map<string, Sums>,
  before: readonly Sums[],
  groups: readonly GroupUsage[],
  seconds: number,
): Steps<readonly Sums[]> {
  const places: Sums[] = [];
  for (let place = 0; place < groups.length; place++) {
    if (place % groupsPerStep === groupsPerStep - 1) yield;
    const group = groups[place] as GroupUsage;
    let sum = before[place];
    if (sum?.group !== group) sum = sumsOf(sums, group);
    sum.pendingSeconds += seconds;
    places.push(sum);
  }
  return places;
}

function sumsOf(sums: Map<string, Sums>, group: GroupUsage): Sums {
  let sum = sums.get(group.id);
  if (sum === undefined) {
    sum = { group, pendingSeconds: 0, weighted: nothingKnown(), peak: nothingKnown(), unknownSeconds: resourceKeys.map(() => 0) };
    sums.set(group.id, sum);
  } else if (sum.group !== group) {
    addPending(sum);
    sum.group = group;
  }
  return sum;
}

/** Plain loops over arrays of doubles: iterators and boxed numbers were a sixth of all the garbage of a quiet machine. */
function addPending(sum: Sums): void {
  const { weighted, peak, unknownSeconds, pendingSeconds } = sum;
  const { usage } = sum.group;
  sum.pendingSeconds = 0;
  for (let at = 0; at < resourceKeys.length; at++) {
    const value = usage[resourceKeys[at] as ResourceKey];
    if (value === undefined) {
      unknownSeconds[at] = (unknownSeconds[at] as number) + pendingSeconds;
      continue;
    }
    const before = weighted[at] as number;
    const isFirst = Number.isNaN(before);
    weighted[at] = (isFirst ? 0 : before) + value * pendingSeconds;
    peak[at] = isFirst ? value : Math.max(peak[at] as number, value);
  }
}

function nothingKnown(): number[] {
  return resourceKeys.map(() => Number.NaN);
}

function statsOf(id: string, sum: Sums, weight: number): GroupStats {
  addPending(sum);
  const mean: Partial<Record<ResourceKey, number>> = {};
  const peak: Partial<Record<ResourceKey, number>> = {};
  for (let at = 0; at < resourceKeys.length; at++) {
    const weighted = sum.weighted[at] as number;
    if (Number.isNaN(weighted)) continue;
    const key = resourceKeys[at] as ResourceKey;
    mean[key] = weighted / (weight - (sum.unknownSeconds[at] as number));
    peak[key] = sum.peak[at] as number;
  }
  return { id, ...labelsOf(sum.group), mean, peak };
}
