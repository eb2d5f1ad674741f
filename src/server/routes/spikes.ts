/** `/api/spikes`: the spikes that are kept, the newest first, and one of them. */
import type { SpikesAnswer } from "../../api/tellingAnswers.ts";
import { type SpikeResource, spikeResources } from "../../model/spikeResource.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { HttpProblem } from "../problem.ts";
import { readCount, readOnce, readTime } from "../range.ts";
import type { PartsWith } from "../routeParts.ts";
import { spikesBetween } from "../spikesBetween.ts";

const USUAL_COUNT = 100;
const MOST_COUNT = 2000;

/** Adds the routes that list spikes. */
export function addSpikeRoutes(router: ServerRouter, { services, clock, guard }: PartsWith<"spikes" | "host" | "recording">): void {
  const { spikes, host } = services;

  router.get("/api/spikes", guard.require("read"), async (ctx) => {
    const fromMs = readTime(ctx, "from", clock.wallMs()) ?? Number.NEGATIVE_INFINITY;
    const toMs = readTime(ctx, "to", clock.wallMs()) ?? Number.POSITIVE_INFINITY;
    if (fromMs > toMs) throw new HttpProblem(400, "from: expected a time that is not after to");
    const limit = readCount(ctx, "limit", USUAL_COUNT, MOST_COUNT);
    const resource = readResource(ctx);
    const all = await spikesBetween(services, fromMs, toMs);
    const found = all.filter((spike) => resource === undefined || spike.resource === resource);
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = { host: host.hostname, total: found.length, spikes: found.slice(0, limit) } satisfies SpikesAnswer;
  });

  router.get("/api/spikes/:id", guard.require("read"), (ctx) => {
    const { id = "" } = ctx.params as { readonly id?: string };
    const spike = spikes.find(id);
    if (spike === undefined) throw new HttpProblem(404, "there is no spike with this id; /api/spikes lists those that are kept");
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = spike;
  });
}

function readResource(ctx: ServerContext): SpikeResource | undefined {
  const asked = readOnce(ctx, "resource");
  if (asked === undefined) return undefined;
  const resource = spikeResources.find((one) => one === asked);
  if (resource === undefined) {
    throw new HttpProblem(400, `resource: expected one of ${spikeResources.join(", ")}, not ${JSON.stringify(asked.slice(0, 100))}`);
  }
  return resource;
}
