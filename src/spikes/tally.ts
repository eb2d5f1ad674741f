/** What everybody used over a stretch of time, added up tick by tick: a process that dies before the end stays in it. */
import { type GroupLabels, type GroupUsage, labelsOf } from "../model/group.ts";
import type { HostFigureName } from "../model/hostFigures.ts";
import { perResource, type ResourceKey, resourceKeys } from "../model/usage.ts";
import { type LineFigures, noFigures, type WatchedValues, watchedFigures } from "./figures.ts";
import type { Glimpse } from "./history.ts";
import { ProcessTally } from "./processTally.ts";

interface LineTally {
  readonly labels: GroupLabels;
  /** Figures times seconds. */
  readonly sums: Record<ResourceKey, number>;
  /** Bytes written in the time before: what is written now may reach the disk half a minute later. */
  earlierWrittenBytes: number;
  /** Memory when the machine had used most. */
  residentAtPeak: number;
}

/** So much above the peak before is worth looking at everybody's memory again. */
const newPeakRatio = 1.002;

/** Adds up. */
export class Tally {
  readonly processes = new ProcessTally();
  readonly lines = new Map<string, LineTally>();
  readonly #hostSums: Partial<Record<HostFigureName, number>> = {};
  readonly #hostSeconds: Partial<Record<HostFigureName, number>> = {};
  #seconds = 0;
  #earlierSeconds = 0;
  #peakUsedBytes = 0;
  #cores = 1;

  /** Seconds that were added up. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Seconds before, of which only the writes count. */
  get earlierSeconds(): number {
    return this.#earlierSeconds;
  }

  /** The most memory that the machine had used. */
  get peakUsedBytes(): number {
    return this.#peakUsedBytes;
  }

  get cores(): number {
    return this.#cores;
  }

  /** Mean of a figure of the machine; undefined where it was never told. */
  host(key: HostFigureName): number | undefined {
    const seconds = this.#hostSeconds[key] ?? 0;
    return seconds > 0 ? (this.#hostSums[key] ?? 0) / seconds : undefined;
  }

  /** Means of a line; its memory is that of the machine's peak. */
  line(id: string): LineFigures {
    const line = this.lines.get(id);
    if (line === undefined || this.#seconds === 0) return noFigures;
    const mean = (key: ResourceKey) => line.sums[key] / this.#seconds;
    return { ...perResource(mean), residentBytes: line.residentAtPeak };
  }

  /** Adds a tick with the figures of its host. */
  add(snapshot: Omit<Glimpse, "takenAtMs">, seconds: number, figures: WatchedValues): void {
    this.#seconds += seconds;
    this.#cores = snapshot.host.cpu?.cores ?? this.#cores;
    for (const { name: key } of watchedFigures) {
      const value = figures[key];
      if (value === undefined) continue;
      this.#hostSums[key] = (this.#hostSums[key] ?? 0) + value * seconds;
      this.#hostSeconds[key] = (this.#hostSeconds[key] ?? 0) + seconds;
    }
    for (const group of snapshot.groups) this.#addGroup(group, seconds);
    this.#findPeak(snapshot.groups, figures.usedBytes ?? 0);
    for (const process of snapshot.processes) this.processes.add(process, seconds);
  }

  /** Adds what was written in a tick before. */
  addEarlier({ groups, processes }: Pick<Glimpse, "groups" | "processes">, seconds: number): void {
    this.#earlierSeconds += seconds;
    for (const group of groups) {
      const { writtenBytesPerSecond = 0 } = group.usage;
      if (writtenBytesPerSecond > 0) this.#lineOf(group).earlierWrittenBytes += writtenBytesPerSecond * seconds;
    }
    for (const process of processes) this.processes.addEarlier(process, seconds);
  }

  #addGroup(group: GroupUsage, seconds: number): void {
    const { usage } = group;
    let line: LineTally | undefined;
    for (const key of resourceKeys) {
      const value = usage[key];
      // most groups do nothing most of the time
      if (value === undefined || value === 0) continue;
      line ??= this.#lineOf(group);
      line.sums[key] += value * seconds;
    }
  }

  #findPeak(groups: readonly GroupUsage[], usedBytes: number): void {
    if (usedBytes <= this.#peakUsedBytes * newPeakRatio) return;
    this.#peakUsedBytes = usedBytes;
    for (const line of this.lines.values()) line.residentAtPeak = 0;
    for (const group of groups) {
      if (group.usage.residentBytes !== undefined) this.#lineOf(group).residentAtPeak = group.usage.residentBytes;
    }
  }

  #lineOf(group: GroupUsage): LineTally {
    let line = this.lines.get(group.id);
    if (line === undefined) {
      line = { labels: labelsOf(group), sums: { ...noFigures }, earlierWrittenBytes: 0, residentAtPeak: 0 };
      this.lines.set(group.id, line);
    }
    return line;
  }
}
