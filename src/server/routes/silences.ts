/** `/api/silences`: what is held back at people's wish, and how that begins and ends. */
import { z } from "zod";
import type { SilencesAnswer } from "../../api/tellingAnswers.ts";
import { defined } from "../../model/defined.ts";
import { parseJson } from "../../model/json.ts";
import { silenceLimits } from "../../model/quiet.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { HttpProblem } from "../problem.ts";
import type { RouteParts } from "../routeParts.ts";

const mostBodyBytes = 64 * 1024;
const expectedBody =
  'expected JSON such as {"seconds": 7200, "triggers": ["HighLoad"], "groups": ["pg_dump"], "reason": "..."}; all but seconds may be left out';

/** Adds the routes. */
export function addSilenceRoutes(router: ServerRouter, { services, guard, bodies }: RouteParts): void {
  router.get("/api/silences", guard.require("read"), (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    const { silences } = services;
    ctx.body = { silences: silences.list(), quiet: silences.quiet(), held: silences.held() } satisfies SilencesAnswer;
  });

  router.post("/api/silences", guard.require("admin"), async (ctx) => {
    const { seconds, triggers, groups, reason } = wantedBody(await bodies.readText(ctx, mostBodyBytes));
    const [problem] = (triggers ?? []).flatMap((name) => services.silences.problemOf(name) ?? []);
    if (problem !== undefined) throw new HttpProblem(400, problem);
    const clean = reason === undefined || reason.trim() === "" ? undefined : services.redact(reason.trim());
    const added = await services.silences.add(defined({ seconds, triggers, groups, reason: clean, by: nameOf(ctx) }));
    if (added === undefined) throw new HttpProblem(409, "there are too many silences already; end some of them first");
    ctx.status = 201;
    ctx.body = added;
  });

  router.delete("/api/silences/:id", guard.require("admin"), async (ctx) => {
    const ended = await services.silences.end(ctx.params.id ?? "", nameOf(ctx));
    if (ended === undefined) throw new HttpProblem(404, "there is no such silence; it has ended, or never was");
    ctx.body = ended;
  });
}

function nameOf(ctx: ServerContext): string {
  return ctx.state.principal?.name ?? "";
}

function wantedBody(text: string) {
  const { shortestSeconds, longestSeconds, mostTriggers, mostNameCharacters, mostReasonCharacters } = silenceLimits;
  const names = z.array(z.string().min(1).max(mostNameCharacters)).min(1).max(mostTriggers);
  const shape = z.strictObject({
    seconds: z.number(`expected from ${shortestSeconds} to ${longestSeconds}`).min(shortestSeconds).max(longestSeconds),
    triggers: names.optional(),
    groups: names.optional(),
    reason: z.string().max(mostReasonCharacters).optional(),
  });
  const body = shape.safeParse(parseJson(text));
  if (body.success) return body.data;
  const [issue] = body.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: ${issue.message}; `;
  throw new HttpProblem(400, `${where}${expectedBody}`);
}
