/** `/archives`: the list, and asking for a new one. */
import { z } from "zod";
import { captureForm, currentList, listAsJson, listAsTable, listAsText } from "../archiveViews.ts";
import { readText } from "../body.ts";
import type { RouteParts, ServerContext, ServerRouter } from "../context.ts";
import { html, page } from "../html.ts";
import { wantedShape, wantsPage } from "../negotiate.ts";
import { HttpProblem } from "../problem.ts";
import { archivePath } from "../sendFile/sendArchive.ts";
import { sendPage } from "../sendPage.ts";
import { absoluteUrl } from "../urls.ts";

const MAX_BODY_BYTES = 64 * 1024;
const MAX_REASON_LENGTH = 1000;

const WISH = z.strictObject({
  reason: z.string().max(MAX_REASON_LENGTH, `expected at most ${MAX_REASON_LENGTH} characters`).optional(),
});

/** Adds the list of archives and the request for one. */
export function addArchivesRoutes(router: ServerRouter, parts: RouteParts): void {
  const { services, settings, guard } = parts;

  router.get("/archives", guard.require("read"), (ctx) => {
    const list = currentList(services);
    ctx.set("Cache-Control", "private, no-cache");
    switch (wantedShape(ctx)) {
      case "html": {
        const body = html`<h1>Archives of ${services.host.hostname}</h1>
<p><a href="./">Back to the start</a></p>
${captureForm()}
${listAsTable(list)}`;
        return sendPage(ctx, page({ title: `Archives · ${services.host.hostname}`, root: "", body }));
      }
      case "json":
        ctx.body = listAsJson(list, (path) => absoluteUrl(ctx, settings, path));
        return;
      case "text":
        ctx.body = listAsText(list);
    }
  });

  router.post("/archives", guard.require("capture"), async (ctx) => {
    const { reason } = await readWish(ctx);
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
    ctx.body = { id: request.id, status: "pending", url: absoluteUrl(ctx, settings, path) };
  });
}

async function readWish(ctx: ServerContext): Promise<z.infer<typeof WISH>> {
  const text = await readText(ctx, MAX_BODY_BYTES);
  const checked = WISH.safeParse(parseBody(ctx, text));
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new HttpProblem(400, `${where}${issue?.message ?? "not understood"}; expected nothing, or a reason as {"reason": "..."}`);
}

function parseBody(ctx: ServerContext, text: string): unknown {
  if (text.trim() === "") return {};
  if (ctx.is("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  if (!ctx.is("json", "+json")) {
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
