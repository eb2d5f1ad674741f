/** One line per request, written when it is over. The query is left out, for it may carry a token. */
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { Next, ServerContext } from "./context.ts";

/** What the access log needs to know. */
interface AccessLogSettings {
  readonly telemetryPath: string;
  /** Somebody may paste a token into the path. */
  redact(text: string): string;
}

/** Logs every request: at debug what comes by itself every few seconds and succeeds, everything else at info. */
export function accessLog(log: Log, clock: Clock, settings: AccessLogSettings): (ctx: ServerContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    const beganAtSeconds = clock.monotonicSeconds();
    const socket = ctx.req.socket;
    const writtenBefore = socket.bytesWritten;
    const client = clientAddress(ctx);
    ctx.res.once("close", () => {
      const fields = defined({
        method: ctx.method,
        path: settings.redact(ctx.path.slice(0, 256)),
        status: ctx.res.statusCode,
        sentBytes: socket.bytesWritten - writtenBefore,
        durationSeconds: Math.round((clock.monotonicSeconds() - beganAtSeconds) * 1e6) / 1e6,
        client,
        as: ctx.state.principal?.name,
        aborted: ctx.res.writableFinished ? undefined : true,
      });
      if (isRoutine(ctx, settings.telemetryPath)) log.debug("request", fields);
      else log.info("request", fields);
    });
    await next();
  };
}

/** Scrapes and what the live page asks for all the time; of health checks the refusals too, for a machine may be not ready for long. */
function isRoutine({ method, path, res }: ServerContext, telemetryPath: string): boolean {
  if (path.startsWith("/-/")) return true;
  // a thousand hosts send two hundred a second; what is refused is said once a minute of each
  if (path === "/ingest") return true;
  // whoever goes away has not been refused
  if ((res.writableFinished && res.statusCode >= 400) || (method !== "GET" && method !== "HEAD")) return false;
  return path === telemetryPath || path.startsWith("/api/") || path.startsWith("/assets/");
}

/** The peer's address, IPv4 written as such. */
export function clientAddress(ctx: ServerContext): string {
  return (ctx.req.socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
}
