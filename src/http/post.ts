/**
 * One POST: within a time limit, its answer bounded and drained, no redirect followed.
 *
 * A redirect is an answer like any other: what it asks for would carry the message, and its signature, to an address that nobody wrote
 * into the configuration.
 */
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Clock } from "../model/clock.ts";
import { startDeadline } from "./deadline.ts";
import { codeOf, failureOf, failureSentence, HttpError } from "./errors.ts";
import { parseRetryAfter } from "./retryAfter.ts";
import { hideUrl, parseHttpUrl, shownUrl } from "./url.ts";

/** What is to be sent, and how long that may take. */
export interface HttpPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly clock: Clock;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** A server's answer. */
export interface HttpAnswer {
  readonly status: number;
  /** The beginning of the body without what the URL keeps secret. */
  readonly text: string;
  readonly retryAfterSeconds?: number;
  /** Where a redirect leads: scheme and host only. */
  readonly redirect?: string;
}

/** So much of an answer is looked at; the rest is drained up to the second limit, then the connection is closed. */
const keptBytes = 4096;
const drainedBytes = 1024 * 1024;

/** Sends it. @throws HttpError when no answer came; an answer of any status is a result. */
export async function post({ url, headers, body, clock, timeoutSeconds, signal }: HttpPost): Promise<HttpAnswer> {
  const deadline = startDeadline(clock, timeoutSeconds, signal);
  try {
    const bytes = Buffer.from(body);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === "https:" ? requestHttps : requestHttp;
      const request = send(url, {
        method: "POST",
        headers: { ...headers, "content-length": bytes.length },
        agent: false,
        signal: deadline.signal,
      });
      request.on("response", resolve);
      request.on("error", reject);
      request.end(bytes);
    });
    const text = await readStart(answer);
    const { location, "retry-after": retryAfter } = answer.headers;
    const retryAfterSeconds = parseRetryAfter(retryAfter, clock.wallMs());
    const status = answer.statusCode ?? 0;
    const redirect = status >= 300 && status < 400 && location !== undefined ? shownLocation(location, url) : undefined;
    return {
      status,
      text: hideUrl(text, url),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...(redirect === undefined ? {} : { redirect }),
    };
  } catch (error) {
    const code = deadline.signal.aborted ? "" : codeOf(error);
    const failure = deadline.isOver() ? "timeout" : deadline.signal.aborted ? "aborted" : failureOf(code);
    const detail = deadline.isOver() ? `${timeoutSeconds} s` : code;
    throw new HttpError(failure, failureSentence(shownUrl(url), failure, detail));
  } finally {
    deadline.done();
  }
}

/**
 * The beginning of a body. The rest is read and forgotten; an endless one is broken off. A body that breaks is no failure: the status
 * has been said, and who asks again after a 200 tells everybody twice.
 */
async function readStart(answer: IncomingMessage): Promise<string> {
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
      if (seen > drainedBytes) break;
    }
  } catch {}
  return Buffer.concat(chunks).toString();
}

function shownLocation(location: string, from: URL): string {
  const to = URL.canParse(location, from.href) ? parseHttpUrl(new URL(location, from.href).href) : undefined;
  return to === undefined ? "somewhere" : shownUrl(to);
}
