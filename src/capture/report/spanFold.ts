/** Adds up what groups used before a moment and since, and the highest figures of the host. */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, groupId, labelsOf } from "../../model/group.ts";
import { type RecordedFigure, type RecordedValues, recordedValues } from "../../model/hostFigures.ts";
import { isWaitForOwnChild } from "../../model/ownChild.ts";
import type { RecordedGroup, RecordedSnapshot } from "../../recorder/format/line.ts";

/** One group over the span. */
export interface GroupDigest {
  readonly labels: GroupLabels;
  /** Mean cores before; undefined when nothing was recorded before. */
  readonly coresBefore?: number;
  /** Mean cores since the onset. */
  readonly coresSince: number;
  readonly peakCores: number;
  readonly peakResidentBytes?: number;
  readonly writtenBytes: number;
  /** Without parents that wait for their own child. */
  readonly mostUninterruptible: number;
}

/** The highest value of a figure, and when it was. */
interface Highest {
  readonly value: number;
  readonly atMs: number;
}

/** What the fold of a span gives. */
export interface FoldedSpan {
  readonly groups: readonly GroupDigest[];
  readonly now: RecordedValues;
  readonly highest: ReadonlyMap<RecordedFigure, Highest>;
  /** Processes that waited for their own child in the last second. */
  readonly parentsInFork: ReadonlySet<number>;
}

interface Sums {
  coreSeconds: number;
  /** Time in which this group's CPU was not known. */
  unknownSeconds: number;
}

interface GroupSums {
  readonly labels: GroupLabels;
  readonly before: Sums;
  readonly since: Sums;
  peakCores: number;
  peakResidentBytes: number | undefined;
  writtenBytes: number;
  mostUninterruptible: number;
}

interface TickFacts {
  readonly elapsedSeconds: number;
  readonly isSince: boolean;
  readonly gap: boolean;
  readonly parentsInFork: number;
}

/** Takes recorded seconds in, one after the other. */
export class SpanFold {
  readonly #sinceMs: number;
  readonly #groups = new Map<string, GroupSums>();
  readonly #highest = new Map<RecordedFigure, Highest>();
  #now: RecordedValues = {};
  #parentsInFork: ReadonlySet<number> = new Set();
  #beforeSeconds = 0;
  #sinceSeconds = 0;

  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  /** A gap adds no peak and nothing to the time before. Since the onset it counts, for the trouble itself may have stalled the machine. */
  add({ takenAtMs, elapsedSeconds = 0, gap, host, groups, processes = [] }: RecordedSnapshot): void {
    this.#now = recordedValues(host);
    const parents = processes.filter(({ waitChannel }) => isWaitForOwnChild(waitChannel));
    this.#parentsInFork = new Set(parents.map(({ pid }) => pid));
    if (!gap) this.#findHighest(takenAtMs);
    const isSince = takenAtMs >= this.#sinceMs;
    if (gap && !isSince) return;
    if (isSince) this.#sinceSeconds += elapsedSeconds;
    else this.#beforeSeconds += elapsedSeconds;
    for (const group of groups) {
      const parentsInFork = parents.filter(({ process }) => process === group.process).length;
      this.#addGroup(group, { elapsedSeconds, isSince, gap, parentsInFork });
    }
  }

  #findHighest(takenAtMs: number): void {
    for (const [name, value] of Object.entries(this.#now) as [RecordedFigure, number | undefined][]) {
      if (value !== undefined && value > (this.#highest.get(name)?.value ?? Number.NEGATIVE_INFINITY)) {
        this.#highest.set(name, { value, atMs: takenAtMs });
      }
    }
  }

  #addGroup({ usage, ...labels }: RecordedGroup, { elapsedSeconds, isSince, gap, parentsInFork }: TickFacts): void {
    const sums = this.#sumsOf(labels);
    const side = isSince ? sums.since : sums.before;
    if (usage.cpuCores === undefined) side.unknownSeconds += elapsedSeconds;
    else {
      side.coreSeconds += usage.cpuCores * elapsedSeconds;
      if (!gap) sums.peakCores = Math.max(sums.peakCores, usage.cpuCores);
    }
    if (usage.residentBytes !== undefined) sums.peakResidentBytes = Math.max(sums.peakResidentBytes ?? 0, usage.residentBytes);
    sums.writtenBytes += (usage.writtenBytesPerSecond ?? 0) * elapsedSeconds;
    sums.mostUninterruptible = Math.max(sums.mostUninterruptible, (usage.uninterruptibleTasks ?? 0) - parentsInFork);
  }

  #sumsOf(labels: GroupLabels): GroupSums {
    const key = groupId(labels);
    let sums = this.#groups.get(key);
    if (sums === undefined) {
      const empty = () => ({ coreSeconds: 0, unknownSeconds: 0 });
      sums = {
        labels: labelsOf(labels),
        before: empty(),
        since: empty(),
        peakCores: 0,
        peakResidentBytes: undefined,
        writtenBytes: 0,
        mostUninterruptible: 0,
      };
      this.#groups.set(key, sums);
    }
    return sums;
  }

  result(): FoldedSpan {
    const groups = [...this.#groups.values()].map((sums): GroupDigest => {
      const coresBefore = mean(sums.before, this.#beforeSeconds);
      return defined({
        labels: sums.labels,
        coresBefore,
        coresSince: mean(sums.since, this.#sinceSeconds) ?? 0,
        peakCores: sums.peakCores,
        peakResidentBytes: sums.peakResidentBytes,
        writtenBytes: sums.writtenBytes,
        mostUninterruptible: sums.mostUninterruptible,
      });
    });
    return { groups, now: this.#now, highest: this.#highest, parentsInFork: this.#parentsInFork };
  }
}

/** A group that is not in a line was not there: it counts as nothing for that time. */
function mean({ coreSeconds, unknownSeconds }: Sums, totalSeconds: number): number | undefined {
  const knownSeconds = totalSeconds - unknownSeconds;
  return knownSeconds > 0 ? coreSeconds / knownSeconds : undefined;
}
