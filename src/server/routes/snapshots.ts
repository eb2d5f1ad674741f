/**
 * `/api/snapshots`, `/api/snapshots.csv` and `/history`: the recording, downsampled for a chart, as a table, and its newest seconds.
 *
 * `GET /api/snapshots?from&to&step`: times in milliseconds since 1970, the step in seconds or as a duration; `groups=0` leaves the groups
 * out. Ranges above four hours have steps of whole minutes: `stepSeconds` of the answer says what it came to.
 */
import type { HistoryAnswer, SnapshotsAnswer } from "../../api/pastAnswers.ts";
import type { Downsampled } from "../../recorder/ranges/downsample.ts";
import type { Range } from "../../recorder/ranges/range.ts";
import type { ServerRouter } from "../context.ts";
import { goneSignal } from "../gone.ts";
import { HttpProblem } from "../problem.ts";
import { readCount, readOnce, readRange } from "../range.ts";
import type { RouteParts } from "../routeParts.ts";
import { sendText } from "../sendText.ts";
import type { ServerServices } from "../services.ts";

const MOST_POINTS = 5000;
const USUAL_HISTORY = 1000;
const MOST_HISTORY = 10_000;

type SnapshotParts = RouteParts<Pick<ServerServices, "recording" | "host"> & Partial<Pick<ServerServices, "hub" | "historyEntries">>>;

/** Adds the routes that read the recording. */
export function addSnapshotRoutes(router: ServerRouter, { services, clock, guard, ranges, tables, pace }: SnapshotParts): void {
  const { recording, host, hub, historyEntries = USUAL_HISTORY } = services;

  router.get("/api/snapshots", guard.require("read"), async (ctx) => {
    const { range, minutesBeforeMs } = await fitted(recording, readRange(ctx, clock.wallMs()));
    checkPoints(range);
    const gone = goneSignal(ctx);
    const downsampled = await ranges.run(gone, () => recording.downsampled(range, gone, pace));
    ctx.set("Cache-Control", "private, no-cache");
    ctx.type = "application/json; charset=utf-8";
    sendText(
      ctx,
      jsonOf(host.hostname, { range, minutesBeforeMs }, readOnce(ctx, "groups") === "0" ? { ...downsampled, groups: [] } : downsampled),
    );
  });

  router.get("/api/snapshots.csv", guard.require("read"), async (ctx) => {
    const { range } = await fitted(recording, readRange(ctx, clock.wallMs()), false);
    const gone = goneSignal(ctx);
    if (ctx.method !== "HEAD") await tables.enterUntil(gone);
    ctx.set("Cache-Control", "private, no-cache");
    ctx.attachment(`${host.hostname}-${new Date(range.fromMs).toISOString().replaceAll(/[-:]/g, "").slice(0, 15)}Z.csv`);
    ctx.type = "text/csv; charset=utf-8; header=present";
    sendText(ctx, recording.table(range, gone, pace));
  });

  router.get("/history", guard.require("read"), async (ctx) => {
    const limit = readCount(ctx, "limit", historyEntries, MOST_HISTORY);
    const asked = readOnce(ctx, "host");
    const isOwn = asked === undefined || asked === host.hostname;
    const lookBack = isOwn ? recording : hub?.hosts.find(asked)?.lookBack;
    if (lookBack === undefined) {
      const others = (hub?.hosts.list() ?? []).map(({ name }) => name);
      const known = [host.hostname, ...others].slice(0, 20).join(", ");
      throw new HttpProblem(404, `there is no history of ${JSON.stringify(asked?.slice(0, 100))} here; known: ${known}`);
    }
    const gone = goneSignal(ctx);
    const entries = await ranges.run(gone, () => lookBack.history(limit, gone));
    ctx.set("Cache-Control", "private, no-cache");
    ctx.type = "application/json; charset=utf-8";
    sendText(ctx, listOf(entries));
  });
}

interface Told {
  readonly range: Range;
  readonly minutesBeforeMs?: number | undefined;
}

/** As fine as it can be told. */
async function fitted(recording: { fitted?(range: Range, isChart: boolean): Promise<Told> }, range: Range, isChart = true): Promise<Told> {
  return (await recording.fitted?.(range, isChart)) ?? { range };
}

function checkPoints({ fromMs, toMs, stepMs }: Range): void {
  if ((toMs - fromMs) / stepMs <= MOST_POINTS) return;
  const leastSeconds = Math.ceil((toMs - fromMs) / MOST_POINTS / 1000);
  throw new HttpProblem(
    400,
    `step: expected at least ${leastSeconds} s for this range, which gives ${MOST_POINTS} points; /api/snapshots.csv has no such limit`,
  );
}

/** A SnapshotsAnswer, one list after the other: a whole range at once would hold up the event loop. */
function* jsonOf(host: string, { range: { fromMs, toMs, stepMs }, minutesBeforeMs }: Told, downsampled: Downsampled): Iterable<string> {
  const { covered = null, seconds, gaps, figures, groups, mounts } = downsampled;
  const times = seconds.map((_, index) => fromMs + index * stepMs);
  const head = { host, fromMs, toMs, stepSeconds: stepMs / 1000, covered, minutesBeforeMs: minutesBeforeMs ?? null, times, seconds, gaps };
  yield JSON.stringify(head satisfies Omit<SnapshotsAnswer, "figures" | "groups" | "mounts">).slice(0, -1);
  yield ',"figures":{';
  yield* members(figures);
  yield '},"mounts":[';
  let separator = "";
  for (const mount of mounts) {
    yield `${separator}${JSON.stringify(mount)}`;
    separator = ",";
  }
  yield '],"groups":[';
  separator = "";
  for (const { usage, ...labels } of groups) {
    yield `${separator}${JSON.stringify(labels).slice(0, -1)},"usage":{`;
    yield* members(usage);
    yield "}}";
    separator = ",";
  }
  yield "]}\n";
}

/** JSON makes null of what is undefined in a list. */
function* members(values: object): Iterable<string> {
  let separator = "";
  for (const [name, value] of Object.entries(values)) {
    yield `${separator}${JSON.stringify(name)}:${JSON.stringify(value)}`;
    separator = ",";
  }
}

function* listOf(entries: HistoryAnswer): Iterable<string> {
  let separator = "[";
  for (const entry of entries) {
    yield `${separator}${JSON.stringify(entry)}`;
    separator = ",\n";
  }
  yield entries.length === 0 ? "[]\n" : "]\n";
}
