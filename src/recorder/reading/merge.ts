/** Puts lines of several sources into one order: segments that overlap because the clock was set back, and the minutes in memory. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RecordedLine, RecordedLines } from "../format/line.ts";

/** Where lines come from; its own are in order. */
interface LineSource {
  /** None of its lines is older. */
  readonly startMs: number;
  /** Asked for when the time has come, and once. */
  lines(): RecordedLines;
}

interface Head {
  readonly rest: Iterator<RecordedLine> | AsyncIterator<RecordedLine>;
  line: RecordedLine;
}

const linesPerTurn = 40;

/** The lines from `fromMs` to `toMs`, oldest first; of lines with the same time only one. Lets the event loop turn. */
export async function* mergeLines(sources: readonly LineSource[], fromMs: number, toMs: number): AsyncGenerator<RecordedLine> {
  const waiting = [...sources].sort((a, b) => a.startMs - b.startMs);
  const heads: Head[] = [];
  let lastMs: number | undefined;
  let count = 0;
  try {
    for (;;) {
      let oldest = oldestOf(heads);
      for (
        let next = waiting[0];
        next !== undefined && next.startMs <= (oldest?.line.takenAtMs ?? Number.POSITIVE_INFINITY);
        next = waiting[0]
      ) {
        waiting.shift();
        await addHead(heads, next);
        oldest = oldestOf(heads);
      }
      if (oldest === undefined) return;
      const { line } = oldest;
      if (line.takenAtMs > toMs) return;
      if (line.takenAtMs >= fromMs && line.takenAtMs !== lastMs) {
        lastMs = line.takenAtMs;
        yield line;
      }
      if (++count % linesPerTurn === 0) await nextTurn();
      await advance(heads, oldest);
    }
  } finally {
    for (const { rest } of heads) await rest.return?.();
  }
}

async function addHead(heads: Head[], source: LineSource): Promise<void> {
  const lines = source.lines();
  const rest = Symbol.asyncIterator in lines ? lines[Symbol.asyncIterator]() : lines[Symbol.iterator]();
  const { done, value } = await rest.next();
  if (done !== true) heads.push({ rest, line: value });
}

async function advance(heads: Head[], head: Head): Promise<void> {
  const { done, value } = await head.rest.next();
  if (done === true) heads.splice(heads.indexOf(head), 1);
  else head.line = value;
}

/** The first of them that is oldest: what came first wins over its double. */
function oldestOf(heads: readonly Head[]): Head | undefined {
  let oldest = heads[0];
  for (const head of heads) if (oldest !== undefined && head.line.takenAtMs < oldest.line.takenAtMs) oldest = head;
  return oldest;
}
