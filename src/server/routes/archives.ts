/** `/archives`: the list, of this host or of all, and asking for a new one. */
import { z } from "zod";
import type { PromisedArchive } from "../../api/archiveAnswers.ts";
import { captureForm, currentList, listAsJson, listAsTable, listAsText, withoutJoined } from "../archiveViews.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { fleetAsTable, fleetAsText, fleetList } from "../fleetViews.ts";
import { goneSignal } from "../gone.ts";
import { html, page } from "../html.ts";
import { wantedShape, wantsPage } from "../negotiate.ts";
import { HttpProblem } from "../problem.ts";
import { readCount, readOnce } from "../range.ts";
import type { RouteParts } from "../routeParts.ts";
import { archivePath } from "../sendFile/sendArchive.ts";
import { sendPage } from "../sendPage.ts";
import { absoluteUrl } from "../urls.ts";

const MAX_BODY_BYTES = 64 * 1024;
const MAX_REASON_LENGTH = 1000;
const mostListed = 100_000;
const usualOfEachHost = 50;
const mostOfEachHost = 1000;

const CAPTURE_BODY = z.strictObject({
  reason: z.string().max(MAX_REASON_LENGTH, `expected at most ${MAX_REASON_LENGTH} characters`).optional(),
});

/** Adds the list of archives and the request for one. */
export function addArchivesRoutes(router: ServerRouter, parts: RouteParts): void {
  const { services, settings, guard } = parts;

  router.get("/archives", guard.require("read"), async (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    if (wantsFleet(ctx)) return sendFleet(ctx, parts);
    const all = currentList(services);
    const list = { ...all, archives: all.archives.slice(0, readCount(ctx, "limit", Math.max(1, all.archives.length), mostListed)) };
    switch (wantedShape(ctx)) {
      case "html": {
        const body = html`<h1>Archives of ${services.host.hostname}</h1>
<p><a href="./">Back to the start</a>${services.fleet === undefined ? undefined : html` · <a href="archives?fleet=1">Archives of the fleet</a>`}</p>
${captureForm()}
${listAsTable(list)}`;
        return sendPage(ctx, page({ title: `Archives · ${services.host.hostname}`, root: "", body }));
      }
      case "json":
        ctx.body = listAsJson(readOnce(ctx, "joined") === "no" ? withoutJoined(list) : list, (path) => absoluteUrl(ctx, settings, path));
        return;
      case "text":
        ctx.body = listAsText(list);
    }
  });

  router.post("/archives", guard.require("capture"), async (ctx) => {
    const { reason } = await readCaptureBody(ctx, parts);
    const clean = reason === undefined ? "" : services.redact(reason.trim());
    const request = await services.captures.request(clean === "" ? {} : { reason: clean });
    const path = archivePath(request.id);
    if (wantsPage(ctx)) {
      // Reloading the page that follows must not ask again.
      ctx.status = 303;
      ctx.set("Location", path.slice(1));
      ctx.body = "";
      return;
    }
    ctx.status = 202;
    ctx.set("Location", path);
    ctx.body = { id: request.id, status: "pending", url: absoluteUrl(ctx, settings, path) } satisfies PromisedArchive;
  });
}

function wantsFleet(ctx: ServerContext): boolean {
  const text = readOnce(ctx, "fleet");
  if (text === undefined || text === "0") return false;
  if (text === "1") return true;
  throw new HttpProblem(400, `fleet: expected 1 for the archives of all hosts, got ${JSON.stringify(text.slice(0, 100))}`);
}

/** The archives of all hosts, as far as they answer within a few seconds. */
async function sendFleet(ctx: ServerContext, { services, settings }: RouteParts): Promise<void> {
  const { fleet, host } = services;
  const limit = readCount(ctx, "limit", usualOfEachHost, mostOfEachHost);
  const others = await fleet?.archives(limit, goneSignal(ctx));
  if (fleet === undefined || others === undefined)
    throw new HttpProblem(404, "no other hosts are known here: hosts.files of the configuration names none");
  const list = fleetList((await fleet.ownName()) ?? host.hostname, currentList(services), others, limit, (path) =>
    absoluteUrl(ctx, settings, path),
  );
  switch (wantedShape(ctx)) {
    case "html": {
      const body = html`<h1>Archives of the fleet</h1>
<p><a href="./">Back to the start</a> · <a href="archives">Archives of ${host.hostname} alone</a></p>
${fleetAsTable(list)}`;
      return sendPage(ctx, page({ title: "Archives of the fleet · Culprit", root: "", body }));
    }
    case "json":
      ctx.body = list;
      return;
    case "text":
      ctx.body = fleetAsText(list);
  }
}

async function readCaptureBody(ctx: ServerContext, { bodies }: Pick<RouteParts, "bodies">): Promise<z.infer<typeof CAPTURE_BODY>> {
  const text = await bodies.readText(ctx, MAX_BODY_BYTES);
  const checked = CAPTURE_BODY.safeParse(parseBody(ctx, text));
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new HttpProblem(400, `${where}${issue?.message ?? "not understood"}; expected nothing, or a reason as {"reason": "..."}`);
}

function parseBody(ctx: ServerContext, text: string): unknown {
  if (text.trim() === "") return {};
  // curl -d calls everything a form
  const isJson = text.trimStart().startsWith("{");
  if (!isJson && ctx.is("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  if (!ctx.is("json", "+json", "application/x-www-form-urlencoded")) {
    throw new HttpProblem(
      415,
      'the body has a type that is not understood; expected application/json with {"reason": "..."}, a form, or nothing',
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem(400, 'the body is not JSON; expected nothing, or a reason as {"reason": "..."}');
  }
}
