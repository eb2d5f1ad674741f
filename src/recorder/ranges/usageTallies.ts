/** What many used over a stretch of time, each by itself: means and peaks of those of whom only the busiest seconds are known. Pure. */
import { type ResourceKey, type ResourceUsage, resourceFigure, resourceKeys } from "../../model/usage.ts";

interface Used {
  readonly usage: ResourceUsage;
}

type Sums = { [Resource in ResourceKey]?: number };

/** One of them: as it was last seen, and what it used. */
export interface UsageTally<Item extends Used> {
  readonly newest: Item;
  readonly mean: ResourceUsage;
  /** The highest second of each. */
  readonly peak: ResourceUsage;
}

interface Tally<Item extends Used> {
  newest: Item;
  seenSeconds: number;
  readonly sums: Sums;
  readonly peaks: Sums;
}

/** Adds up, by key. */
export class UsageTallies<Key, Item extends Used> {
  readonly #mostKept: number;
  #tallies = new Map<Key, Tally<Item>>();

  /** Beyond `mostKept` only the quarter of them is kept that used most CPU. */
  constructor(mostKept = Number.POSITIVE_INFINITY) {
    this.#mostKept = mostKept;
  }

  /** It used this for so many seconds. */
  add(key: Key, item: Item, seconds: number): void {
    const tally = this.#tallies.get(key) ?? { newest: item, seenSeconds: 0, sums: {}, peaks: {} };
    this.#tallies.set(key, tally);
    tally.newest = item;
    tally.seenSeconds += seconds;
    for (const resource of resourceKeys) {
      const value = item.usage[resource];
      if (value === undefined) continue;
      tally.sums[resource] = (tally.sums[resource] ?? 0) + value * seconds;
      tally.peaks[resource] = Math.max(tally.peaks[resource] ?? value, value);
    }
    if (this.#tallies.size > this.#mostKept) this.#tallies = new Map(this.#byCpu().slice(0, this.#mostKept / 4));
  }

  /** Of one of them, over so many seconds: in those in which it was not seen it used nothing, but held its memory. */
  of(key: Key, seconds: number): UsageTally<Item> | undefined {
    const tally = this.#tallies.get(key);
    return tally && resultOf(tally, seconds);
  }

  /** Of all, most CPU first. */
  all(seconds: number): readonly UsageTally<Item>[] {
    return this.#byCpu().map(([, tally]) => resultOf(tally, seconds));
  }

  #byCpu(): readonly (readonly [Key, Tally<Item>])[] {
    return [...this.#tallies].sort(([, a], [, b]) => (b.sums.cpuCores ?? 0) - (a.sums.cpuCores ?? 0));
  }
}

function resultOf<Item extends Used>({ newest, seenSeconds, sums, peaks }: Tally<Item>, seconds: number): UsageTally<Item> {
  const mean: Sums = {};
  for (const resource of resourceKeys) {
    const sum = sums[resource];
    if (sum !== undefined) mean[resource] = sum / Math.max(resourceFigure(resource).level ? seenSeconds : seconds, 1e-9);
  }
  return { newest, mean, peak: peaks };
}
