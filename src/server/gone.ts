/** Ends the work for a client that has gone. */
import type { ServerContext } from "./context.ts";
import { HttpProblem } from "./problem.ts";

/**
 * Aborted when the answer is over: above all when the client goes away before it has the whole of it, or has gone already. Nobody needs the
 * work then.
 */
export function goneSignal(ctx: ServerContext): AbortSignal {
  ctx.state.gone ??= signalOf(ctx);
  return ctx.state.gone;
}

function signalOf(ctx: ServerContext): AbortSignal {
  const gone = new AbortController();
  const abort = (): void => gone.abort(new HttpProblem(503, "the client went away before its answer was ready"));
  if (ctx.res.destroyed || ctx.req.socket.destroyed) abort();
  else ctx.res.once("close", abort);
  return gone.signal;
}
