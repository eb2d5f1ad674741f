/**
 * `GET /api/processes`: single processes, the busiest first.
 *
 * Without parameters all processes of this moment; with `at` those of that recorded second; with `from` and `to` their means and peaks
 * over at most an hour. `filter` and `sort` choose, `limit` says how many come.
 */
import type { ListedProcess, ProcessesAnswer } from "../../api/pastAnswers.ts";
import type { ProcessList } from "../../capture/making/processList.ts";
import { type ResourceKey, resourceKeys } from "../../model/usage.ts";
import type { RecordedSnapshot } from "../../recorder/format/line.ts";
import { parseRecorded } from "../../recorder/format/parseLine.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { goneSignal } from "../gone.ts";
import { HttpProblem } from "../problem.ts";
import { listNow, listRecent, listSecond, pickProcesses, RangeOfProcesses } from "../processList.ts";
import { readCount, readOnce, readTime } from "../range.ts";
import type { PartsWith } from "../routeParts.ts";
import type { ProcessSources } from "../services.ts";

const usualLimit = 200;
const mostLimit = 5000;
const longestRangeMs = 3_600_000;
/** A second is found when one was recorded so near. */
const nearMs = 2500;
const secondsPerTurn = 50;
/** However many look, the list of this moment is read no more often. */
const freshSeconds = 1;

interface Found extends Omit<ProcessesAnswer, "total" | "processes"> {
  readonly listed: readonly ListedProcess[];
}

/** Adds the route. */
export function addProcessRoutes(router: ServerRouter, { services, clock, guard, ranges }: PartsWith<"processes">): void {
  const { processes: sources } = services;
  if (sources === undefined) return;
  let newest: { readonly atSeconds: number; readonly list: Promise<ProcessList> } | undefined;

  function freshList(readNow: () => Promise<ProcessList>): Promise<ProcessList> {
    const nowSeconds = clock.monotonicSeconds();
    if (newest === undefined || nowSeconds - newest.atSeconds >= freshSeconds) newest = { atSeconds: nowSeconds, list: readNow() };
    return newest.list;
  }

  async function findNow({ readNow, recent }: ProcessSources): Promise<Found> {
    if (readNow === undefined) {
      const newest = recent().at(-1);
      if (newest !== undefined) return { when: "now", takenAtMs: newest.takenAtMs, complete: false, listed: listRecent(recent()) };
      throw new HttpProblem(404, "this is a recording: expected at, or from and to");
    }
    const { takenAtMs, rows } = await freshList(readNow);
    return { when: "now", takenAtMs, complete: true, listed: listNow(rows, recent()) };
  }

  router.get("/api/processes", guard.require("read"), async (ctx) => {
    const sort = readSort(ctx);
    const limit = readCount(ctx, "limit", usualLimit, mostLimit);
    const filter = readOnce(ctx, "filter") ?? "";
    const nowMs = clock.wallMs();
    const atMs = readTime(ctx, "at", nowMs);
    const range = readStretch(ctx, nowMs);
    if (atMs !== undefined && range !== undefined) throw new HttpProblem(400, "at: expected either at, or from and to");
    const gone = goneSignal(ctx);
    const { listed, ...found } =
      atMs !== undefined
        ? await ranges.run(gone, () => findSecond(sources, atMs, gone))
        : range !== undefined
          ? await ranges.run(gone, () => findRange(sources, range, gone))
          : await findNow(sources);
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = { ...found, total: listed.length, processes: pickProcesses(listed, filter, sort, limit) } satisfies ProcessesAnswer;
  });
}

async function findSecond({ recording, ticksPerSecond }: ProcessSources, atMs: number, gone: AbortSignal): Promise<Found> {
  const span = await recording.between(atMs - nearMs, atMs + nearMs);
  try {
    let best: RecordedSnapshot | undefined;
    for await (const line of span) {
      gone.throwIfAborted();
      const second = parseRecorded(line);
      if (second === undefined) continue;
      // the page calls a second by its beginning
      if (best === undefined || Math.abs(second.takenAtMs - atMs - 500) < Math.abs(best.takenAtMs - atMs - 500)) best = second;
    }
    if (best === undefined) throw new HttpProblem(404, "nothing is recorded of that second");
    return { when: "second", takenAtMs: best.takenAtMs, complete: false, listed: listSecond(best, ticksPerSecond) };
  } finally {
    await span.close();
  }
}

async function findRange(
  { recording, ticksPerSecond }: ProcessSources,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  gone: AbortSignal,
): Promise<Found> {
  const span = await recording.between(fromMs, toMs);
  try {
    const range = new RangeOfProcesses(ticksPerSecond);
    let count = 0;
    for await (const line of span) {
      const second = parseRecorded(line);
      if (second !== undefined) range.add(second);
      if (++count % secondsPerTurn !== 0) continue;
      await new Promise<void>((resolve) => setImmediate(resolve));
      gone.throwIfAborted();
    }
    return { when: "range", fromMs, toMs, seconds: range.seconds, complete: false, listed: range.list() };
  } finally {
    await span.close();
  }
}

function readStretch(ctx: ServerContext, nowMs: number): { readonly fromMs: number; readonly toMs: number } | undefined {
  const fromMs = readTime(ctx, "from", nowMs);
  const toMs = readTime(ctx, "to", nowMs);
  if (fromMs === undefined && toMs === undefined) return undefined;
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs)
    throw new HttpProblem(400, "from: expected a time before to, and both of them");
  if (toMs - fromMs <= longestRangeMs) return { fromMs, toMs };
  throw new HttpProblem(
    400,
    "from: expected at most an hour before to: single processes are read second by second; /api/snapshots has groups",
  );
}

function readSort(ctx: ServerContext): ResourceKey {
  const asked = readOnce(ctx, "sort");
  if (asked === undefined) return "cpuCores";
  const resource = resourceKeys.find((one) => one === asked);
  if (resource !== undefined) return resource;
  throw new HttpProblem(400, `sort: expected one of ${resourceKeys.join(", ")}, got ${JSON.stringify(asked.slice(0, 100))}`);
}
