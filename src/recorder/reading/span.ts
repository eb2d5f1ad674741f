/** A stretch of the recording, from segments and from memory. */

import { reasonOf } from "../../model/errors.ts";
import type { RecordedLine } from "../format/line.ts";
import type { NamedMinute } from "../format/names.ts";
import type { RecordedSpan } from "../format/recording.ts";
import type { Segment } from "../format/segmentNames.ts";
import { mergeLines } from "./merge.ts";
import { listSegments } from "./segmentFiles.ts";
import { OpenSegment, type Say } from "./segmentReader.ts";

/** What a recording is read from. */
export interface RecordingSources {
  readonly directory: string;
  /** The newest lines in memory. */
  readonly ring: { between(fromMs: number, toMs: number): readonly RecordedLine[] };
  readonly say: Say;
  /** Who ran in the minute that is not over yet, where one is being recorded. */
  readonly names?: () => NamedMinute | undefined;
}

/** Holds the lines of a time. Only hours should be held: every ten minutes are a file that is open. */
export async function openSpan(sources: RecordingSources, fromMs: number, toMs: number): Promise<RecordedSpan> {
  // first what is in memory: what leaves it while the files are opened is in them
  const recent = inOrder(sources.ring.between(fromMs, toMs));
  const opened: OpenSegment[] = [];
  for (const segment of segmentsIn(await listSegmentsOrSay(sources), fromMs, toMs)) {
    const open = await openOrSay(sources, segment);
    if (open !== undefined) opened.push(open);
  }
  return {
    [Symbol.asyncIterator]: () => mergeLines([...opened, ...recentSource(recent)], fromMs, toMs),
    close: async () => {
      for (const segment of opened.splice(0)) await segment.close();
    },
  };
}

/** Goes once through the lines of a time, with no more than a file or two open. */
export async function* readLines(sources: RecordingSources, fromMs: number, toMs: number): AsyncGenerator<RecordedLine> {
  const recent = inOrder(sources.ring.between(fromMs, toMs));
  const segments = segmentsIn(await listSegmentsOrSay(sources), fromMs, toMs);
  const files = segments.map((segment) => ({ startMs: segment.startMs, lines: () => linesOf(sources, segment) }));
  yield* mergeLines([...files, ...recentSource(recent)], fromMs, toMs);
}

/** The lines of one segment; none when it has gone or cannot be read. */
export async function* linesOf(sources: Pick<RecordingSources, "directory" | "say">, segment: Segment): AsyncGenerator<RecordedLine> {
  const open = await openOrSay(sources, segment);
  try {
    if (open !== undefined) yield* open.lines();
  } finally {
    await open?.close();
  }
}

/** Segments that may hold lines of a time. */
export function segmentsIn(segments: readonly Segment[], fromMs: number, toMs: number): readonly Segment[] {
  return segments.filter(({ startMs, endMs }) => startMs <= toMs && endMs > fromMs);
}

/** A disk that cannot be read does not hide what is in memory. */
export async function listSegmentsOrSay({ directory, say }: RecordingSources): Promise<readonly Segment[]> {
  try {
    return await listSegments(directory);
  } catch (error) {
    say(directory, String(error));
    return [];
  }
}

async function openOrSay(
  { directory, say }: Pick<RecordingSources, "directory" | "say">,
  segment: Segment,
): Promise<OpenSegment | undefined> {
  try {
    return await OpenSegment.open(directory, segment, say);
  } catch (error) {
    say(segment.stem, `it cannot be opened: ${reasonOf(error)}`);
    return undefined;
  }
}

function recentSource(lines: readonly RecordedLine[]) {
  const [first] = lines;
  return first === undefined ? [] : [{ startMs: first.takenAtMs, lines: () => lines }];
}

/** The ring is in the order of the ticks, and the clock may have been set back between them. */
function inOrder(lines: readonly RecordedLine[]): readonly RecordedLine[] {
  const isSorted = lines.every((line, index) => index === 0 || line.takenAtMs >= (lines[index - 1]?.takenAtMs ?? 0));
  return isSorted ? lines : [...lines].sort((a, b) => a.takenAtMs - b.takenAtMs);
}
