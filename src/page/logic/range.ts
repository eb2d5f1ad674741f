/** Which stretch of time is shown, and how the cursor moves in it. Pure. */
import type { Address } from "./address.ts";

/** The live window. */
export const liveMs = 20 * 60_000;
const halfMs = liveMs / 2;
/** Less is not worth looking at. */
const leastMs = 10_000;

/** A stretch of time. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The range that an address asks for; undefined for the live window. Around a moment that the live window no longer holds there is one as well. */
export function rangeOf({ at, from, to }: Pick<Address, "at" | "from" | "to">, nowMs: number, live = true): Stretch | undefined {
  if (from !== undefined && to !== undefined) return { fromMs: from, toMs: to };
  if (at === undefined || (live && at >= nowMs - liveMs)) return undefined;
  const toMs = Math.min(at + halfMs, Math.max(nowMs, at));
  return { fromMs: toMs - liveMs, toMs };
}

/** All of a recording, which has no live window; undefined for a machine that lives. */
export function recordedRange(
  host: { readonly live: boolean; readonly secondsFromMs: number | null; readonly nowMs: number } | undefined,
): Stretch | undefined {
  if (host === undefined || host.live || host.secondsFromMs === null) return undefined;
  return draggedRange(host.secondsFromMs, host.nowMs);
}

/** A range that was dragged, in whole seconds and not too short; in whichever direction it was dragged. */
export function draggedRange(aMs: number, bMs: number): Stretch {
  const fromMs = Math.floor(Math.min(aMs, bMs) / 1000) * 1000;
  const toMs = Math.ceil(Math.max(aMs, bMs) / 1000) * 1000;
  const lackMs = leastMs - (toMs - fromMs);
  if (lackMs <= 0) return { fromMs, toMs };
  const beforeMs = Math.floor(lackMs / 2000) * 1000;
  return { fromMs: fromMs - beforeMs, toMs: toMs + lackMs - beforeMs };
}

/** The range around a spike, with as much before it as it takes to see what was usual. */
export function aroundSpike({ startMs, endMs }: { readonly startMs: number; readonly endMs?: number }, nowMs: number): Stretch {
  const lengthMs = Math.max((endMs ?? nowMs) - startMs, 30_000);
  const marginMs = Math.max(60_000, lengthMs * 0.75);
  return draggedRange(startMs - marginMs, Math.min(startMs + lengthMs + marginMs, Math.max(nowMs, startMs + lengthMs)));
}

/** Twice the stretch, or half of it, around a moment; never behind now. */
export function zoomed({ fromMs, toMs }: Stretch, factor: number, aroundMs: number, nowMs: number): Stretch {
  const from = aroundMs - (aroundMs - fromMs) * factor;
  const to = Math.min(aroundMs + (toMs - aroundMs) * factor, nowMs);
  return draggedRange(from, Math.max(to, from + leastMs));
}

/** The same length, earlier or later; never behind now. */
export function shifted({ fromMs, toMs }: Stretch, share: number, nowMs: number): Stretch {
  const byMs = Math.min((toMs - fromMs) * share, nowMs - toMs);
  return { fromMs: fromMs + byMs, toMs: toMs + byMs };
}

const weekMs = 7 * 86_400_000;

/** The same time of the week, so many weeks away; never behind now. */
export function weeksAway({ fromMs, toMs }: Stretch, weeks: number, nowMs: number): { readonly range: Stretch; readonly byMs: number } {
  const byMs = Math.min(weeks * weekMs, nowMs - toMs);
  return { range: { fromMs: fromMs + byMs, toMs: toMs + byMs }, byMs };
}

/** The step that a range is asked for with: no more points than a wide screen has pixels; undefined where the server knows best. */
export function stepSecondsFor({ fromMs, toMs }: Stretch): number | undefined {
  return toMs - fromMs <= 25 * 60_000 ? 1 : undefined;
}

/** Where the overview begins: with the seconds, or where the range begins before them with the minutes. */
export function overviewFrom(
  range: Stretch | undefined,
  host: { readonly recordedFromMs: number | null; readonly secondsFromMs: number | null } | undefined,
): number | undefined {
  const secondsFromMs = host?.secondsFromMs ?? undefined;
  const isEarlier = range !== undefined && (secondsFromMs === undefined || range.fromMs < secondsFromMs);
  return isEarlier ? (host?.recordedFromMs ?? secondsFromMs) : secondsFromMs;
}

/** The step of the overview: no more than some hundred points, in whole minutes where there is more than some hours. */
export function overviewStepSeconds(lengthMs: number): number {
  const seconds = lengthMs / 1000;
  return seconds <= 4 * 3600 ? Math.max(1, Math.ceil(seconds / overviewPoints)) : Math.ceil(seconds / overviewPoints / 60) * 60;
}

const overviewPoints = 500;

/** Where a stretch lies in a longer one, as shares of that. */
export function shareOf({ fromMs, toMs }: Stretch, whole: Stretch): { readonly start: number; readonly end: number } {
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - whole.fromMs) / (whole.toMs - whole.fromMs)));
  return { start: share(fromMs), end: share(toMs) };
}
