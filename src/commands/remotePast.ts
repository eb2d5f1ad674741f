/** The past of a Culprit that runs somewhere, asked over HTTP: figures, groups and spikes of a stretch, and nothing of single seconds. */
import { z } from "zod";
import { HttpError } from "../http/errors.ts";
import { request } from "../http/request.ts";
import { parseHttpUrl, shownUrl } from "../http/url.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { groupKinds } from "../model/group.ts";
import { errorIn, parseJson } from "../model/json.ts";
import { soundEvents } from "../recorder/format/eventsFile.ts";
import { spikeSchema } from "../recorder/format/spikeLine.ts";
import type { Range } from "../recorder/ranges/range.ts";
import type { Opened } from "../replay/opened.ts";
import { visible } from "../visible.ts";
import type { SourceSettings } from "./recordedSource.ts";

/** What a look back rests on. */
export type PastSource = Pick<
  Opened,
  "kind" | "host" | "recording" | "last" | "spikes" | "events" | "areSpikesKept" | "fromMs" | "toMs" | "notes"
> & {
  readonly lookBack: Pick<Opened["lookBack"], "downsampled" | "fitted">;
};

/** It cannot be asked, or says no; the message says why. */
class RemoteProblem extends Error {
  override readonly name = "RemoteProblem";
}

interface Asking {
  readonly source: SourceSettings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const mostAnswerBytes = 64 * 1024 * 1024;
const mostSpikes = 2000;
const mostEvents = 1000;

const list = z.array(z.number().nullable());
const series = z.object({ mean: list, peak: list });
const moments = z.object({ fromMs: z.number(), toMs: z.number() });
const snapshotsSchema = z.object({
  covered: moments.nullable(),
  seconds: z.array(z.number()),
  gaps: z.array(z.number()),
  figures: z.record(z.string(), series),
  // an older Culprit does not tell of them
  mounts: z
    .array(z.object({ mountpoint: z.string(), sizeBytes: z.number(), availableBytes: z.object({ mean: list, least: list }) }))
    .default([]),
  groups: z.array(
    z.object({
      ...{ kind: z.enum(groupKinds), process: z.string(), unit: z.string(), container: z.string(), user: z.string() },
      usage: z.record(z.string(), series),
    }),
  ),
});
const hostSchema = z.object({
  ...{ host: z.string(), os: z.string(), kernel: z.string(), arch: z.string() },
  ...{ cores: z.number().nullable(), recordedFromMs: z.number().nullable(), newestAtMs: z.number().nullable(), nowMs: z.number() },
});
const spikesSchema = z.object({ spikes: z.array(spikeSchema) });
const eventsSchema = z.object({ events: z.array(z.unknown()) });

/** The address of a Culprit itself, and not of a file of it; undefined for everything else. */
export function runningCulpritUrl(where: string): URL | undefined {
  const url = /^https?:\/\//i.test(where) ? parseHttpUrl(where) : undefined;
  return url?.pathname.endsWith("/") === true ? url : undefined;
}

/** Asks it for what every look back needs. @throws RemoteProblem */
export async function openRunningCulprit(base: URL, asking: Asking): Promise<PastSource> {
  const { host, os, kernel, arch, cores, recordedFromMs, newestAtMs, nowMs } = await ask(base, "api/host", hostSchema, asking);
  const { spikes } = await ask(base, `api/spikes?limit=${mostSpikes}`, spikesSchema, asking);
  const { events } = await ask(base, `api/events?limit=${mostEvents}`, eventsSchema, asking).catch((error: unknown) => {
    // an older Culprit has none
    if (error instanceof RemoteProblem) return { events: [] };
    throw error;
  });
  const toMs = newestAtMs ?? nowMs;
  return defined({
    kind: "recording" as const,
    host: { hostname: host, os, kernel, arch },
    lookBack: { downsampled: (range: Range) => downsampled(base, range, asking) },
    last: cores === null ? undefined : { takenAtMs: toMs, host: { cpu: { cores, busySeconds: 0 } } },
    spikes,
    events: [...soundEvents(events)].sort((a, b) => a.atMs - b.atMs),
    areSpikesKept: true,
    fromMs: recordedFromMs ?? toMs,
    toMs,
    notes: ["figures of a Culprit that runs elsewhere: means and peaks, without a verdict but those of its spikes"],
  });
}

async function downsampled(base: URL, { fromMs, toMs, stepMs }: Range, asking: Asking): ReturnType<PastSource["lookBack"]["downsampled"]> {
  const path = `api/snapshots?from=${fromMs}&to=${toMs}&step=${stepMs / 1000}`;
  const { covered, figures, groups, mounts, ...rest } = await ask(base, path, snapshotsSchema, asking);
  const all = (lists: Readonly<Record<string, z.output<typeof series>>>) =>
    Object.fromEntries(Object.entries(lists).map(([name, { mean, peak }]) => [name, { mean: known(mean), peak: known(peak) }]));
  return defined({
    ...rest,
    covered: covered ?? undefined,
    figures: all(figures),
    groups: groups.map(({ usage, ...labels }) => ({ ...labels, usage: all(usage) })),
    mounts: mounts.map(({ availableBytes: { mean, least }, ...mount }) => ({
      ...mount,
      availableBytes: { mean: known(mean), least: known(least) },
    })),
  });
}

function known(values: readonly (number | null)[]): readonly (number | undefined)[] {
  return values.map((value) => value ?? undefined);
}

async function ask<T>(base: URL, path: string, shape: z.ZodType<T>, { source, clock, signal }: Asking): Promise<T> {
  const { token, longestSeconds } = source;
  const headers = defined({ accept: "application/json", authorization: token === undefined ? undefined : `Bearer ${token}` });
  const wanted = { method: "GET" as const, url: new URL(path, base), headers, keptBytes: mostAnswerBytes, clock, signal };
  const { status, text } = await request({ ...wanted, timeoutSeconds: longestSeconds }).catch((error: unknown) => {
    throw error instanceof HttpError ? new RemoteProblem(error.message) : error;
  });
  const answer = status === 200 ? shape.safeParse(parseJson(text)) : undefined;
  if (answer?.success === true) return answer.data;
  const said = errorIn(text);
  const why = said === undefined ? "" : `: ${visible(said.slice(0, 500))}`;
  if (status === 401 && token === undefined)
    throw new RemoteProblem(`${shownUrl(base)} asks for a token${why}; --token-file=FILE names a file with one of scope read`);
  throw new RemoteProblem(`${shownUrl(base)} answered ${status}${why}; expected a Culprit there, or the address of an archive or a table`);
}
