/** `/api/search`: in which minutes a process, unit, container or user ran. */
import { searchAnswer } from "../../api/searchAnswer.ts";
import { mostSearchSteps, type Range, searchRangeOf } from "../../recorder/ranges/range.ts";
import { parseSearchQuery, QueryProblem } from "../../recorder/ranges/searchQuery.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { goneSignal } from "../gone.ts";
import { HttpProblem } from "../problem.ts";
import { readCount, readOnce, readStep, readTime } from "../range.ts";
import type { PartsWith } from "../routeParts.ts";
import { sendText } from "../sendText.ts";
import { spikesBetween } from "../spikesBetween.ts";

const USUAL_COUNT = 20;
const MOST_COUNT = 100;

/** Adds the route. */
export function addSearchRoutes(
  router: ServerRouter,
  { services, clock, guard, ranges }: PartsWith<"recording" | "recordedFromMs" | "spikes" | "host">,
): void {
  const { recording, recordedFromMs, host } = services;

  router.get("/api/search", guard.require("read"), async (ctx) => {
    const query = readOnce(ctx, "q") ?? "";
    const wanted = understood(query);
    const limit = readCount(ctx, "limit", USUAL_COUNT, MOST_COUNT);
    const range = await readSearchRange(ctx, clock.wallMs(), recordedFromMs);
    const gone = goneSignal(ctx);
    const result = await ranges.run(gone, () => recording.search({ wanted, range, limit }, gone));
    const spikes = await spikesBetween(services, range.fromMs, range.toMs);
    const answer = searchAnswer({ host: host.hostname, query, range }, result, spikes);
    const { matches, ...rest } = answer;
    ctx.set("Cache-Control", "private, no-cache");
    ctx.type = "application/json; charset=utf-8";
    sendText(ctx, piecesOf(rest, matches));
  });
}

function understood(query: string): ReturnType<typeof parseSearchQuery> {
  try {
    return parseSearchQuery(query);
  } catch (error) {
    if (error instanceof QueryProblem) throw new HttpProblem(400, `q: ${error.message}`);
    throw error;
  }
}

/** Without `from` all that is recorded. @throws HttpProblem 400 */
async function readSearchRange(ctx: ServerContext, nowMs: number, recordedFromMs: () => Promise<number | undefined>): Promise<Range> {
  const toMs = readTime(ctx, "to", nowMs) ?? nowMs;
  const fromMs = readTime(ctx, "from", nowMs) ?? Math.min((await recordedFromMs()) ?? toMs, toMs - 60_000);
  if (fromMs >= toMs) throw new HttpProblem(400, `from: expected a time before to, which is ${toMs}, got ${fromMs}`);
  const range = searchRangeOf({ fromMs, toMs, stepMs: readStep(ctx) });
  if ((range.toMs - range.fromMs) / range.stepMs <= mostSearchSteps) return range;
  const leastMinutes = Math.ceil((toMs - fromMs) / mostSearchSteps / 60_000);
  throw new HttpProblem(400, `step: expected at least ${leastMinutes}m for this range, which gives ${mostSearchSteps} steps`);
}

/** One match after the other: all at once would hold up the event loop. */
function* piecesOf(rest: object, matches: readonly object[]): Iterable<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},"matches":[`;
  for (const [place, match] of matches.entries()) yield `${place === 0 ? "" : ","}${JSON.stringify(match)}`;
  yield "]}\n";
}
