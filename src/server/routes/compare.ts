/**
 * `GET /api/compare?at&with&seconds`: what differs between two moments, a window around each. Whichever is asked for first, the earlier
 * one is held against the later one: new is who was not there before.
 */
import type { CompareAnswer, ComparedStretch } from "../../api/pastAnswers.ts";
import type { Rollup } from "../../recorder/format/rollup.ts";
import { compare } from "../../recorder/ranges/compare.ts";
import { utcText } from "../../text.ts";
import type { ServerRouter } from "../context.ts";
import { goneSignal } from "../gone.ts";
import { HttpProblem } from "../problem.ts";
import { readCount, readTime } from "../range.ts";
import type { PartsWith } from "../routeParts.ts";

const usualSeconds = 60;
const mostSeconds = 7 * 86_400;

/** Adds the route. */
export function addCompareRoutes(
  router: ServerRouter,
  { services, clock, guard, ranges }: PartsWith<"recording" | "host" | "recordedFromMs">,
): void {
  const { recording, host } = services;

  router.get("/api/compare", guard.require("read"), async (ctx) => {
    const nowMs = clock.wallMs();
    const seconds = readCount(ctx, "seconds", usualSeconds, mostSeconds);
    const atMs = readTime(ctx, "at", nowMs) ?? nowMs;
    const withMs = readTime(ctx, "with", nowMs);
    if (withMs === undefined) throw new HttpProblem(400, "with: expected the moment to compare with, such as now or yesterday 03:12");
    const [first, second] = [Math.min(atMs, withMs), Math.max(atMs, withMs)].map((ms) => around(ms, seconds * 1000, nowMs)) as [
      Window,
      Window,
    ];
    if (first.fromMs === second.fromMs)
      throw new HttpProblem(400, `with: expected another moment than at: both windows of ${seconds} s would be the same`);
    if (recording.folded === undefined) throw new HttpProblem(404, "a table does not hold who used what; a recording or an archive does");
    const gone = goneSignal(ctx);
    const [earlier, later] = await ranges.run(gone, async () => [
      await recording.folded?.(first.fromMs, first.toMs, gone),
      await recording.folded?.(second.fromMs, second.toMs, gone),
    ]);
    const missing = earlier === undefined ? first : second;
    if (earlier === undefined || later === undefined) throw new HttpProblem(404, await nothingThere(missing, services.recordedFromMs));
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = {
      host: host.hostname,
      seconds,
      earlier: stretchOf(first, earlier),
      later: stretchOf(second, later),
      resources: compare(earlier, later),
    } satisfies CompareAnswer;
  });
}

interface Window {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** As long as asked for, and not behind now, of which nothing is recorded yet. */
function around(atMs: number, lengthMs: number, nowMs: number): Window {
  const toMs = Math.ceil(Math.min(atMs + lengthMs / 2, Math.max(nowMs, atMs)) / 1000) * 1000;
  return { atMs, fromMs: toMs - lengthMs, toMs };
}

function stretchOf({ atMs, fromMs, toMs }: Window, { seconds }: Rollup): ComparedStretch {
  return { atMs, fromMs, toMs, recordedSeconds: Math.round(seconds * 1000) / 1000 };
}

async function nothingThere({ fromMs, toMs }: Window, recordedFromMs: () => Promise<number | undefined>): Promise<string> {
  const firstMs = await recordedFromMs();
  const since = firstMs === undefined ? "nothing is recorded yet" : `what is recorded begins at ${utcText(firstMs)}`;
  return `nothing is recorded from ${utcText(fromMs)} to ${utcText(toMs)}; ${since}`;
}
