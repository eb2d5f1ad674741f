/** Adds up what was found: who ran in which minutes, and what each used in them. Pure. */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, labelsOf } from "../../model/group.ts";
import { type ResourceKey, resourceFigure, resourceKeys } from "../../model/usage.ts";
import type { GroupColumns } from "../format/columns.ts";
import type { BriefIndex, IndexedMinute, NamesIndex, Wanted } from "../format/names.ts";
import { amountsOfCodes, groupKey } from "../format/nameTotals.ts";
import { minuteMs } from "../format/summary.ts";
import { MinuteSet } from "./minuteSet.ts";
import type { Range } from "./range.ts";
import { Strip, type StripSeries } from "./strip.ts";

/** What was found of a group, or of all of them together. */
export interface Found {
  /** The beginnings of the first and the last minute in which it ran. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Stretches of minutes in which it ran, as long as they have no hole. */
  readonly ran: readonly (readonly [fromMs: number, toMs: number])[];
  /** What it used none of is absent. */
  readonly usage: { readonly [Resource in ResourceKey]?: FoundUsage };
}

/** What it used of a resource. */
interface FoundUsage {
  /** Core seconds, bytes, task seconds; absent of what is held. */
  readonly total?: number;
  /** The highest second; of several groups together the highest of one of them, for when each had its own is not known. */
  readonly peak?: number;
  /** The beginning of the minute in which that was. */
  readonly peakAtMs?: number;
  /** A value for each step of the range; `null` where it did not run. */
  readonly strip: StripSeries;
}

/** A group that was found. */
export type Match = GroupLabels & Found;

interface Tally {
  readonly labels: GroupLabels;
  firstMs: number;
  lastMs: number;
  work: number;
  /** Only of those that came first: there may be thousands. */
  readonly shown?: { readonly minutes: MinuteSet; readonly strips: Map<ResourceKey, Strip> };
}

/** Groups beyond these are not told apart. */
const mostGroups = 20_000;
/** So many have their minutes and strips at hand. */
const mostShown = 200;
/** Minutes of so many groups and segments are read before what is left of it is read from the totals: a few names of a week are fewer. */
const mostColumns = 4000;
/** So much read or written weighs as much as a second of a core. */
const bytesPerCoreSecond = 1e8;

/** Takes indexes in, one after the other. */
export class Matches {
  readonly #range: Range;
  readonly #tallies = new Map<number, Tally>();
  readonly #all: Tally;
  /** Those of totals that are not wanted. */
  readonly #unwanted = new Set<number>();
  #amounts: Float64Array | undefined;
  #columns = 0;
  #isBrief = false;
  #shown = 0;
  #hasMore = false;
  #leftOut = 0;

  constructor(range: Range) {
    this.#range = range;
    this.#all = this.#newTally({ kind: "process", process: "", unit: "", container: "", user: "" }, true);
  }

  /** There were more groups than are told apart. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  get total(): number {
    return this.#tallies.size;
  }

  /** Names that did too little to be kept, in all minutes together. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** It fits so much that the totals of segments must do for what is left: whoever comes first is then looked for once more. */
  get isBroad(): boolean {
    return this.#columns >= mostColumns;
  }

  /** Whether a segment's totals would do: all of it is asked for. */
  takesTotalsOf({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }): boolean {
    return this.isBroad && startMs >= this.#range.fromMs && endMs <= this.#range.toMs;
  }

  /** Takes in what groups came to in a segment, which lies inside of the range; together they used it evenly over their minutes. */
  addTotals({ minutes, keys, ran, resources, labelsAt }: BriefIndex, { isWanted }: Pick<Wanted, "isWanted">): void {
    this.#isBrief = true;
    this.#amounts ??= amountsOfCodes();
    const amounts = this.#amounts;
    for (const { leftOut = 0 } of minutes) this.#leftOut += leftOut;
    const sums = resourceKeys.map(() => new Float64Array(minutes.length));
    const peaks = resourceKeys.map(() => new Float64Array(minutes.length));
    let anyRan = 0;
    for (let place = 0; place < keys.length; place++) {
      const key = keys[place] ?? 0;
      const bits = ran[place] ?? 0;
      if (bits === 0 || this.#unwanted.has(key)) continue;
      let tally = this.#tallies.get(key);
      if (tally === undefined) {
        const labels = labelsAt(place);
        if (labels === undefined || !isWanted(labels)) {
          this.#unwanted.add(key);
          continue;
        }
        tally = this.#tallyOf(labels, key);
      }
      anyRan |= bits;
      let count = 0;
      for (let left = bits; left !== 0; left &= left - 1) count++;
      for (let one = 0; one < resources.length; one++) {
        const columns = resources[one];
        const code = columns?.total[place] ?? 0;
        const peakCode = columns?.peak[place] ?? 0;
        if (code === 0 && peakCode === 0) continue;
        const total = amounts[code] ?? 0;
        const ofMinutes = sums[one] as Float64Array;
        for (let left = bits; left !== 0; left &= left - 1) {
          const minute = 31 - Math.clz32(left & -left);
          ofMinutes[minute] = (ofMinutes[minute] ?? 0) + total / count;
        }
        const highest = peaks[one] as Float64Array;
        const at = columns?.peakAt[place] ?? 0;
        highest[at] = Math.max(highest[at] ?? 0, amounts[peakCode] ?? 0);
        if (tally !== undefined) tally.work += workOf(resourceKeys[one] as ResourceKey, total);
      }
      if (tally !== undefined) {
        tally.firstMs = Math.min(tally.firstMs, minutes[31 - Math.clz32(bits & -bits)]?.atMs ?? tally.firstMs);
        tally.lastMs = Math.max(tally.lastMs, minutes[31 - Math.clz32(bits)]?.atMs ?? tally.lastMs);
      }
    }
    this.#addTogether(minutes, anyRan, sums, peaks);
  }

  #addTogether(minutes: readonly IndexedMinute[], ran: number, sums: readonly Float64Array[], peaks: readonly Float64Array[]): void {
    const { shown } = this.#all;
    for (const [place, { atMs, seconds }] of minutes.entries()) {
      if ((ran & (1 << place)) === 0) continue;
      this.#all.firstMs = Math.min(this.#all.firstMs, atMs);
      this.#all.lastMs = Math.max(this.#all.lastMs, atMs);
      shown?.minutes.add(atMs);
      for (const [one, key] of resourceKeys.entries()) {
        const peak = peaks[one]?.[place] ?? 0;
        const sum = sums[one]?.[place] ?? 0;
        if (sum > 0 || peak > 0)
          shown?.strips.get(key)?.add(atMs, sum / Math.max(seconds, 1e-9), peak > 0 ? threeDigits(peak) : null, seconds);
      }
    }
  }

