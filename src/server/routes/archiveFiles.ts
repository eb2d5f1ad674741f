/** The archives themselves: by id, the latest, and by the alert that asked for them, which may have to be waited for. */
import type { ListedArchive, PromisedArchive } from "../../api/archiveAnswers.ts";
import type { StoredArchive } from "../../capture/contract.ts";
import { relayedHeader } from "../../fleet/peers.ts";
import type { CaptureRequest } from "../../model/capture.ts";
import { bytesText, utcStamp } from "../../text.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { html, page, rootFrom } from "../html.ts";
import { wantedShape, wantsPage } from "../negotiate.ts";
import { HttpProblem } from "../problem.ts";
import type { RouteParts } from "../routeParts.ts";
import { archivePath, sendArchive } from "../sendFile/sendArchive.ts";
import { sendPage } from "../sendPage.ts";
import { absoluteUrl } from "../urls.ts";
import { waitUntilDone } from "../waiting.ts";
import { sendFromFleet } from "./relayedArchives.ts";

const SUFFIX = ".tar.gz";
const MAX_WAIT_SECONDS = 120;
const RETRY_SECONDS = 5;

/** Adds the routes that lead to an archive's bytes. */
export function addArchiveFileRoutes(router: ServerRouter, parts: RouteParts): void {
  const { services, guard, downloads } = parts;

  router.get("/archives/latest.tar.gz", guard.require("read"), async (ctx) => {
    const stored = services.archives.latest();
    if (stored === undefined) throw new HttpProblem(404, "there is no archive yet");
    await sendUnderItsOwnName(ctx, stored, parts);
  });

  router.get("/archives/:file", guard.require("read"), async (ctx) => {
    const id = idFrom(ctx.params.file ?? "");
    if (id === undefined) throw new HttpProblem(404, "there is no such archive; expected /archives/<id>.tar.gz, and /archives lists them");
    const pending = (): CaptureRequest | undefined => services.captures.pending().find((request) => request.id === id);
    const find = (): StoredArchive | undefined => services.archives.find(id);
    await holdWhile(ctx, parts, () => find() === undefined && pending() !== undefined);
    const stored = find();
    if (stored !== undefined) return sendArchive(ctx, stored, downloads);
    const request = pending();
    if (request !== undefined) return sendPatience(ctx, parts, request);
    throw new HttpProblem(404, "there is no such archive: it was never made, could not be made, or was deleted; /archives lists them");
  });

  router.get("/archives/alert/:file", guard.require("read"), async (ctx) => {
    const file = ctx.params.file ?? "";
    const wantsFile = file.endsWith(SUFFIX);
    const fingerprint = wantsFile ? file.slice(0, -SUFFIX.length) : file;
    const pending = (): CaptureRequest | undefined => services.captures.pendingFor(fingerprint);
    await holdWhile(ctx, parts, () => pending() !== undefined);
    const request = pending();
    if (request !== undefined) return sendPatience(ctx, parts, request);
    const stored = services.archives.findByFingerprint(fingerprint);
    // another Culprit that asks searches the other hosts itself
    const fleet = ctx.get(relayedHeader) === "" ? services.fleet : undefined;
    const waitSeconds = readWait(ctx) ?? 0;
    if (fleet !== undefined && (await sendFromFleet(ctx, parts, fleet, { fingerprint, wantsFile, waitSeconds, stored }))) return;
    if (stored === undefined) throw new HttpProblem(404, "no alert with this fingerprint has an archive; /archives lists what there is");
    if (wantsFile) return sendUnderItsOwnName(ctx, stored, parts);
    await sendOrDescribe(ctx, parts, stored);
  });
}

/** Ids are only ever looked up; this only filters out what cannot be one. */
function idFrom(file: string): string | undefined {
  if (!file.endsWith(SUFFIX) || file.startsWith(".") || file.length > 255) return undefined;
  return file.slice(0, -SUFFIX.length);
}

async function sendUnderItsOwnName(ctx: ServerContext, stored: StoredArchive, { downloads }: RouteParts): Promise<void> {
  ctx.set("Content-Location", archivePath(stored.archive.id));
  await sendArchive(ctx, stored, downloads);
}

/** A person gets a page with the link, a program that asks for JSON the facts, and everybody else the bytes. */
async function sendOrDescribe(ctx: ServerContext, parts: RouteParts, stored: StoredArchive): Promise<void> {
  const { archive } = stored;
  const path = archivePath(archive.id);
  switch (wantedShape(ctx)) {
    case "html": {
      const root = rootFrom(ctx.path);
      const body = html`<h1>The archive is ready</h1>
<p><a href="${root}${path.slice(1)}">${archive.id}.tar.gz</a>, ${bytesText(archive.sizeBytes)}, made ${utcStamp(archive.createdAtMs)}
for ${archive.name}.</p>
${archive.process === undefined ? undefined : html`<p>Most CPU when it mattered: <code>${archive.process}</code></p>`}
<p><a href="${root}archives">All archives</a></p>`;
      return sendPage(ctx, page({ title: `Archive of ${archive.name} · Culprit`, root, body }));
    }
    case "json":
      ctx.set("Cache-Control", "no-store");
      ctx.body = { ...archive, status: "ready", url: absoluteUrl(ctx, parts.settings, path) } satisfies ListedArchive;
      return;
    case "text":
      await sendUnderItsOwnName(ctx, stored, parts);
  }
}

/** 202: it is being made. */
function sendPatience(ctx: ServerContext, { settings }: RouteParts, request: CaptureRequest): void {
  ctx.status = 202;
  ctx.set({ "Retry-After": String(RETRY_SECONDS), "Cache-Control": "no-store" });
  if (!wantsPage(ctx)) {
    ctx.body = { id: request.id, status: "pending", url: absoluteUrl(ctx, settings, archivePath(request.id)) } satisfies PromisedArchive;
    return;
  }
  const root = rootFrom(ctx.path);
  const body = html`<h1>The archive is being made</h1>
<p>It was asked for at ${utcStamp(request.requestedAtMs)} for ${request.name}. This page looks again every ${RETRY_SECONDS} seconds;
a download begins by itself as soon as it can.</p>
<p><a href="${root}archives">All archives</a></p>`;
  sendPage(ctx, page({ title: "Being made · Culprit", root, refreshSeconds: RETRY_SECONDS, body }));
}

/** With `?wait=60` the request is held while there is something to wait for. */
async function holdWhile(ctx: ServerContext, { services, clock, closing }: RouteParts, pending: () => boolean): Promise<void> {
  const seconds = readWait(ctx);
  if (seconds === undefined) return;
  await waitUntilDone({
    seconds,
    clock,
    closing,
    response: ctx.res,
    done: () => !pending(),
    onChange: (callback) => services.archives.onChange(callback),
  });
}

/** The seconds of `?wait=60`, bounded. @throws HttpProblem 400 */
function readWait(ctx: ServerContext): number | undefined {
  const text = new URLSearchParams(ctx.querystring).get("wait");
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new HttpProblem(400, `wait: expected whole seconds from 0 to ${MAX_WAIT_SECONDS}`);
  return Math.min(Number(text), MAX_WAIT_SECONDS);
}
