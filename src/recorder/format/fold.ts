/** Folds rollups into a longer one. Pure. */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, groupId, labelsOf } from "../../model/group.ts";
import { type RecordedFigure, recordedFigures } from "../../model/hostFigures.ts";
import { type ResourceKey, resourceKeys } from "../../model/usage.ts";
import { MountFold } from "./mounts.ts";
import { type GroupRollup, meanOf, peakOf, type Rollup, type Stat, type TopGroup, unknownSecondsOf } from "./rollup.ts";
import { rounded } from "./rounding.ts";

/** A value that is being summed up. */
interface Sum {
  weighted: number;
  unknownSeconds: number;
  peak: number | undefined;
  known: boolean;
}

interface GroupSums {
  readonly labels: GroupLabels;
  readonly sums: ReadonlyMap<ResourceKey, Sum>;
}

/** Takes rollups in and makes one of them. */
export class Fold {
  readonly #atMs: number;
  readonly #figures: ReadonlyMap<RecordedFigure, Sum> = new Map(recordedFigures.map(({ name }) => [name, newSum()]));
  readonly #groups = new Map<string, GroupSums>();
  readonly #mounts = new MountFold();
  #seconds = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #gap = false;
  #top: TopGroup | undefined;

  /** `atMs` is what the result will be filed under. */
  constructor(atMs: number) {
    this.#atMs = atMs;
  }

  add(rollup: Rollup): void {
    const { seconds } = rollup;
    for (const [figure, sum] of this.#figures) addTo(sum, rollup.figures[figure], seconds);
    for (const group of rollup.groups) this.#addGroup(group, seconds);
    this.#mounts.add(rollup.mounts, seconds);
    this.#seconds += seconds;
    this.#firstMs = Math.min(this.#firstMs, rollup.firstMs);
    this.#lastMs = Math.max(this.#lastMs, rollup.lastMs);
    this.#gap ||= rollup.gap === true;
    if (rollup.top !== undefined && rollup.top.cpuCores > (this.#top?.cpuCores ?? 0)) this.#top = rollup.top;
  }

  /** The rollup; undefined when nothing was added. */
  result(): Rollup | undefined {
    if (this.#firstMs === Number.POSITIVE_INFINITY) return undefined;
    return defined({
      atMs: this.#atMs,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      seconds: this.#seconds,
      gap: this.#gap ? true : undefined,
      figures: statsOf(this.#figures, this.#seconds),
      groups: [...this.#groups.values()].map(({ labels, sums }) => ({ ...labels, usage: statsOf(sums, this.#seconds) })),
      top: this.#top,
      mounts: this.#mounts.result(),
    });
  }

  #addGroup(group: GroupRollup, seconds: number): void {
    const key = groupId(group);
    let found = this.#groups.get(key);
    if (found === undefined) {
      found = { labels: labelsOf(group), sums: new Map(resourceKeys.map((resource) => [resource, newSum()])) };
      this.#groups.set(key, found);
    }
    for (const [resource, sum] of found.sums) addTo(sum, group.usage[resource], seconds);
  }
}

function newSum(): Sum {
  return { weighted: 0, unknownSeconds: 0, peak: undefined, known: false };
}

function addTo(sum: Sum, stat: Stat | undefined, seconds: number): void {
  if (stat === undefined) {
    sum.unknownSeconds += seconds;
    return;
  }
  const unknownSeconds = unknownSecondsOf(stat);
  const peak = peakOf(stat);
  sum.known = true;
  sum.weighted += meanOf(stat) * (seconds - unknownSeconds);
  sum.unknownSeconds += unknownSeconds;
  if (peak !== undefined && peak > (sum.peak ?? Number.NEGATIVE_INFINITY)) sum.peak = peak;
}

function statsOf<Name extends string>(sums: ReadonlyMap<Name, Sum>, seconds: number): { readonly [Key in Name]?: Stat } {
  const stats: [Name, Stat][] = [];
  for (const [name, { weighted, unknownSeconds, peak, known }] of sums) {
    if (!known) continue;
    // seconds of no length: two ticks at once
    const knownSeconds = seconds - unknownSeconds;
    const mean = knownSeconds > 0 ? rounded(weighted / knownSeconds) : (peak ?? 0);
    stats.push([
      name,
      mean === peak && unknownSeconds === 0
        ? mean
        : defined({ mean, peak, unknownSeconds: unknownSeconds > 0 ? unknownSeconds : undefined }),
    ]);
  }
  return Object.fromEntries(stats) as { readonly [Key in Name]?: Stat };
}
