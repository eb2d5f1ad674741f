/** An archive's bytes from another host, handed through as they come: nothing of them is held here. */
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { ServerContext } from "../context.ts";
import { HttpProblem } from "../problem.ts";

interface PassedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

const mostTextBytes = 64 * 1024;
const askedHeaders = ["range", "if-range", "if-none-match", "if-modified-since"] as const;
const passedHeaders = ["content-length", "content-range", "etag", "last-modified", "accept-ranges"] as const;

/** The bytes as they come. The length is what the other host said, and Node checks it. */
export function passArchive(ctx: ServerContext, { status, headers, body }: PassedAnswer, host: string, fingerprint: string): void {
  const isArchive = status === 304 || (headers["content-type"] === "application/gzip" && /^\d+$/.test(headers["content-length"] ?? ""));
  if (!isArchive) {
    body.destroy();
    throw new HttpProblem(502, `the archive of this alert is on ${host}, which answered with something that is no archive`);
  }
  ctx.status = status;
  for (const name of passedHeaders) {
    const value = headers[name];
    if (typeof value === "string") ctx.set(name, value);
  }
  ctx.set("Cache-Control", "private, no-cache");
  if (status === 304 || ctx.method === "HEAD") {
    body.resume();
    if (status === 200) ctx.set("Content-Type", "application/gzip");
    return;
  }
  const id = /\/([A-Za-z0-9._-]{1,200})\.tar\.gz$/.exec(headers["content-location"] ?? "")?.[1] ?? fingerprint;
  ctx.attachment(`${id}.tar.gz`);
  ctx.set("Content-Type", "application/gzip");
  // Koa leaves the answer open when what it is made of breaks
  body.once("close", () => {
    if (!body.readableEnded) ctx.res.destroy();
  });
  ctx.body = body;
}

/** What a client says of the part that it wants and of what it has already. */
export function rangeHeaders(ctx: ServerContext): Record<string, string> {
  return Object.fromEntries(askedHeaders.map((name) => [name, ctx.get(name)]).filter(([, value]) => value !== ""));
}

/** The beginning of a text; what breaks off is as long as it is. */
export async function readSome(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      // leaving the loop destroys the connection
      if (bytes > mostTextBytes) break;
    }
  } catch {}
  return Buffer.concat(chunks).toString();
}
