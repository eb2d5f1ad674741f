/** Refusals and failures: every request that is turned down is told why, in JSON, or as a small page where a browser asks for one. */
import type { ErrorAnswer } from "../api/answers.ts";
import { QueueFull, QueueUnavailable } from "../capture/contract.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { traceOf } from "../model/errors.ts";
import { discardBody } from "./body.ts";
import type { Next, ServerContext } from "./context.ts";
import { html, page, rootFrom } from "./html.ts";
import { wantsPage } from "./negotiate.ts";
import { HttpProblem } from "./problem.ts";
import { sendPage } from "./sendPage.ts";

/** Describes the body that a handler had begun to announce; a refusal has another one. */
const BODY_HEADERS = [
  "Accept-Ranges",
  "Cache-Control",
  "Content-Disposition",
  "Content-Encoding",
  "Content-Length",
  "Content-Location",
  "Content-Range",
  "Content-Type",
  "ETag",
  "Last-Modified",
];

/** Turns whatever a handler throws, and every path or method that nobody serves, into an answer. */
export function errorAnswers(log: Log, clock: Clock): (ctx: ServerContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    try {
      await next();
      const unserved = unservedProblem(ctx);
      if (unserved !== undefined) throw unserved;
    } catch (error) {
      const problem = toProblem(error, ctx, log);
      for (const header of BODY_HEADERS) ctx.remove(header);
      // a stream that is not read to its end is closed behind its answer, and the connection stands
      if (!(await discardBody(ctx, clock)) && ctx.req.httpVersionMajor < 2) ctx.set("Connection", "close");
      ctx.status = problem.status;
      ctx.set({ ...problem.headers });
      ctx.set("Cache-Control", "no-store");
      if (wantsPage(ctx)) sendPage(ctx, problemPage(ctx, problem));
      else ctx.body = { error: problem.message, ...problem.details } satisfies ErrorAnswer;
    }
  };
}

function problemPage({ path }: ServerContext, { status, message }: HttpProblem): string {
  const root = rootFrom(path);
  const title = TITLES[status] ?? "This did not work";
  const body = html`<h1>${title}</h1>
<p class="problem">${message.charAt(0).toUpperCase()}${message.slice(1)}.</p>
<p><a href="${root === "" ? "./" : root}">To the live page</a> · <a href="${root}archives">Archives</a></p>`;
  return page({ title: `${title} · Culprit`, root, body });
}

const TITLES: Readonly<Record<number, string>> = { 401: "Not allowed", 403: "Not allowed", 404: "Not found", 503: "Not now" };

function unservedProblem(ctx: ServerContext): HttpProblem | undefined {
  if (ctx.body !== undefined && ctx.body !== null) return undefined;
  switch (ctx.status) {
    case 404:
      return new HttpProblem(404, `there is nothing at ${ctx.path}`);
    case 405:
      return new HttpProblem(405, `${ctx.method} is not possible at ${ctx.path}; possible: ${ctx.response.get("Allow")}`);
    case 501:
      return new HttpProblem(501, `the method ${ctx.method} is not known here`);
    default:
      return undefined;
  }
}

function toProblem(error: unknown, ctx: ServerContext, log: Log): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof QueueUnavailable) {
    log.warn("a request could not be kept", { method: ctx.method, path: ctx.path, reason: error.message });
    if (error instanceof QueueFull) return new HttpProblem(503, `${error.message}: try again later`, { headers: { "Retry-After": "60" } });
    return new HttpProblem(503, "the request could not be written to disk and was not accepted: try again later", {
      headers: { "Retry-After": "30" },
    });
  }
  log.error("a request failed", {
    method: ctx.method,
    path: ctx.path,
    reason: traceOf(error),
  });
  return new HttpProblem(500, "Culprit failed to answer this request; its log says why");
}
