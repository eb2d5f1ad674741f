/**
 * Gathers who ran in a minute, from all groups of every Snapshot: a line of the recording has room for the busiest only.
 *
 * Who sleeps costs a look at a few numbers and no memory; who runs has one entry a minute.
 */
import { defined } from "../model/defined.ts";
import { type GroupLabels, type GroupUsage, isNamed, labelsOf } from "../model/group.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { atOnce, eachInSteps, mapInSteps, type Steps } from "../model/steps.ts";
import { type ResourceKey, resourceFigure, resourceKeys } from "../model/usage.ts";
import { mostNamesPerMinute, type NamedMinute, ran } from "./format/names.ts";
import { type GroupRollup, type Stat, secondsOf } from "./format/rollup.ts";
import { minuteMs } from "./format/summary.ts";

interface Entry {
  readonly labels: GroupLabels;
  seconds: number;
  readonly sums: Float64Array;
  /** NaN where it is not known. */
  readonly peaks: Float64Array;
  /** A bit for each resource of which something is known. */
  known: number;
}

/** So much read or written weighs as much as a second of a core. */
const bytesPerCoreSecond = 1e8;

/** The minute that runs. */
export class NamesOfMinute {
  #minute: number | undefined;
  #entries = new Map<string, Entry>();
  #seconds = 0;
  #leftOut = 0;

  /** Takes a Snapshot in; gives the minute before, where this one begins another. */
  *take(snapshot: Snapshot): Steps<NamedMinute | undefined> {
    const minute = Math.floor(snapshot.takenAtMs / minuteMs);
    const finished = minute === this.#minute ? undefined : yield* this.finish();
    this.#minute = minute;
    const seconds = secondsOf(snapshot);
    this.#seconds += seconds;
    yield* eachInSteps(snapshot.groups, (group) => {
      if (ran(group.usage) && isNamed(group)) this.#add(group, seconds, snapshot.gap);
    });
    return finished;
  }

  /** What is known of the minute that runs; undefined before there is one. */
  current(): NamedMinute | undefined {
    return atOnce(this.#told());
  }

  /** Ends the minute, and gives it. */
  *finish(): Steps<NamedMinute | undefined> {
    if (this.#entries.size > mostNamesPerMinute) this.#dropIdlest();
    const minute = yield* this.#told();
    this.#minute = undefined;
    this.#entries = new Map();
    this.#seconds = 0;
    this.#leftOut = 0;
    return minute;
  }

  *#told(): Steps<NamedMinute | undefined> {
    const minute = this.#minute;
    if (minute === undefined) return undefined;
    const seconds = this.#seconds;
    return defined({
      atMs: minute * minuteMs,
      seconds,
      leftOut: this.#leftOut > 0 ? this.#leftOut : undefined,
      groups: yield* mapInSteps([...this.#entries.values()], (entry) => rollupOf(entry, seconds)),
    });
  }

  #add(group: GroupUsage, seconds: number, isGap: boolean): void {
    let entry = this.#entries.get(group.id);
    if (entry === undefined) {
      if (this.#entries.size >= 2 * mostNamesPerMinute) this.#dropIdlest();
      const size = resourceKeys.length;
      entry = {
        labels: labelsOf(group),
        seconds: 0,
        sums: new Float64Array(size),
        peaks: new Float64Array(size).fill(Number.NaN),
        known: 0,
      };
      this.#entries.set(group.id, entry);
    }
    entry.seconds += seconds;
    for (let place = 0; place < resourceKeys.length; place++) {
      const value = group.usage[resourceKeys[place] as ResourceKey];
      if (value === undefined) continue;
      entry.sums[place] = (entry.sums[place] ?? 0) + value * seconds;
      entry.known |= 1 << place;
      // a gap is no second
      if (!isGap && !((entry.peaks[place] ?? 0) >= value)) entry.peaks[place] = value;
    }
  }

  #dropIdlest(): void {
    const byWork = [...this.#entries].sort(([, a], [, b]) => workOf(b) - workOf(a));
    this.#leftOut += byWork.length - mostNamesPerMinute;
    this.#entries = new Map(byWork.slice(0, mostNamesPerMinute));
  }
}

const places = new Map(resourceKeys.map((key, place) => [key, place]));

function workOf({ sums }: Entry): number {
  const sum = (key: ResourceKey) => sums[places.get(key) ?? 0] ?? 0;
  return sum("cpuCores") + (sum("readBytesPerSecond") + sum("writtenBytesPerSecond")) / bytesPerCoreSecond;
}

/** Over the whole minute; of what is held, over the seconds in which it ran. */
function rollupOf({ labels, seconds: ranSeconds, sums, peaks, known }: Entry, seconds: number): GroupRollup {
  const stats = resourceKeys.flatMap((key, place): readonly (readonly [ResourceKey, Stat])[] => {
    if ((known & (1 << place)) === 0) return [];
    const mean = (sums[place] ?? 0) / Math.max(resourceFigure(key).level ? ranSeconds : seconds, 1e-9);
    const peak = peaks[place] ?? Number.NaN;
    if (mean === 0 && peak === 0) return [];
    return [[key, Number.isNaN(peak) ? { mean } : { mean, peak }]];
  });
  return { ...labels, usage: Object.fromEntries(stats) };
}
