/**
 * `GET /api/log?after&level`: the newest lines of Culprit's log, oldest first.
 *
 * `after` is the `newest` of the answer before: what is newer than that comes. `level` is the least important level (info); lines below
 * log.level are not kept.
 */
import type { LogAnswer } from "../../api/answers.ts";
import type { LogLevel } from "../../log.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { HttpProblem } from "../problem.ts";
import { readOnce } from "../range.ts";
import type { PartsWith } from "../routeParts.ts";

const levels: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** Adds the route. */
export function addLogRoutes(router: ServerRouter, { services, guard }: PartsWith<"logLines" | "redact">): void {
  router.get("/api/log", guard.require("read"), (ctx) => {
    const { lines, newest, missed } = services.logLines.after(readSequence(ctx), readLevel(ctx));
    const clean = (fields: object) => redacted(fields, services.redact) as LogAnswer["lines"][number]["fields"];
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = {
      lines: lines.map((line) => ({ ...line, message: services.redact(line.message), fields: clean(line.fields) })),
      newest,
      missed,
    } satisfies LogAnswer;
  });
}

function readSequence(ctx: ServerContext): number {
  const text = readOnce(ctx, "after");
  if (text === undefined) return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HttpProblem(400, `after: expected the number of a line, got ${JSON.stringify(text.slice(0, 100))}`);
}

function readLevel(ctx: ServerContext): LogLevel {
  const text = readOnce(ctx, "level");
  const level = text === undefined ? "info" : levels.find((one) => one === text);
  if (level !== undefined) return level;
  throw new HttpProblem(400, `level: expected one of ${levels.join(", ")}, got ${JSON.stringify((text ?? "").slice(0, 100))}`);
}

/** Secrets were cut out when the lines were logged; here they leave the machine, so it is done once more. */
function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((one) => redacted(one, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, redacted(one, redact)]));
}
