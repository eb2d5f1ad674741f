/** Ranges of time and their steps: how fine a range can be shown, and from what. Pure. */
import { slotMs } from "../format/segmentNames.ts";
import { minuteMs } from "../format/summary.ts";

/** A stretch of time on a grid: `fromMs` and `toMs` are multiples of `stepMs`; the end is not part of it. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** What is asked for. Without a step it is the finest that makes a good chart. */
interface AskedRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs?: number | undefined;
}

const usualPoints = 1500;
/** A longer range of seconds would have to be read for too long: there the minutes are shown. */
const mostSecondsMs = 4 * 3_600_000;
const niceSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** The range on its grid. A long range has steps of whole minutes, whatever was asked for. */
export function rangeOf({ fromMs, toMs, stepMs: asked }: AskedRange): Range {
  const lengthMs = toMs - fromMs;
  let stepMs = asked ?? niceStepMs(lengthMs);
  if (lengthMs > mostSecondsMs || stepMs > minuteMs) stepMs = Math.ceil(stepMs / minuteMs) * minuteMs;
  return { fromMs: Math.floor(fromMs / stepMs) * stepMs, toMs: Math.ceil(toMs / stepMs) * stepMs, stepMs };
}

/** A search is told in so many steps at most. */
export const mostSearchSteps = 1500;
const usualSearchSteps = 720;

/** The range of a search: its steps are whole minutes. */
export function searchRangeOf({ fromMs, toMs, stepMs: asked }: AskedRange): Range {
  const lengthMs = toMs - fromMs;
  const usualMs = Math.max(minuteMs, lengthMs / usualSearchSteps);
  return rangeOf({ fromMs, toMs, stepMs: Math.ceil((asked ?? niceStepAtLeast(usualMs) ?? usualMs) / minuteMs) * minuteMs });
}

/** What a range is made from: its seconds, or summaries that are not coarser than its steps. */
export function resolutionOf({ stepMs }: Range): "seconds" | "minutes" | "whole" {
  if (stepMs % slotMs === 0) return "whole";
  return stepMs % minuteMs === 0 ? "minutes" : "seconds";
}

/** The shortest usual step that is as long; undefined when it is longer than a day. */
export function niceStepAtLeast(ms: number): number | undefined {
  const fits = niceSteps.find((seconds) => seconds * 1000 >= ms);
  return fits === undefined ? undefined : fits * 1000;
}

function niceStepMs(lengthMs: number): number {
  const fits = niceSteps.find((seconds) => lengthMs / (seconds * 1000) <= usualPoints);
  if (fits !== undefined) return fits * 1000;
  const dayMs = 86_400_000;
  return Math.ceil(lengthMs / usualPoints / dayMs) * dayMs;
}
