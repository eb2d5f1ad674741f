/** Request bodies: read whole up to a limit, or thrown away so that the sender can still read its answer. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { Clock } from "../model/clock.ts";
import { codeOf } from "../model/errors.ts";
import type { ServerContext } from "./context.ts";
import { HttpProblem } from "./problem.ts";

/** How much of an unwanted body is swallowed before the connection is given up. */
const DISCARD_BYTES = 64 * 1024 * 1024;
const DISCARD_SECONDS = 10;

/** So much may all bodies hold that are being read or worked on, and so much of that those that are not small. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_LARGE_BYTES = 12 * 1024 * 1024;
/** Larger ones take memory before it is asked for: only so much, and so many, are let begin. */
export const SMALL_BODY_BYTES = 64 * 1024;
const RETRY_SECONDS = 5;
const BLOCK_BYTES = 64 * 1024;

const unpack = promisify(gunzip);

/** A body as it came. */
interface SentBody {
  readonly bytes: Buffer;
  readonly isPacked: boolean;
}

/**
 * Its text. Of what it unpacks to no more than `mostBytes` is ever made.
 *
 * @throws HttpProblem 413 when it unpacks to more, 400 when it is not what gzip makes
 */
export async function unpackedText({ bytes, isPacked }: SentBody, mostBytes: number): Promise<string> {
  if (!isPacked) return bytes.toString("utf8").replace(/^\uFEFF/, "");
  try {
    return (await unpack(bytes, { maxOutputLength: mostBytes })).toString("utf8");
  } catch (error) {
    if (codeOf(error) !== "ERR_BUFFER_TOO_LARGE") throw new HttpProblem(400, "body: expected what gzip makes, as Content-Encoding says");
    throw new HttpProblem(413, `the body unpacks to more than the ${mostBytes} bytes that are accepted here`, {
      details: { limitBytes: mostBytes },
    });
  }
}

/** Reads bodies. Each counts, with the length that it announces, until its request has been answered. */
export class Bodies {
  #heldBytes = 0;

  /**
   * Reads the whole body.
   *
   * @throws HttpProblem 413 when it is larger than `limitBytes`, 415 when it is compressed, 400 when it ends early, 503 when the bodies of
   * others leave no room for it.
   */
  async readBody(ctx: ServerContext, limitBytes: number): Promise<Buffer> {
    const encoding = ctx.get("Content-Encoding").toLowerCase();
    if (encoding !== "" && encoding !== "identity") {
      throw new HttpProblem(415, `the body is encoded as ${encoding.slice(0, 40)}; expected it plain, without Content-Encoding`);
    }
    return this.#read(ctx, limitBytes);
  }

  /** Reads a body that may be packed with gzip, as it was sent. @throws as above, but 415 only for other encodings */
  async readAsSent(ctx: ServerContext, limitBytes: number): Promise<SentBody> {
    const encoding = ctx.get("Content-Encoding").toLowerCase();
    const isPacked = encoding === "gzip" || encoding === "x-gzip";
    if (!isPacked && encoding !== "" && encoding !== "identity")
      throw new HttpProblem(415, `the body is encoded as ${encoding.slice(0, 40)}; expected gzip, or none`);
    return { bytes: await this.#read(ctx, limitBytes), isPacked };
  }

  async #read(ctx: ServerContext, limitBytes: number): Promise<Buffer> {
    const tooLarge = new HttpProblem(413, `the body is larger than the ${limitBytes} bytes that are accepted here`, {
      details: { limitBytes },
    });
    const announcedBytes = Number(ctx.get("Content-Length"));
    if (announcedBytes > limitBytes) throw tooLarge;
    let ownBytes = 0;
    const release = (): void => {
      this.#heldBytes -= ownBytes;
      ownBytes = 0;
    };
    // what is begun is read to its end: half a body that is given up is memory for nothing
    const reserve = (bytes: number): HttpProblem | undefined => {
      const moreBytes = Math.max(0, bytes - ownBytes);
      const mostBytes = bytes > SMALL_BODY_BYTES ? MOST_LARGE_BYTES : MOST_BYTES;
      if (moreBytes > 0 && this.#heldBytes + moreBytes > mostBytes) return crowded();
      this.#heldBytes += moreBytes;
      ownBytes += moreBytes;
      return undefined;
    };
    const problem = reserve(announcedBytes);
    if (problem !== undefined) throw problem;
    ctx.res.once("close", release);
    if (awaitsContinue(ctx)) {
      ctx.state.continued = true;
      ctx.res.writeContinue();
    }
    try {
      return await collect(ctx.req, (bytes) => (bytes > limitBytes ? tooLarge : reserve(bytes)));
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Reads a body as text; bytes that are not UTF-8 become replacement characters. */
  async readText(ctx: ServerContext, limitBytes: number): Promise<string> {
    return (await this.readBody(ctx, limitBytes)).toString("utf8").replace(/^\uFEFF/, "");
  }
}

function crowded(): HttpProblem {
  return new HttpProblem(503, "too many large bodies are being received: try again later", {
    headers: { "Retry-After": String(RETRY_SECONDS) },
  });
}

/** `take` says why no more than so many bytes in all can be taken. */
function collect(request: IncomingMessage, take: (bytes: number) => HttpProblem | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces = new Pieces();
    const finish = (settle: () => void): void => {
      request.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      const problem = take(pieces.length + chunk.length);
      if (problem !== undefined) finish(() => reject(problem));
      else pieces.add(chunk);
    };
    const onEnd = (): void => finish(() => resolve(pieces.joined()));
    const onGone = (): void => finish(() => reject(new HttpProblem(400, "the connection was closed before the whole body had arrived")));
    request.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
  });
}

/** Together again: a body that comes in a hundred thousand small pieces would take several times its size. */
class Pieces {
  readonly #blocks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    for (let taken = 0; taken < piece.length; ) {
      const at = this.#length % BLOCK_BYTES;
      if (at === 0) this.#blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
      const bytes = piece.copy(this.#blocks.at(-1) as Buffer, at, taken);
      taken += bytes;
      this.#length += bytes;
    }
  }

  joined(): Buffer {
    return Buffer.concat(this.#blocks, this.#length);
  }
}

/**
 * Swallows what is left of a body that nobody wants: a connection that is closed with bytes unread is reset, and the
 * sender would see the reset in place of the answer. False when something is still on its way, so the connection must go.
 */
export async function discardBody(ctx: ServerContext, clock: Clock): Promise<boolean> {
  const request = ctx.req;
  if (request.complete || !hasBody(request)) return true;
  // It waits for 100 Continue before it sends, and will not get it.
  if (awaitsContinue(ctx) || request.destroyed) return false;
  return new Promise((resolve) => {
    let discardedBytes = 0;
    const finish = (complete: boolean): void => {
      cancel();
      request.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
      request.resume();
      resolve(complete);
    };
    const onData = (chunk: Buffer): void => {
      discardedBytes += chunk.length;
      if (discardedBytes > DISCARD_BYTES) finish(false);
    };
    const onEnd = (): void => finish(true);
    const onGone = (): void => finish(false);
    const cancel = clock.after(DISCARD_SECONDS, onGone);
    request.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone).resume();
  });
}

/** It says that it has one. */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

function awaitsContinue(ctx: ServerContext): boolean {
  return ctx.get("Expect").toLowerCase() === "100-continue" && ctx.state.continued !== true;
}
