/** `from`, `to` and `step` of a query, each with the sentence that says what was expected. */
import { parseDurationSeconds } from "../model/duration.ts";
import { parseMoment } from "../model/moment.ts";
import { type Range, rangeOf } from "../recorder/ranges/range.ts";
import type { ServerContext } from "./context.ts";
import { HttpProblem } from "./problem.ts";

const USUAL_RANGE_MS = 20 * 60_000;
const LEAST_STEP_MS = 100;

/** The range that a query asks for; without one the last twenty minutes. @throws HttpProblem 400 */
export function readRange(ctx: ServerContext, nowMs: number): Range {
  const toMs = readTime(ctx, "to", nowMs) ?? nowMs;
  const fromMs = readTime(ctx, "from", nowMs) ?? toMs - USUAL_RANGE_MS;
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

/** A moment, as `parseMoment` takes it; one without a zone is in UTC. @throws HttpProblem 400 */
export function readTime(ctx: ServerContext, name: string, nowMs: number): number | undefined {
  const text = readOnce(ctx, name);
  if (text === undefined) return undefined;
  const moment = parseMoment(text, { nowMs });
  if ("ms" in moment) return moment.ms;
  throw new HttpProblem(400, `${name}: ${moment.problem}`);
}

/** The step in milliseconds. @throws HttpProblem 400 */
export function readStep(ctx: ServerContext): number | undefined {
  const text = readOnce(ctx, "step");
  if (text === undefined) return undefined;
  const ms = parseStepMs(text);
  if (ms !== undefined && ms >= LEAST_STEP_MS && ms <= 366 * 86_400_000) return ms;
  throw new HttpProblem(400, `step: expected seconds or a duration of at least 100ms, such as 15, 30s or 5m, got ${quote(text)}`);
}

/** Seconds as a number, or a duration as Prometheus writes it; undefined when it is neither. */
function parseStepMs(text: string): number | undefined {
  const seconds = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : parseDurationSeconds(text);
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
