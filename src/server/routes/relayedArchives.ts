/**
 * The archive of an alert that went to another host, handed through: a person who follows the link of a message need not reach that host.
 *
 * What is asked of the other host is made here, and its answer is taken apart: only what belongs to an archive comes through.
 */
import { z } from "zod";
import type { StoredArchive } from "../../capture/contract.ts";
import type { Fleet, Whereabouts } from "../../fleet/fleet.ts";
import { PeerProblem } from "../../fleet/peers.ts";
import { errorIn, parseJson } from "../../model/json.ts";
import { bytesText, utcStamp } from "../../text.ts";
import type { ServerContext } from "../context.ts";
import { goneSignal } from "../gone.ts";
import { html, page, rootFrom } from "../html.ts";
import { wantedShape, wantsPage } from "../negotiate.ts";
import { HttpProblem } from "../problem.ts";
import type { RouteParts } from "../routeParts.ts";
import { passArchive, rangeHeaders, readSome } from "../sendFile/passArchive.ts";
import { alertArchivePath } from "../sendFile/sendArchive.ts";
import { sendPage } from "../sendPage.ts";
import { absoluteUrl } from "../urls.ts";
import { waitUntilDone } from "../waiting.ts";

interface AlertArchiveQuery {
  readonly fingerprint: string;
  readonly wantsFile: boolean;
  readonly waitSeconds: number;
  /** What lies here of the same alert, perhaps of an earlier time. */
  readonly stored: StoredArchive | undefined;
}

const retrySeconds = 5;

type Answer = Awaited<ReturnType<Fleet["archiveOf"]>>;

const ready = z.object({
  id: z.string(),
  name: z.string(),
  createdAtMs: z.number(),
  sizeBytes: z.number(),
  sha256: z.string(),
  process: z.string().optional(),
});

/** Answers with the archive of another host. False when there is none, and nothing has been answered. */
export async function sendFromFleet(ctx: ServerContext, parts: RouteParts, fleet: Fleet, query: AlertArchiveQuery): Promise<boolean> {
  const { fingerprint, stored } = query;
  const { clock, closing } = parts;
  const first = fleet.whereIs(fingerprint);
  if (stored !== undefined && (first === undefined || stored.archive.createdAtMs > first.atMs)) return false;
  const gone = goneSignal(ctx);

  const beganSeconds = clock.monotonicSeconds();
  const isWaiting = () => fleet.whereIs(fingerprint)?.isWaiting === true;
  const { waitSeconds: seconds } = query;
  await waitUntilDone({ seconds, clock, closing, response: ctx.res, done: () => !isWaiting(), onChange: fleet.onChange });
  const where = fleet.whereIs(fingerprint);
  if (where?.isWaiting === true) {
    const why = where.trouble === undefined ? "" : ` It takes none at the moment: ${where.trouble}.`;
    sendPatience(ctx, `The alert is on its way to ${where.host}, which makes the archive.${why}`, where.host);
    return true;
  }
  const host = where?.host ?? (await search(fleet, fingerprint, gone));
  if (host === undefined) return false;

  const shape = query.wantsFile || wantedShape(ctx) === "text" ? "file" : "json";
  const waitSeconds = Math.max(0, Math.floor(seconds - (clock.monotonicSeconds() - beganSeconds)));
  const headers = shape === "file" ? rangeHeaders(ctx) : {};
  const method = ctx.method === "HEAD" ? "HEAD" : "GET";
  let answer: Answer;
  try {
    answer = await fleet.archiveOf(host, fingerprint, { method, shape, headers, waitSeconds, signal: gone });
  } catch (error) {
    if (!(error instanceof PeerProblem)) throw error;
    throw new HttpProblem(502, `the archive of this alert is on ${host}, which could not be asked for it: ${error.message}`);
  }
  if (answer.status === 404 && stored !== undefined) {
    answer.body.destroy();
    return false;
  }
  await passOn(ctx, parts, { ...query, host, shape, answer, where });
  return true;
}

