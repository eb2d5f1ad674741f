/** Looks for names in a recording: by its index, and where there is none by its summaries or its lines. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { GroupLabels } from "../../model/group.ts";
import type { RecordedLines } from "../format/line.ts";
import { type BriefIndex, fromRollup, type NamedMinute, type NamesIndex, namesKey, type Wanted } from "../format/names.ts";
import { groupKey } from "../format/nameTotals.ts";
import type { Rollup } from "../format/rollup.ts";
import type { Segment } from "../format/segmentNames.ts";
import { minuteMs, summarise } from "../format/summary.ts";
import { Matches } from "../ranges/matches.ts";
import type { Range } from "../ranges/range.ts";
import { SearchCoverage, type SearchResult } from "../ranges/searchResult.ts";
import { KnownBySecond } from "./knownBySecond.ts";
import { daysIn, listDays, readDayNames } from "./readDay.ts";
import { readNamedMinutes, readNames, readNameTotals, wantedIn } from "./readNames.ts";
import { readSummary } from "./readSummary.ts";
import { linesOf, listSegmentsOrSay, type RecordingSources, segmentsIn } from "./span.ts";

/** What is looked for, and how much of what is found is told. */
export interface SearchQuestion {
  readonly wanted: Wanted;
  readonly range: Range;
  readonly limit: number;
}

/** Whether what the groups of a segment came to is enough to know of it. */
type IsEnough = (segment: Pick<Segment, "startMs" | "endMs">) => boolean;

/** Those that are looked for, minute by minute, or what all of a segment came to. */
type AnyIndex = NamesIndex | BriefIndex;

interface Looking {
  readonly range: Range;
  readonly wanted: Wanted;
  readonly isEnough: IsEnough;
}

/** So many files are read at once. */
const mostAtOnce = 8;

/** Looks. Gives up with the signal's reason when nobody waits for it any more. */
export async function search(sources: RecordingSources, question: SearchQuestion, signal?: AbortSignal): Promise<SearchResult> {
  return searchIn((wanted, isEnough) => indexesOf(sources, { range: question.range, wanted, isEnough }), question, signal);
}

/** The same wherever indexes come from, which are asked for once or twice. */
export async function searchIn(
  indexesOfWanted: (wanted: Wanted, isEnough: IsEnough) => AsyncIterable<AnyIndex>,
  { wanted, range, limit }: SearchQuestion,
  signal?: AbortSignal,
): Promise<SearchResult> {
  const found = new Matches(range);
  const coverage = new SearchCoverage(range);
  for await (const index of indexesOfWanted(wanted, (segment) => found.takesTotalsOf(segment))) {
    signal?.throwIfAborted();
    if ("keys" in index) found.addTotals(index, wanted);
    else found.add(index);
    coverage.add(index);
  }
  let { matches, again } = found.top(limit);
  if (again !== undefined) {
    const keys = again;
    const only = new Set(matches.map(namesKey));
    const shown = new Matches(range);
    const isOne = (labels: GroupLabels) => keys.has(groupKey(labels));
    for await (const index of indexesOfWanted({ ...wanted, only, isWanted: isOne }, () => false)) {
      signal?.throwIfAborted();
      if (!("keys" in index)) shown.add(index);
    }
    matches = shown.top(limit).matches;
  }
  const { total, hasMore, leftOut } = found;
  return { ...coverage.result(), total, hasMore, leftOut, matches, all: found.all() };
}

