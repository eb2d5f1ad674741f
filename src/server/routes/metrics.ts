/** The telemetry path: open to whoever can reach it, as with every exporter. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { clientAddress } from "../accessLog.ts";
import type { RouteParts, ServerRouter } from "../context.ts";

/** Below this, packing costs more than it saves. */
const GZIP_FROM_BYTES = 1024;
const gzipAsync = promisify(gzip);

/** Adds `GET <telemetryPath>`. */
export function addMetricsRoutes(router: ServerRouter, { services, settings }: RouteParts): void {
  router.get(exactly(settings.telemetryPath), async (ctx) => {
    services.metrics.noteScrape(clientAddress(ctx));
    const { contentType, body } = await services.metrics.render(ctx.get("Accept"));
    ctx.status = 200;
    ctx.set({ "Content-Type": contentType, "Cache-Control": "no-store" });
    ctx.vary("Accept, Accept-Encoding");
    if (Buffer.byteLength(body) <= GZIP_FROM_BYTES || ctx.acceptsEncodings("gzip", "identity") !== "gzip") {
      ctx.body = body;
      return;
    }
    ctx.set("Content-Encoding", "gzip");
    ctx.body = await gzipAsync(body, { level: 1 });
  });
}

/** The router gives a meaning to colons, stars and brackets; a configured path means itself. */
function exactly(path: string): RegExp {
  return new RegExp(`^${path.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}$`);
}
