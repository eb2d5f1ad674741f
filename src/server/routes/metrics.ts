/** The telemetry path: open to every client that reaches it, as with every exporter. */
import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import { NodeCollectorError } from "../../metrics/node/nodeMetrics.ts";
import { clientAddress } from "../accessLog.ts";
import type { ServerRouter } from "../context.ts";
import { HttpProblem } from "../problem.ts";
import type { RouteParts } from "../routeParts.ts";
import { SharedRenderings } from "../sharedRenderings.ts";

/** Below this, packing costs more than it saves. */
const GZIP_FROM_BYTES = 1024;
/** The usual size of an answer is packed faster than a thread is asked to do it. */
const SYNC_BELOW_LENGTH = 256 * 1024;
/** A small window: metrics repeat themselves within a few lines, and every scrape would else touch a quarter of a megabyte. */
const GZIP = { level: 1, windowBits: 13, memLevel: 6, chunkSize: 64 * 1024 } as const;
const gzipAsync = promisify(gzip);

/** What a scrape is answered with; packed once somebody wants it packed. */
interface Rendered {
  readonly contentType: string;
  readonly body: string;
  bytes?: Buffer;
  packed?: Promise<Buffer> | Buffer;
}

/** Adds `GET <telemetryPath>`. */
export function addMetricsRoutes(router: ServerRouter, { services, settings, clock }: RouteParts): void {
  const { metrics } = services;
  const renderings = new SharedRenderings<Rendered>(clock);

  router.get(exactly(settings.telemetryPath), async (ctx) => {
    metrics.noteScrape(clientAddress(ctx));
    const named = (parameter: string) => [ctx.query[parameter] ?? []].flat();
    const scrape = { accept: ctx.get("Accept"), collect: named("collect[]"), exclude: named("exclude[]") };
    const rendered = await renderings
      .share(JSON.stringify(scrape), () => metrics.render(scrape))
      .catch((error: unknown) => {
        throw error instanceof NodeCollectorError ? new HttpProblem(400, error.message) : error;
      });
    const { contentType, body } = rendered;
    ctx.status = 200;
    ctx.set({ "Content-Type": contentType, "Cache-Control": "no-store" });
    ctx.vary("Accept, Accept-Encoding");
    // once, for it may be megabytes
    rendered.bytes ??= Buffer.from(body);
    const { bytes } = rendered;
    if (bytes.length <= GZIP_FROM_BYTES || ctx.acceptsEncodings("gzip", "identity") !== "gzip") {
      ctx.body = bytes;
      return;
    }
    ctx.set("Content-Encoding", "gzip");
    rendered.packed ??= bytes.length < SYNC_BELOW_LENGTH ? gzipSync(bytes, GZIP) : gzipAsync(bytes, GZIP);
    ctx.body = await rendered.packed;
  });
}

/** The router gives a meaning to colons, stars and brackets; a configured path means itself. */
function exactly(path: string): RegExp {
  return new RegExp(`^${path.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}$`);
}
