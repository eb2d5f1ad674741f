/** The telemetry path: open to whoever can reach it, as with every exporter. */
import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import { NodeCollectorError } from "../../metrics/node/nodeMetrics.ts";
import { clientAddress } from "../accessLog.ts";
import type { RouteParts, ServerRouter } from "../context.ts";
import { HttpProblem } from "../problem.ts";

/** Below this, packing costs more than it saves. */
const GZIP_FROM_BYTES = 1024;
/** The usual size of an answer is packed faster than a thread is asked to do it. */
const SYNC_BELOW_LENGTH = 256 * 1024;
/** A small window: metrics repeat themselves within a few lines, and every scrape would else touch a quarter of a megabyte. */
const GZIP = { level: 1, windowBits: 13, memLevel: 6, chunkSize: 64 * 1024 } as const;
const gzipAsync = promisify(gzip);

/** Adds `GET <telemetryPath>`. */
export function addMetricsRoutes(router: ServerRouter, { services, settings }: RouteParts): void {
  router.get(exactly(settings.telemetryPath), async (ctx) => {
    services.metrics.noteScrape(clientAddress(ctx));
    const { contentType, body } = await services.metrics
      .render({ accept: ctx.get("Accept"), collect: [ctx.query["collect[]"] ?? []].flat() })
      .catch((error: unknown) => {
        throw error instanceof NodeCollectorError ? new HttpProblem(400, error.message) : error;
      });
    ctx.status = 200;
    ctx.set({ "Content-Type": contentType, "Cache-Control": "no-store" });
    ctx.vary("Accept, Accept-Encoding");
    if (Buffer.byteLength(body) <= GZIP_FROM_BYTES || ctx.acceptsEncodings("gzip", "identity") !== "gzip") {
      ctx.body = body;
      return;
    }
    ctx.set("Content-Encoding", "gzip");
    ctx.body = body.length < SYNC_BELOW_LENGTH ? gzipSync(body, GZIP) : await gzipAsync(body, GZIP);
  });
}

/** The router gives a meaning to colons, stars and brackets; a configured path means itself. */
function exactly(path: string): RegExp {
  return new RegExp(`^${path.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}$`);
}
