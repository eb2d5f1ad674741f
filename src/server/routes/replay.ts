/**
 * What only a replay serves: the archive that was opened, if it was one, and empty lists where the live page asks for what a recording does
 * not hold (triggers, captures that are being made).
 */
import type { CapturesAnswer } from "../../api/archiveAnswers.ts";
import type { TriggersAnswer } from "../../api/tellingAnswers.ts";
import type { StoredArchive } from "../../capture/contract.ts";
import { visible } from "../../visible.ts";
import { listAsJson, listAsText } from "../archiveViews.ts";
import type { ServerRouter } from "../context.ts";
import { wantedShape } from "../negotiate.ts";
import { HttpProblem } from "../problem.ts";
import type { RouteParts } from "../routeParts.ts";
import { archivePath, sendArchive } from "../sendFile/sendArchive.ts";
import type { ServerServices } from "../services.ts";
import { absoluteUrl } from "../urls.ts";

/** What they are made from. */
export interface ReplayedParts extends Pick<ServerServices, "host" | "processes" | "notes"> {
  readonly archive?: StoredArchive | undefined;
}

/** Adds the routes. */
export function addReplayRoutes(router: ServerRouter, { services, settings, guard, downloads }: RouteParts<ReplayedParts>): void {
  const { archive: stored, host, processes, notes = () => [] } = services;

  router.get("/api/triggers", guard.require("read"), (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = { host: host.hostname, triggers: [], firings: [] } satisfies TriggersAnswer;
  });

  router.get("/api/captures", guard.require("read"), (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = { pending: [] } satisfies CapturesAnswer;
  });

  router.get("/archives", guard.require("read"), (ctx) => {
    const list = { pending: [], archives: stored === undefined ? [] : [stored.archive] };
    ctx.set("Cache-Control", "private, no-cache");
    // an archive that is not as it was made must say so wherever it is found
    ctx.body =
      wantedShape(ctx) === "json"
        ? { ...listAsJson(list, (path) => absoluteUrl(ctx, settings, path)), notes: notes() }
        : [...notes().map((note) => `Note: ${visible(note)}\n`), listAsText(list)].join("");
  });

  router.get("/archives/:file", guard.require("read"), async (ctx) => {
    const { file } = ctx.params as { readonly file?: string };
    if (stored === undefined || (file !== "latest.tar.gz" && file !== `${stored.archive.id}.tar.gz`)) {
      throw new HttpProblem(404, "a replay has no archive but the one that was opened");
    }
    ctx.set("Content-Location", archivePath(stored.archive.id));
    await sendArchive(ctx, stored, downloads);
  });

  if (processes !== undefined) return;
  router.get("/api/processes", guard.require("read"), () => {
    throw new HttpProblem(404, "a table does not hold single processes; a recording or an archive does");
  });
}
