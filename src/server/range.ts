/** `from`, `to` and `step` of a query, each with the sentence that says what was expected. */
import { type Range, rangeOf } from "../recorder/ranges/range.ts";
import type { ServerContext } from "./context.ts";
import { HttpProblem } from "./problem.ts";

const USUAL_RANGE_MS = 20 * 60_000;
const LEAST_STEP_MS = 100;
/** Earlier than this there was no Culprit: such a number is a mistake, and mostly one of units. */
const EARLIEST_MS = Date.UTC(2001, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

/** The range that a query asks for; without one the last twenty minutes. @throws HttpProblem 400 */
export function readRange(ctx: ServerContext, nowMs: number): Range {
  const toMs = readTime(ctx, "to") ?? nowMs;
  const fromMs = readTime(ctx, "from") ?? toMs - USUAL_RANGE_MS;
  if (fromMs >= toMs) throw new HttpProblem(400, `from: expected a time before to, which is ${toMs}, got ${fromMs}`);
  return rangeOf({ fromMs, toMs, stepMs: readStep(ctx) });
}

/** A whole number between 1 and `most`. @throws HttpProblem 400 */
export function readCount(ctx: ServerContext, name: string, usual: number, most: number): number {
  const text = readOnce(ctx, name);
  if (text === undefined) return usual;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new HttpProblem(400, `${name}: expected a whole number from 1 to ${most}, got ${quote(text)}`);
}

/** A parameter that may stand once. @throws HttpProblem 400 */
export function readOnce(ctx: ServerContext, name: string): string | undefined {
  const value = ctx.query[name];
  if (Array.isArray(value)) throw new HttpProblem(400, `${name}: expected at most once`);
  return value === "" ? undefined : value;
}

/** A moment in milliseconds since 1970. @throws HttpProblem 400 */
export function readTime(ctx: ServerContext, name: string): number | undefined {
  const text = readOnce(ctx, name);
  if (text === undefined) return undefined;
  const ms = /^\d{1,15}(?:\.\d+)?$/.test(text) ? Math.floor(Number(text)) : Number.NaN;
  if (ms >= EARLIEST_MS && ms < LATEST_MS) return ms;
  const hint = ms * 1000 >= EARLIEST_MS && ms * 1000 < LATEST_MS ? "; this looks like seconds" : "";
  throw new HttpProblem(400, `${name}: expected milliseconds since 1970, such as ${Date.UTC(2026, 10, 21)}, got ${quote(text)}${hint}`);
}

function readStep(ctx: ServerContext): number | undefined {
  const text = readOnce(ctx, "step");
  if (text === undefined) return undefined;
  const ms = parseStepMs(text);
  if (ms !== undefined && ms >= LEAST_STEP_MS && ms <= 366 * 86_400_000) return ms;
  throw new HttpProblem(400, `step: expected seconds or a duration of at least 100ms, such as 15, 30s or 5m, got ${quote(text)}`);
}

const UNITS_MS = { y: 365 * 86_400_000, w: 7 * 86_400_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** Seconds as a number, or a duration as Prometheus writes it; undefined when it is neither. */
function parseStepMs(text: string): number | undefined {
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return Math.round(Number(text) * 1000);
  if (!/^(?=\d)(?:\d{1,9}y)?(?:\d{1,9}w)?(?:\d{1,9}d)?(?:\d{1,9}h)?(?:\d{1,9}m)?(?:\d{1,9}s)?(?:\d{1,9}ms)?$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[ywdhms])/g)) ms += Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  return ms;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
