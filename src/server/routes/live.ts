/** `GET /api/live`: the machine second by second, as Server-Sent Events; liveFeed.ts says which. */
import type { ServerContext, ServerRouter } from "../context.ts";
import type { LiveFeed } from "../liveFeed.ts";
import { HttpProblem } from "../problem.ts";
import type { RouteParts } from "../routeParts.ts";

/** Then the listener has to come again. */
const longestSeconds = 3600;
/** How often it is looked whether a listener may still listen: whose token is revoked hears no more. */
const recheckSeconds = 1;
const keepAliveSeconds = 15;

/** Adds the route. Where nothing is live, as in a replay, there is none. */
export function addLiveRoutes(router: ServerRouter, parts: RouteParts): void {
  const { live } = parts.services;
  if (live === undefined) return;
  router.get("/api/live", parts.guard.require("read"), async (ctx) => {
    ctx.set({ "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
    if (ctx.method === "HEAD") {
      ctx.body = "";
      return;
    }
    if (!live.hasRoom) {
      throw new HttpProblem(503, "too many are listening already; /api/snapshots has the same data", { headers: { "Retry-After": "30" } });
    }
    await listen(ctx, parts, live);
  });
}

/** Past Koa, which would buffer: resolves when the listener is gone. */
function listen(ctx: ServerContext, { clock, closing }: RouteParts, live: LiveFeed): Promise<void> {
  const { res } = ctx;
  ctx.status = 200;
  ctx.respond = false;
  res.flushHeaders();
  return new Promise((resolve) => {
    const leave = live.join(res);
    const end = () => void res.end();
    let cancelKeepAlive = clock.after(keepAliveSeconds, keepAlive);
    const cancelLimit = clock.after(longestSeconds, end);
    let isOver = false;
    const isStillGood = ctx.state.principal?.isStillGood;
    let cancelRecheck = clock.after(recheckSeconds, recheck);
    function recheck(): void {
      void isStillGood?.().then((isGood) => {
        if (!isGood) end();
        else if (!isOver) cancelRecheck = clock.after(recheckSeconds, recheck);
      });
    }
    function keepAlive(): void {
      if (res.writableLength === 0) res.write(": still here\n\n");
      cancelKeepAlive = clock.after(keepAliveSeconds, keepAlive);
    }
    closing.addEventListener("abort", end, { once: true });
    res.once("close", () => {
      isOver = true;
      leave();
      cancelKeepAlive();
      cancelLimit();
      cancelRecheck();
      closing.removeEventListener("abort", end);
      resolve();
    });
    if (closing.aborted) end();
  });
}
