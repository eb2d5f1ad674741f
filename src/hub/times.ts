/** Times of what hosts push, against the clock of the hub. Nothing is moved: what is too far off is refused and told. Pure. */

import type { RecordedSnapshot } from "../recorder/format/line.ts";
import { longestTickSeconds } from "../recorder/format/parseLine.ts";
import { roundNumbers } from "../recorder/format/rounding.ts";
import type { SentSecond } from "./items.ts";

/** So far ahead a clock may be. */
const mostAheadSeconds = 60;
/** A host that was cut off for so long may still send what it has. */
const mostBehindSeconds = 7 * 86_400;
/** Less than this is the way of the request. */
const leastSkewSeconds = 2;

/** Why a second of this time is not taken; undefined where it is. */
export function farFrom(nowMs: number, takenAtMs: number): { readonly why: "clock_skew" | "too_old"; readonly reason: string } | undefined {
  const aheadSeconds = Math.round((takenAtMs - nowMs) / 1000);
  const field = new Date(takenAtMs).toISOString();
  if (aheadSeconds > mostAheadSeconds) {
    const reason = `timestamp: ${field} is ${aheadSeconds} s ahead of this hub's clock, at most ${mostAheadSeconds} s are accepted: set the clock of one of the two`;
    return { why: "clock_skew", reason };
  }
  if (aheadSeconds >= -mostBehindSeconds) return undefined;
  return { why: "too_old", reason: `timestamp: ${field} is more than ${mostBehindSeconds / 86_400} days ago by this hub's clock` };
}

/** As it is told: absent where it does not matter. */
export function shownSkew(seconds: number | undefined): number | undefined {
  return seconds === undefined || Math.abs(seconds) < leastSkewSeconds ? undefined : Math.round(seconds * 10) / 10;
}

/** Seconds in their order; a script does not say what each speaks for: the time since the one before it. */
export function inElapsedTime<Second extends SentSecond>(
  seconds: readonly Second[],
  before: RecordedSnapshot | undefined,
): readonly Second[] {
  let lastMs = before?.takenAtMs;
  return [...seconds]
    .sort((a, b) => a.snapshot.takenAtMs - b.snapshot.takenAtMs)
    .map((second) => {
      const { takenAtMs, elapsedSeconds } = second.snapshot;
      const since = lastMs === undefined || takenAtMs <= lastMs ? undefined : (takenAtMs - lastMs) / 1000;
      lastMs = Math.max(lastMs ?? 0, takenAtMs);
      if (!second.isPlain || elapsedSeconds !== undefined || since === undefined) return second;
      // after a long silence nobody knows what was in between
      const snapshot = { ...second.snapshot, elapsedSeconds: since, gap: since > longestTickSeconds };
      return { ...second, snapshot, line: JSON.stringify(snapshot, roundNumbers) };
    });
}
