/**
 * One request: within a time limit, its answer bounded and drained, no redirect followed.
 *
 * A redirect is an answer like any other: what it asks for would carry the message, and its signature, to an address that nobody wrote
 * into the configuration.
 */
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { type Deadline, startDeadline } from "./deadline.ts";
import { failureOf, failureSentence, HttpError, networkCodeOf } from "./errors.ts";
import { parseRetryAfter } from "./retryAfter.ts";
import { parseHttpUrl, shownUrl } from "./url.ts";

/** What is to be sent, and how long that may take. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Only a POST and a PUT have one. */
  readonly body?: string | Uint8Array;
  readonly clock: Clock;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** PEM: this certificate and no other is believed, whatever name it is for. */
  readonly pinned?: string | undefined;
  /** Who is believed beside those that the system believes, and who we are. */
  readonly tls?: TlsParts | undefined;
  /** So much of the answer's text is kept, 4 KiB when left out. */
  readonly keptBytes?: number;
}

/** PEM: an authority of one's own, and a client's certificate with its key. */
export interface TlsParts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A server's answer. */
export interface HttpAnswer {
  readonly status: number;
  /** The beginning of the body. */
  readonly text: string;
  readonly retryAfterSeconds?: number;
  /** Where a redirect leads: scheme and host only. */
  readonly redirect?: string;
}

/** So much of an answer is looked at; the rest is drained up to the second limit, then the connection is closed. */
const usualKeptBytes = 4096;
const drainedBytes = 1024 * 1024;

/** Sends it. @throws HttpError when no answer came; an answer of any status is a result, its text as the server sent it. */
export async function request(wanted: HttpRequest): Promise<HttpAnswer> {
  const { url, clock, timeoutSeconds, signal, keptBytes = usualKeptBytes } = wanted;
  const deadline = startDeadline(clock, timeoutSeconds, signal);
  try {
    const answer = await send(wanted, deadline.signal);
    const text = await readStart(answer, keptBytes);
    const { location, "retry-after": retryAfter } = answer.headers;
    const retryAfterSeconds = parseRetryAfter(retryAfter, clock.wallMs());
    const status = answer.statusCode ?? 0;
    const redirect = status >= 300 && status < 400 && location !== undefined ? shownLocation(location, url) : undefined;
    return defined({
      status,
      text,
      retryAfterSeconds,
      redirect,
    });
  } catch (error) {
    throw errorOf(error, wanted, deadline);
  } finally {
    deadline.done();
  }
}

/** Why there was no answer. */
export function errorOf(error: unknown, { url, timeoutSeconds }: HttpRequest, deadline: Deadline): HttpError {
  const code = deadline.signal.aborted ? "" : networkCodeOf(error);
  const failure = deadline.isOver() ? "timeout" : deadline.signal.aborted ? "aborted" : failureOf(code);
  const detail = deadline.isOver() ? `${timeoutSeconds} s` : code;
  return new HttpError(failure, failureSentence(shownUrl(url), failure, detail));
}

/** Sends the request; resolves with the answer's head. */
export function send({ method, url, headers, body, pinned, tls }: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const bytes = body === undefined ? undefined : Buffer.from(body);
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? requestHttps : requestHttp;
    const length = bytes === undefined ? {} : { "content-length": bytes.length };
    const trust = pinned === undefined ? {} : { ca: pinned, allowPartialTrustChain: true, checkServerIdentity: () => undefined };
    const sent = start(url, { method, headers: { ...headers, ...length }, agent: false, signal, ...tls, ...trust });
    sent.on("response", resolve);
    sent.on("error", reject);
    sent.end(bytes);
  });
}

/**
 * The beginning of a body. The rest is read and forgotten; an endless one is broken off. A body that breaks is no failure: the status
 * has been said, and who asks again after a 200 tells everybody twice.
 */
async function readStart(answer: IncomingMessage, keptBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let kept = 0;
  let seen = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      seen += chunk.length;
      if (kept < keptBytes) {
        const part = chunk.subarray(0, keptBytes - kept);
        chunks.push(part);
        kept += part.length;
      }
      // leaving the loop destroys the connection
      if (seen > keptBytes + drainedBytes) break;
    }
  } catch {}
  return Buffer.concat(chunks).toString();
}

function shownLocation(location: string, from: URL): string {
  const to = URL.canParse(location, from.href) ? parseHttpUrl(new URL(location, from.href).href) : undefined;
  return to === undefined ? "somewhere" : shownUrl(to);
}
