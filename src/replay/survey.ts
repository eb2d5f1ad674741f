/** What a recording holds: from when to when, how much of it, its last second, and the spikes where nobody has kept them. */
import { EventFinder } from "../events/eventFinder.ts";
import type { FilesystemReading } from "../model/devices.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { HostUsage } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { RecordedLines, RecordedSnapshot } from "../recorder/format/line.ts";
import { parseRecorded } from "../recorder/format/parseLine.ts";
import { rollupOf } from "../recorder/format/rollup.ts";
import { type Segment, slotMs } from "../recorder/format/segmentNames.ts";
import { rangeOf } from "../recorder/ranges/range.ts";
import type { ReadOnlyRecording } from "../recorder/reading/readOnly.ts";
import { listSegments } from "../recorder/reading/segmentFiles.ts";
import { SpikeFinder } from "./spikesOf.ts";

/** The last second that is recorded, with what lines before it have said of its file systems. */
export interface LastSecond {
  readonly takenAtMs: number;
  readonly host: HostUsage;
}

interface Survey {
  readonly fromMs: number;
  readonly toMs: number;
  /** How much of that time is recorded; where only its ends were read, of these. */
  readonly seconds: number;
  readonly last: LastSecond;
  /** Lines that have the time of a second and are none. */
  readonly badLines: BadLines;
  /** Undefined where they were not looked for. */
  readonly spikes?: readonly Spike[];
  readonly events?: readonly MachineEvent[];
}

/** How many there are, and when the first of them says that it was taken. */
export interface BadLines {
  readonly count: number;
  readonly firstMs?: number;
}

const usualStepMs = 21_600_000;
const mostSteps = 5000;

/** Goes through every second, and tells where it is. Undefined when there is none. */
export async function surveyAll(
  recording: ReadOnlyRecording,
  signal: AbortSignal,
  onSecond: (takenAtMs: number) => void = () => undefined,
): Promise<Survey | undefined> {
  const finder = new SpikeFinder();
  const happened = new EventFinder();
  const events: MachineEvent[] = [];
  const facts = await readFacts(recording.through(0, Number.MAX_SAFE_INTEGER), (second) => {
    signal.throwIfAborted();
    finder.add(second);
    events.push(...happened.take(second));
    onSecond(second.takenAtMs);
  });
  return facts === undefined ? undefined : { ...facts, spikes: finder.result(), events };
}

/** Only its ends. */
export async function surveyEnds(recording: ReadOnlyRecording, directory: string, signal: AbortSignal): Promise<Survey | undefined> {
  const segments = await listSegments(directory);
  const firstMs = await firstSecondMs(recording, segments, signal);
  if (firstMs === undefined) return undefined;
  // the newest may hold no second yet
  for (const { startMs } of [...segments].sort((a, b) => b.startMs - a.startMs)) {
    const end = await readFacts(recording.through(Math.max(startMs, firstMs), Number.MAX_SAFE_INTEGER), () => signal.throwIfAborted());
    if (end !== undefined) return { ...end, fromMs: firstMs };
  }
  return undefined;
}

async function firstSecondMs(recording: ReadOnlyRecording, segments: readonly Segment[], signal: AbortSignal): Promise<number | undefined> {
  const [first] = segments;
  for await (const line of recording.through(first?.startMs ?? 0, Number.MAX_SAFE_INTEGER)) {
    signal.throwIfAborted();
    const second = parseRecorded(line);
    if (second !== undefined) return second.takenAtMs;
  }
  return undefined;
}

/** The same without looking at every second: from summaries, where there are some. */
export async function surveyQuickly(recording: ReadOnlyRecording, directory: string, signal: AbortSignal): Promise<Survey | undefined> {
  const segments = await listSegments(directory);
  const [first, newest] = [segments[0], segments.at(-1)];
  if (first === undefined || newest === undefined) return undefined;
  const stepMs = Math.max(usualStepMs, Math.ceil((newest.endMs - first.startMs) / mostSteps / slotMs) * slotMs);
  const { covered, seconds } = await recording.lookBack.downsampled(rangeOf({ fromMs: first.startMs, toMs: newest.endMs, stepMs }), signal);
  if (covered === undefined) return undefined;
  const end = await readFacts(recording.through(Math.min(newest.startMs, covered.toMs), Number.MAX_SAFE_INTEGER), () =>
    signal.throwIfAborted(),
  );
  if (end === undefined) return undefined;
  return { ...end, fromMs: covered.fromMs, seconds: seconds.reduce((sum, one) => sum + one, 0) };
}

async function readFacts(
  lines: RecordedLines,
  each: (second: RecordedSnapshot) => void,
): Promise<Omit<Survey, "spikes" | "events"> | undefined> {
  let fromMs: number | undefined;
  let last: RecordedSnapshot | undefined;
  let filesystems: readonly FilesystemReading[] | undefined;
  let seconds = 0;
  let badLines: BadLines = { count: 0 };
  for await (const line of lines) {
    const second = parseRecorded(line);
    if (second === undefined) {
      badLines = { count: badLines.count + 1, firstMs: badLines.firstMs ?? line.takenAtMs };
      continue;
    }
    fromMs ??= second.takenAtMs;
    filesystems = second.host.filesystems ?? filesystems;
    seconds += rollupOf(second).seconds;
    last = second;
    each(second);
  }
  if (last === undefined || fromMs === undefined) return undefined;
  const { takenAtMs, host } = last;
  return {
    fromMs,
    toMs: takenAtMs,
    seconds,
    badLines,
    last: { takenAtMs, host: filesystems === undefined ? host : { ...host, filesystems } },
  };
}