  add({ minutes, groups }: NamesIndex): void {
    this.#columns += groups.length;
    const inside = minutes.map((minute) => (this.#isInside(minute.atMs) ? minute : undefined));
    for (const minute of inside) this.#leftOut += minute?.leftOut ?? 0;
    for (const columns of groups) {
      const tally = this.#tallyOf(columns, groupKey(columns));
      if (tally !== undefined) addColumns(tally, columns, inside);
      addColumns(this.#all, columns, inside);
    }
  }

  /** All of them together; undefined when there is none. */
  all(): Found | undefined {
    return this.#all.lastMs < 0 ? undefined : foundOf(this.#all);
  }

  /** Those that did most. Where not all of them have their strips, they are to be looked for again, by their keys. */
  top(count: number): { readonly matches: readonly Match[]; readonly again?: ReadonlySet<number> } {
    const top = [...this.#tallies]
      .filter(([, { lastMs }]) => lastMs >= 0)
      .sort(([, a], [, b]) => b.work - a.work || b.lastMs - a.lastMs)
      .slice(0, count);
    const matches = top.map(([, tally]) => ({ ...tally.labels, ...foundOf(tally) }));
    const isWhole = !this.#isBrief && top.every(([, { shown }]) => shown !== undefined);
    return isWhole ? { matches } : { matches, again: new Set(top.map(([key]) => key)) };
  }

  #isInside(atMs: number): boolean {
    return atMs + minuteMs > this.#range.fromMs && atMs < this.#range.toMs;
  }

  #tallyOf(labels: GroupLabels, key: number): Tally | undefined {
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    if (this.#tallies.size >= mostGroups) {
      this.#hasMore = true;
      return undefined;
    }
    const tally = this.#newTally(labelsOf(labels), this.#shown++ < mostShown);
    this.#tallies.set(key, tally);
    return tally;
  }

  #newTally(labels: GroupLabels, isShown: boolean): Tally {
    const { fromMs, toMs } = this.#range;
    const bare = { labels, firstMs: Number.POSITIVE_INFINITY, lastMs: -1, work: 0 };
    if (!isShown) return bare;
    const minutes = new MinuteSet(Math.floor(fromMs / minuteMs) * minuteMs, toMs);
    return { ...bare, shown: { minutes, strips: new Map(resourceKeys.map((key) => [key, new Strip(this.#range)])) } };
  }
}

function addColumns(tally: Tally, { at, usage }: GroupColumns, minutes: readonly (IndexedMinute | undefined)[]): void {
  const { shown } = tally;
  for (const index of at) {
    const minute = minutes[index];
    if (minute === undefined) continue;
    if (minute.atMs < tally.firstMs) tally.firstMs = minute.atMs;
    if (minute.atMs > tally.lastMs) tally.lastMs = minute.atMs;
    shown?.minutes.add(minute.atMs);
  }
  for (const key of resourceKeys) {
    const values = usage[key];
    if (values === undefined) continue;
    const means = "mean" in values ? values.mean : values;
    const peaks = "peak" in values ? values.peak : values;
    const strip = shown?.strips.get(key);
    let sum = 0;
    for (let place = 0; place < at.length; place++) {
      const minute = minutes[at[place] ?? -1];
      if (minute === undefined) continue;
      const mean = means[place] ?? 0;
      sum += mean * minute.seconds;
      strip?.add(minute.atMs, mean, peaks[place] ?? null, minute.seconds);
    }
    tally.work += workOf(key, sum);
  }
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}

function workOf(key: ResourceKey, sum: number): number {
  if (key === "cpuCores") return sum;
  return key === "readBytesPerSecond" || key === "writtenBytesPerSecond" ? sum / bytesPerCoreSecond : 0;
}

function foundOf({ firstMs, lastMs, shown }: Tally): Found {
  const usages = [...(shown?.strips ?? [])].flatMap(([key, strip]): readonly (readonly [ResourceKey, FoundUsage])[] => {
    const { isKnown, total, peak, peakAtMs } = strip;
    if (!isKnown || (total === 0 && !peak)) return [];
    const isLevel = resourceFigure(key).level === true;
    const facts = defined({
      total: isLevel ? undefined : total,
      peak: peakAtMs === undefined ? undefined : peak,
      peakAtMs: peak === undefined ? undefined : peakAtMs,
    });
    return [[key, { ...facts, strip: strip.series(isLevel) }]];
  });
  return { firstMs, lastMs, ran: shown?.minutes.stretches() ?? [], usage: Object.fromEntries(usages) };
}
