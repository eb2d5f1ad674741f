/** What the recorded seconds of a span say: of each group before the trouble and since, and who it was. */
import type { SpikeResource } from "../../model/spikeResource.ts";
import type { RecordedLines } from "../../recorder/format/line.ts";
import { parseRecorded } from "../../recorder/format/parseLine.ts";
import { createJudge, type Judge } from "../../spikes/judge.ts";
import type { Judgement } from "../../spikes/judgement.ts";
import { nextTurn } from "../making/content.ts";
import { judgedTick } from "./judgedTick.ts";
import { type FoldedSpan, SpanFold } from "./spanFold.ts";

/** The span in numbers. */
export interface SpanDigest extends FoldedSpan {
  /** Where "since" begins: the onset, or the last minute when nearly nothing was recorded after it. */
  readonly sinceMs: number;
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

/** Fewer seconds than these after the onset are too few to judge on. */
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
  /** Judged first: where it has risen nothing else is asked. */
  readonly before?: SpikeResource | undefined;
  /** What has risen so long before the onset counts as well, where that shows more: an alert waits before it is sent. */
  readonly delayMs?: number;
}

/** Digests the lines, in turns of the event loop. */
export async function digestSpan(
  lines: RecordedLines,
  onsetMs: number,
  { signal, ancestorsOf, resource, before, delayMs = 0 }: DigestOptions = {},
): Promise<SpanDigest> {
  const { secondsSince, ...times } = await timesOf(lines, onsetMs);
  const { first: firstMs, last } = times;
  const enough = secondsSince >= fewestSecondsSince;
  // a run that ended soon after its start is held against its own first half
  const youngMs = before === undefined || firstMs === undefined || last === undefined ? 0 : (firstMs + last) / 2;
  const sinceMs = enough || last === undefined ? onsetMs : Math.min(onsetMs, Math.max(last - lastMinuteMs, youngMs));
  const fold = new SpanFold(sinceMs);
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
  const first = before === undefined ? undefined : judge.risen(before);
  const judgement = first ?? higher(judge.result(resource), earlier?.result(resource));
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
