/** The Snapshots of the last minute, and what can be said of them: mean and peak. Reading it changes nothing. */
import { isNamed } from "../model/group.ts";
import { type PressureResource, pressureResources, type Snapshot, type Stall } from "../model/snapshot.ts";
import { atOnce, eachInSteps, type Steps } from "../model/steps.ts";
import { type GroupStats, groupStats } from "./groupStats.ts";
import { isTimed, tickOf, type WindowTick, weightOf } from "./windowTick.ts";

export type { GroupStats } from "./groupStats.ts";

/** Mean and peak of one figure. */
interface Range {
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
  /** The ticks themselves, oldest first. */
  readonly ticks: readonly WindowTick[];
}

/** Keeps the ticks of the last `spanSeconds`. */
export class Window {
  readonly #spanSeconds: number;
  readonly #intervalSeconds: number;
  readonly #ticks: WindowTick[] = [];
  #coveredSeconds = 0;
  #newest: Snapshot | undefined;
  #groups: ReadonlyMap<string, GroupStats> | undefined;
  #stats: WindowStats | undefined;

  constructor(spanSeconds: number, intervalSeconds: number) {
    this.#spanSeconds = spanSeconds;
    this.#intervalSeconds = intervalSeconds;
  }

  get newest(): Snapshot | undefined {
    return this.#newest;
  }

  /** Takes the next Snapshot in and lets those go that are too old. */
  push(snapshot: Snapshot): void {
    this.#newest = snapshot;
    this.#ticks.push(tickOf(snapshot));
    this.#coveredSeconds += this.#spanOf(snapshot);
    const wantedSeconds = this.#spanSeconds - this.#intervalSeconds / 2;
    for (let oldest = this.#ticks[0]; oldest !== undefined; oldest = this.#ticks[0]) {
      const rest = this.#coveredSeconds - this.#spanOf(oldest);
      if (rest < wantedSeconds) break;
      this.#coveredSeconds = rest;
      this.#ticks.shift();
    }
    this.#groups = undefined;
    this.#stats = undefined;
  }

  /** Mean and peak of every group; worked out once per Snapshot, when first asked for. */
  *groupsInSteps(): Steps<ReadonlyMap<string, GroupStats>> {
    if (this.#groups !== undefined) return this.#groups;
    const newest = this.#newest;
    const groups = yield* groupStats([...this.#ticks]);
    // another tick may have come between two steps
    if (this.#newest === newest) this.#groups = groups;
    return groups;
  }

  /** Mean and peak of everything, of the newest Snapshot when the first step is taken; worked out once per Snapshot. */
  *statsInSteps(): Steps<WindowStats | undefined> {
    const newest = this.#newest;
    if (newest === undefined || this.#stats !== undefined) return this.#stats;
    const ticks = [...this.#ticks];
    const stats = yield* windowStats(ticks, yield* this.groupsInSteps(), newest);
    if (this.#newest === newest) this.#stats = stats;
    return stats;
  }

  /** The same at once. */
  stats(): WindowStats | undefined {
    return atOnce(this.statsInSteps());
  }

  #spanOf({ elapsedSeconds }: { readonly elapsedSeconds?: number }): number {
    return elapsedSeconds ?? this.#intervalSeconds;
  }
}

/** Works the statistics of some ticks out. Rates over a gap say nothing about this minute and are left out. */
function* windowStats(ticks: readonly WindowTick[], groups: ReadonlyMap<string, GroupStats>, newest: Snapshot): Steps<WindowStats> {
  const timed = ticks.filter(isTimed);
  const busyCores = rangeOf(timed, (one) => one.cpu?.busyCores);
  let namedCores = 0;
  let namedTasks = 0;
  yield* eachInSteps(groups.values(), (group) => {
    if (!isNamed(group)) return;
    namedCores += group.mean.cpuCores ?? 0;
    namedTasks += (group.mean.runningTasks ?? 0) + (group.mean.uninterruptibleTasks ?? 0);
  });
  const runningTasks = rangeOf(ticks, (one) => one.tasks?.running);
  const uninterruptibleTasks = rangeOf(ticks, (one) => one.tasks?.uninterruptible);
  const countedTasks = runningTasks === undefined ? undefined : runningTasks.mean + (uninterruptibleTasks?.mean ?? 0);
  return {
    newest,
    coveredSeconds: timed.reduce((sum, one) => sum + (one.elapsedSeconds ?? 0), 0),
    ...defined(
      "cpuUsageRatio",
      rangeOf(timed, (one) => one.cpu?.usageRatio),
    ),
    ...defined("busyCores", busyCores),
    ...defined(
      "memoryUsageRatio",
      rangeOf(ticks, (one) => one.memoryUsageRatio),
    ),
    ...defined("runningTasks", runningTasks),
    ...defined("uninterruptibleTasks", uninterruptibleTasks),
    ...defined("taskCoverage", countedTasks === undefined || countedTasks < 0.05 ? undefined : Math.min(1, namedTasks / countedTasks)),
    coreUsageRatios: yield* coreMeans(timed),
    pressure: pressureMeans(timed),
    ...defined("cpuCoverage", busyCores === undefined || busyCores.mean < 0.05 ? undefined : Math.min(1, namedCores / busyCores.mean)),
    groups,
    ticks,
  };
}

function rangeOf(ticks: readonly WindowTick[], pick: (tick: WindowTick) => number | undefined): Range | undefined {
  let weighted = 0;
  let weight = 0;
  let peak = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    const value = pick(tick);
    if (value === undefined) continue;
    const seconds = weightOf(tick);
    weighted += value * seconds;
    weight += seconds;
    peak = Math.max(peak, value);
  }
  return weight === 0 ? undefined : { mean: weighted / weight, peak };
}

function* coreMeans(ticks: readonly WindowTick[]): Steps<ReadonlyMap<number, number>> {
  const sums = new Map<number, { weighted: number; weight: number }>();
  for (const tick of ticks) {
    for (const { cpu, ratio } of tick.cpu?.coreUsageRatios ?? []) {
      const sum = sums.get(cpu) ?? { weighted: 0, weight: 0 };
      sum.weighted += ratio * weightOf(tick);
      sum.weight += weightOf(tick);
      sums.set(cpu, sum);
    }
    yield;
  }
  return new Map([...sums].map(([cpu, { weighted, weight }]) => [cpu, weighted / weight]));
}

function pressureMeans(ticks: readonly WindowTick[]): WindowStats["pressure"] {
  const means: Partial<Record<PressureResource, Stall>> = {};
  for (const resource of pressureResources) {
    const some = rangeOf(ticks, (one) => one.pressure?.[resource]?.some);
    const full = rangeOf(ticks, (one) => one.pressure?.[resource]?.full);
    if (some !== undefined) means[resource] = { some: some.mean, ...defined("full", full?.mean) };
  }
  return means;
}

function defined<Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: Value });
}
