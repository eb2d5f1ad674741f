/** What a span of seconds says of each group: before the trouble and since. A fold over the recorder's lines. */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, groupId, labelsOf } from "../../model/group.ts";
import { type RecordedFigure, type RecordedValues, recordedValues } from "../../model/hostFigures.ts";
import { isWaitForOwnChild } from "../../model/ownChild.ts";
import type { SpikeResource } from "../../model/spikeResource.ts";
import type { RecordedGroup, RecordedLines, RecordedSnapshot } from "../../recorder/format/line.ts";
import { parseRecorded } from "../../recorder/format/parseLine.ts";
import { createJudge, type Judge } from "../../spikes/judge.ts";
import type { Judgement } from "../../spikes/judgement.ts";
import { nextTurn } from "../making/content.ts";
import { judgedTick } from "./judgedTick.ts";

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

/** The span in numbers. */
export interface SpanDigest {
  readonly groups: readonly GroupDigest[];
  /** Where "since" begins: the onset, or the last minute when nearly nothing was recorded after it. */
  readonly sinceMs: number;
  readonly now: RecordedValues;
  readonly highest: ReadonlyMap<RecordedFigure, Highest>;
  /** Processes that waited for their own child in the last second. */
  readonly parentsInFork: ReadonlySet<number>;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly seconds: number;
  /** Who it was, by what has risen since; absent where nothing is recorded since. */
  readonly judgement?: Judgement | undefined;
  /** Stretches between first and last of which nothing is recorded: Culprit was not running, or the machine slept. */
  readonly holes: readonly Hole[];
}

/** Between two lines that lie further apart than ticks do. */
interface Hole {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Fewer seconds than these after the onset are no ground to judge on. */
const fewestSecondsSince = 5;
const lastMinuteMs = 60_000;
/** Two lines further apart than this have a hole between them; an interval is a minute at most. */
const leastHoleMs = 10_000;
const linesPerTurn = 40;

/** How a span is judged where no spike says who it was. */
interface DigestOptions {
  readonly signal?: AbortSignal;
  /** Names the parents of a process that still lives. */
  readonly ancestorsOf?: (pid: number) => readonly string[];
  /** What is judged; left out: what has risen most. */
  readonly resource?: SpikeResource | undefined;
  /** What has risen so long before the onset counts as well, where that shows more: an alert waits before it is sent. */
  readonly delayMs?: number;
}

/** Digests the lines, in turns of the event loop. */
export async function digestSpan(
  lines: RecordedLines,
  onsetMs: number,
  { signal, ancestorsOf, resource, delayMs = 0 }: DigestOptions = {},
): Promise<SpanDigest> {
  const { secondsSince, ...times } = await timesOf(lines, onsetMs);
  const { last } = times;
  const enough = secondsSince >= fewestSecondsSince;
  const sinceMs = enough || last === undefined ? onsetMs : Math.min(onsetMs, last - lastMinuteMs);
  const fold = new Fold(sinceMs);
  const parents = ancestorsOf === undefined ? {} : { ancestorsOf };
  const judge: Judge = createJudge({ sinceMs, ...parents });
  const earlier = delayMs > 0 && enough ? createJudge({ sinceMs: sinceMs - delayMs, ...parents }) : undefined;
  let count = 0;
  for await (const line of lines) {
    const snapshot = parseRecorded(line);
    if (snapshot !== undefined) {
      fold.add(snapshot);
      const tick = judgedTick(snapshot);
      judge.add(tick);
      earlier?.add(tick);
    }
    if (++count % linesPerTurn === 0) await nextTurn();
    signal?.throwIfAborted();
  }
  const judgement = higher(judge.result(resource), earlier?.result(resource));
  return { ...fold.result(), ...times, sinceMs, judgement };
}

/** The judgement that shows the higher rise: a late alert's trouble is before the onset already, and hides in what was before. */
function higher(since: Judgement | undefined, earlier: Judgement | undefined): Judgement | undefined {
  if (since === undefined || earlier === undefined) return since ?? earlier;
  const isSame = since.resource === earlier.resource && since.aspect === earlier.aspect;
  if (!isSame) return since.verdict.basis === "use" ? earlier : since;
  return riseOf(earlier) > riseOf(since) ? earlier : since;
}

function riseOf({ verdict }: Judgement): number {
  return verdict.basis === "use" ? 0 : verdict.shares.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
}

/** What the lines cover, without looking into them. */
async function timesOf(lines: RecordedLines, onsetMs: number) {
  let first: number | undefined;
  let last: number | undefined;
  let seconds = 0;
  let secondsSince = 0;
  const holes: Hole[] = [];
  // where the interval is long, so is what lies between any two lines
  let usualMs = Number.POSITIVE_INFINITY;
  for await (const { takenAtMs } of lines) {
    if (last !== undefined) {
      usualMs = Math.min(usualMs, takenAtMs - last);
      if (takenAtMs - last > leastHoleMs) holes.push({ fromMs: last, toMs: takenAtMs });
    }
    first ??= takenAtMs;
    last = takenAtMs;
    seconds++;
    if (takenAtMs >= onsetMs) secondsSince++;
  }
  return { first, last, seconds, secondsSince, holes: holes.filter(({ fromMs, toMs }) => toMs - fromMs > 3 * usualMs) };
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

class Fold {
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

  /** A gap is no second: it makes no peak and no part of what was before. Since the onset it counts, for a machine may stall of its trouble. */
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

  result(): Pick<SpanDigest, "groups" | "now" | "highest" | "parentsInFork"> {
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