async function* indexesOf(sources: RecordingSources, { range, wanted, isEnough }: Looking): AsyncGenerator<AnyIndex> {
  const { fromMs, toMs } = range;
  const current = sources.names?.();
  let lastMs = 0;
  const segments = await listSegmentsOrSay(sources);
  yield* namesOfDays(sources, segments, range, wanted);
  const looked = ahead(segmentsIn(segments, fromMs, toMs - 1), async (one): Promise<readonly AnyIndex[]> => {
    const totals = isEnough(one) ? await readNameTotals(sources.directory, one) : undefined;
    return totals === undefined ? indexOfSegment(sources, one, wanted) : [totals];
  });
  for await (const index of looked) {
    lastMs = Math.max(lastMs, index.minutes.at(-1)?.atMs ?? 0);
    yield index;
    await nextTurn();
  }
  const inMemory = sources.ring.between(lastMs === 0 ? fromMs : lastMs + minuteMs, (current?.atMs ?? toMs) - 1);
  if (inMemory.length > 0) yield* await indexOfLines(inMemory, wanted);
  if (current !== undefined) yield wantedIn([current], wanted);
}

/** Of what no segment is left. */
async function* namesOfDays(
  { directory }: RecordingSources,
  segments: readonly Segment[],
  range: Range,
  wanted: Wanted,
): AsyncGenerator<NamesIndex> {
  const seconds = new KnownBySecond(segments);
  for (const day of daysIn(await listDays(directory), range)) {
    for await (const { minutes, groups } of readDayNames(directory, day, range, wanted)) {
      const isGone = minutes.map(({ atMs }) => !seconds.has(atMs));
      // what is left of it is told by its segment: here it has no place
      yield { minutes: minutes.map((minute, place) => (isGone[place] ? minute : { ...minute, atMs: Number.NEGATIVE_INFINITY })), groups };
      await nextTurn();
    }
  }
}

async function indexOfSegment(sources: RecordingSources, segment: Segment, wanted: Wanted): Promise<readonly NamesIndex[]> {
  const { directory } = sources;
  const index = await readNames(directory, segment, wanted);
  if (index !== undefined) return [index];
  // while a segment is packed its summary is there first
  const minutes = segment.summarised && !segment.named ? await readSummary(directory, segment, "minutes") : undefined;
  return minutes === undefined ? indexOfUnpacked(sources, segment, wanted) : [ofRollups(minutes, wanted)];
}

/** What was gathered so far, and of minutes that were not what the lines tell. The minute that runs has its index in memory. */
async function indexOfUnpacked(sources: RecordingSources, segment: Segment, wanted: Wanted): Promise<readonly NamesIndex[]> {
  const current = sources.names?.();
  const gathered = await readNamedMinutes(sources.directory, segment.stem);
  // packing may have been quicker
  const packed = gathered.length === 0 && segment.named ? await readNames(sources.directory, segment, wanted) : undefined;
  if (packed !== undefined) return [packed];
  const index = gathered.length === 0 ? [] : [wantedIn(gathered, wanted)];
  // what comes behind it memory tells as well
  if (current !== undefined && (gathered.length > 0 || segment.startMs >= current.atMs)) return index;
  const known = new Set(gathered.map(({ atMs }) => atMs));
  const summary = await summarise(linesOf(sources, segment));
  const rest = (summary?.minutes ?? []).filter(({ atMs }) => !known.has(atMs) && atMs !== current?.atMs);
  return rest.length === 0 ? index : [...index, ofRollups(rest, wanted)];
}

async function indexOfLines(lines: RecordedLines, wanted: Wanted): Promise<readonly NamesIndex[]> {
  const summary = await summarise(lines);
  return summary === undefined ? [] : [ofRollups(summary.minutes, wanted)];
}

/** Rollups of minutes as an index. */
export function ofRollups(minutes: readonly Rollup[], wanted: Wanted): NamesIndex {
  return wantedIn(
    minutes.map((minute): NamedMinute => fromRollup(minute)),
    wanted,
  );
}

/** The results in their order, while some of the next are being made already. */
async function* ahead<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<readonly Result[]>): AsyncGenerator<Result> {
  const begun: Promise<readonly Result[]>[] = [];
  let next = 0;
  try {
    while (next < items.length || begun.length > 0) {
      while (next < items.length && begun.length < mostAtOnce) begun.push(work(items[next++] as Item));
      yield* await (begun.shift() as Promise<readonly Result[]>);
    }
  } finally {
    await Promise.allSettled(begun);
  }
}
