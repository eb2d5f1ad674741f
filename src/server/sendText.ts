/** Sends a long text while it is being made. */
import { PassThrough, pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { ServerContext } from "./context.ts";

/** In pieces, and packed where the client can unpack. */
export function sendText(ctx: ServerContext, text: Iterable<string> | AsyncIterable<string>): void {
  ctx.vary("Accept-Encoding");
  const packed = ctx.acceptsEncodings("gzip", "identity") === "gzip";
  if (packed) ctx.set("Content-Encoding", "gzip");
  // to HEAD nothing is sent: what is not begun need not be ended
  if (ctx.method === "HEAD") {
    ctx.body = "";
    return;
  }
  // Koa answers with what the stream says; a failure on the way can only break the answer off
  const body = packed ? createGzip({ level: 2 }) : new PassThrough();
  pipeline(Readable.from(text), body, () => undefined);
  ctx.body = body;
}
