/** `POST /ingest`: what other hosts tell of themselves comes in, and is kept before it is answered. */
import type { IngestAnswer } from "../../api/hubAnswers.ts";
import type { Taken } from "../../hub/hub.ts";
import { FieldProblem, readHostname } from "../../hub/readings.ts";
import type { RefusalReason } from "../../hub/refusals.ts";
import { clientAddress } from "../accessLog.ts";
import { unpackedText } from "../body.ts";
import type { Next, ServerContext, ServerRouter } from "../context.ts";
import { goneSignal } from "../gone.ts";
import { HttpProblem } from "../problem.ts";
import { readOnce } from "../range.ts";
import type { PartsWith, RouteParts } from "../routeParts.ts";
import type { ServerServices } from "../services.ts";
import { WorkPlaces } from "../workPlaces.ts";

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024;

const STATUSES: Readonly<Record<RefusalReason, number>> = {
  malformed: 400,
  clock_skew: 400,
  too_old: 400,
  too_large: 413,
  too_fast: 429,
  too_many_hosts: 503,
  wrong_host: 403,
  unauthorised: 401,
  unavailable: 503,
};

/** Adds the route. */
export function addIngestRoutes(router: ServerRouter, parts: PartsWith<"hub">): void {
  const payloads = new WorkPlaces({ what: "payloads to be taken", atOnce: 4, mostWaiting: 500 });
  router.post("/ingest", countRefusals(parts), parts.guard.require("ingest"), (ctx) => receive(ctx, parts, payloads));
}

/** `GET /api/hosts` and `DELETE /api/hosts/<name>`: the hosts that push here. */
export function addHubHostRoutes(router: ServerRouter, { services, guard }: PartsWith<"hub">): void {
  router.get("/api/hosts", guard.require("read"), (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = services.hub.answer();
  });

  router.delete("/api/hosts/:name", guard.require("admin"), async (ctx) => {
    const { name = "" } = ctx.params as { readonly name?: string };
    if (!(await services.hub.hosts.remove(name)))
      throw new HttpProblem(404, "no host of this name has pushed anything here; /api/hosts lists those that have");
    ctx.status = 204;
    ctx.body = "";
  });
}

/** Outermost, because a refusal by the guard counts as well: it knows no host but the client's address. */
function countRefusals({ services }: PartsWith<"hub">): (ctx: ServerContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (error instanceof HttpProblem && error.details.rejected === undefined)
        services.hub.refusals.note({ reason: reasonFor(error.status), host: clientAddress(ctx), words: error.message });
      throw error;
    }
  };
}

function reasonFor(status: number): RefusalReason {
  if (status === 401 || status === 403 || status === 421 || status === 429) return "unauthorised";
  if (status === 413) return "too_large";
  return status === 503 ? "unavailable" : "malformed";
}

async function receive(
  ctx: ServerContext,
  { services, bodies, guard, pace }: RouteParts<Pick<ServerServices, "hub">>,
  payloads: WorkPlaces,
) {
  const host = readHost(ctx);
  const body = await bodies.readAsSent(ctx, MAX_BODY_BYTES);
  const taken = await payloads.run(goneSignal(ctx), async () => {
    const text = await unpackedText(body, MAX_UNPACKED_BYTES);
    return services.hub.take(text, { host, refusalToSendFor: (name) => guard.refusalToSendFor(ctx, name), pace });
  });
  refuseUnlessKept(taken);
  ctx.set("Cache-Control", "no-store");
  ctx.body = taken.answer satisfies IngestAnswer;
}

/** Whose lines are that have no head. */
function readHost(ctx: ServerContext): string | undefined {
  const asked = readOnce(ctx, "host");
  try {
    return asked === undefined ? undefined : readHostname(asked, "host");
  } catch (error) {
    if (error instanceof FieldProblem) throw new HttpProblem(400, error.message);
    throw error;
  }
}

/** A payload of which something must come again is refused: what was kept of it is known then. @throws HttpProblem */
function refuseUnlessKept({ answer, reason, retrySeconds }: Taken): void {
  const { accepted, repeated, rejected } = answer;
  if (reason === undefined || (retrySeconds === undefined && accepted + repeated > 0)) return;
  const headers = retrySeconds === undefined ? {} : { "Retry-After": String(retrySeconds) };
  throw new HttpProblem(STATUSES[reason], rejected.find((one) => one.reason !== "")?.reason ?? "nothing of it can be used", {
    headers,
    details: { ...answer },
  });
}
