/** `/api/events`: what happened to the machine, and how people tell of more. */
import { z } from "zod";
import type { EventsAnswer } from "../../api/tellingAnswers.ts";
import { defined } from "../../model/defined.ts";
import { parseJson } from "../../model/json.ts";
import { type EventKind, eventKinds, eventLimits } from "../../model/machineEvent.ts";
import { visible } from "../../visible.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { HttpProblem } from "../problem.ts";
import { readCount, readOnce, readTime } from "../range.ts";
import type { PartsWith, RouteParts } from "../routeParts.ts";
import type { ServerServices } from "../services.ts";

const usualCount = 500;
const mostCount = 5000;
const mostBodyBytes = 16 * 1024;
const expectedBody =
  'expected JSON such as {"text": "deployed 1.4", "atMs": 1795255200000, "unit": "shop.service"}; all but text may be left out';

/** What a recording can answer as well. */
interface ReadServices extends Pick<ServerServices, "host"> {
  readonly events: Pick<ServerServices["events"], "between">;
}

/** Adds the route that lists them. */
export function addEventRoutes(router: ServerRouter, { services, guard, clock }: RouteParts<ReadServices>): void {
  router.get("/api/events", guard.require("read"), (ctx) => {
    const nowMs = clock.wallMs();
    const fromMs = readTime(ctx, "from", nowMs) ?? Number.NEGATIVE_INFINITY;
    const toMs = readTime(ctx, "to", nowMs) ?? Number.POSITIVE_INFINITY;
    if (fromMs > toMs) throw new HttpProblem(400, "from: expected a time that is not after to");
    const limit = readCount(ctx, "limit", usualCount, mostCount);
    const kind = readKind(ctx);
    const found = services.events.between(fromMs, toMs).filter((event) => kind === undefined || event.kind === kind);
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = { host: services.host.hostname, total: found.length, events: found.slice(-limit).toReversed() } satisfies EventsAnswer;
  });
}

/** Adds the route by which somebody tells of one. */
export function addPostedEventRoutes(router: ServerRouter, { services, guard, bodies, clock }: PartsWith<"events" | "redact">): void {
  router.post("/api/events", guard.require("capture"), async (ctx) => {
    const nowMs = clock.wallMs();
    const { text, atMs = nowMs, unit } = wantedBody(await bodies.readText(ctx, mostBodyBytes), nowMs);
    const clean = (written: string) => visible(services.redact(written.trim()));
    const by = ctx.state.principal?.name ?? "";
    const posted = await services.events.post(
      defined({ atMs: Math.round(atMs), text: clean(text), unit: unit === undefined ? undefined : clean(unit), by }),
    );
    if ("event" in posted) {
      ctx.status = 201;
      ctx.body = posted.event;
      return;
    }
    ctx.set("Retry-After", "60");
    throw new HttpProblem(posted.refused === "too_many" ? 429 : 503, posted.reason);
  });
}

function readKind(ctx: ServerContext): EventKind | undefined {
  const asked = readOnce(ctx, "kind");
  const kind = eventKinds.find((one) => one === asked);
  if (asked === undefined || kind !== undefined) return kind;
  throw new HttpProblem(400, `kind: expected one of ${eventKinds.join(", ")}, not ${JSON.stringify(asked.slice(0, 100))}`);
}

function wantedBody(text: string, nowMs: number) {
  const { mostTextCharacters, mostUnitCharacters, oldestSeconds, aheadSeconds } = eventLimits;
  const written = (most: number) =>
    z.string(`expected a text of 1 to ${most} characters`).refine((value) => value.trim() !== "" && value.length <= most, {
      error: `expected a text of 1 to ${most} characters`,
    });
  const isInTime = (ms: number) => ms >= nowMs - oldestSeconds * 1000 && ms <= nowMs + aheadSeconds * 1000;
  const shape = z.strictObject({
    text: written(mostTextCharacters),
    atMs: z
      .number("expected milliseconds since 1970")
      .refine(isInTime, { error: `expected milliseconds since 1970, ${oldestSeconds / 86_400} days old at most and not to come` })
      .optional(),
    unit: written(mostUnitCharacters).optional(),
  });
  const body = shape.safeParse(parseJson(text));
  if (body.success) return body.data;
  const [issue] = body.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: ${issue.message}; `;
  const unknown = issue?.code === "unrecognized_keys" ? `${issue.keys.join(", ")}: not known; ` : "";
  throw new HttpProblem(400, `${where}${unknown}${expectedBody}`);
}