/** The host that has the archive, by asking all of them. @throws HttpProblem when it may be on one that did not answer */
async function search(fleet: Fleet, fingerprint: string, signal: AbortSignal): Promise<string | undefined> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(fingerprint)) return undefined;
  const { host, silent } = await fleet.search(fingerprint, signal);
  if (host !== undefined || silent.length === 0) return host;
  const shown = silent.slice(0, 5).join("; ");
  throw new HttpProblem(
    404,
    `no alert with this fingerprint has an archive here or on a host that answered; ${silent.length} did not: ${shown}`,
  );
}

interface Passing extends AlertArchiveQuery {
  readonly host: string;
  readonly shape: "file" | "json";
  readonly answer: Answer;
  readonly where: Whereabouts | undefined;
}

async function passOn(ctx: ServerContext, parts: RouteParts, passing: Passing): Promise<void> {
  const { host, fingerprint, shape, answer, where } = passing;
  const { status, headers, body } = answer;
  if (shape === "file" && (status === 200 || status === 206 || status === 304)) return passArchive(ctx, answer, host, fingerprint);
  const text = await readSome(body);
  if (status === 202) return sendPatience(ctx, `The archive is being made on ${host}.`, host);
  if (status === 200 && shape === "json") return describe(ctx, parts, passing, text);
  const said = errorIn(text) ?? "";
  if (status === 416) {
    const range = headers["content-range"];
    throw new HttpProblem(416, said, { headers: range === undefined ? {} : { "Content-Range": range } });
  }
  if (status === 404) {
    const end =
      where?.result === "expired" || where?.result === "failed" ? `: the alert did not get there (${where.reason ?? where.result})` : "";
    throw new HttpProblem(404, `the alert was passed on to ${host}, which has no archive of it${end}`);
  }
  const hint = status === 401 || status === 403 ? "; its token in relay.tokenFile or relay.tokens needs the scope read" : "";
  throw new HttpProblem(502, `the archive of this alert is on ${host}, which answered ${status}${said === "" ? "" : `: ${said}`}${hint}`);
}

function describe(ctx: ServerContext, { settings }: RouteParts, { host, fingerprint }: Passing, text: string): void {
  const checked = ready.safeParse(parseJson(text));
  if (!checked.success) throw new HttpProblem(502, `${host} answered with something that describes no archive`);
  const { id, name, createdAtMs, sizeBytes, process } = checked.data;
  const path = alertArchivePath(fingerprint);
  if (!wantsPage(ctx)) {
    ctx.set("Cache-Control", "no-store");
    ctx.body = { ...checked.data, fingerprint, host, status: "ready", url: absoluteUrl(ctx, settings, path) };
    return;
  }
  const root = rootFrom(ctx.path);
  const body = html`<h1>The archive is ready</h1>
<p><a href="${root}${path.slice(1)}">${id}.tar.gz</a>, ${bytesText(sizeBytes)}, made ${utcStamp(createdAtMs)} on ${host} for ${name}.</p>
${process === undefined ? undefined : html`<p>Most CPU when it mattered: <code>${process}</code></p>`}
<p><a href="${root}archives?fleet=1">All archives of the fleet</a></p>`;
  sendPage(ctx, page({ title: `Archive of ${name} · Culprit`, root, body }));
}

/** 202: there is none yet. */
function sendPatience(ctx: ServerContext, sentence: string, host: string): void {
  ctx.status = 202;
  ctx.set({ "Retry-After": String(retrySeconds), "Cache-Control": "no-store" });
  if (!wantsPage(ctx)) {
    ctx.body = { status: "pending", host, reason: sentence };
    return;
  }
  const root = rootFrom(ctx.path);
  const body = html`<h1>The archive is not there yet</h1>
<p>${sentence} This page looks again every ${retrySeconds} seconds; a download begins by itself as soon as it can.</p>
<p><a href="${root}archives?fleet=1">All archives of the fleet</a></p>`;
  sendPage(ctx, page({ title: "Being made · Culprit", root, refreshSeconds: retrySeconds, body }));
}
