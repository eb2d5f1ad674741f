/** An answer whose body is passed on while it comes: what is too large to be held. */
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { startDeadline } from "./deadline.ts";
import { errorOf, type HttpRequest, send } from "./request.ts";

/** The head of an answer, and its body to be read, or destroyed where nobody wants it. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** A body that is silent for so long, or is not taken for so long, is broken off. */
const longestSilenceSeconds = 60;

/**
 * Sends the request and resolves with the head of the answer; the time limit is for that only, the signal ends the body, too. No redirect
 * is followed.
 *
 * @throws HttpError when no answer came; an answer of any status is a result.
 */
export async function openAnswer(wanted: Omit<HttpRequest, "keptBytes">): Promise<OpenAnswer> {
  const { clock, timeoutSeconds, signal } = wanted;
  const deadline = startDeadline(clock, timeoutSeconds, signal);
  try {
    const body = await send(wanted, deadline.signal);
    const end = () => void body.destroy();
    signal.addEventListener("abort", end, { once: true });
    body.once("close", () => signal.removeEventListener("abort", end));
    body.setTimeout(longestSilenceSeconds * 1000, end);
    // its reader gets the error as well; without a reader the error event must not end the process
    body.on("error", () => undefined);
    return { status: body.statusCode ?? 0, headers: body.headers, body };
  } catch (error) {
    throw errorOf(error, wanted, deadline);
  } finally {
    deadline.done();
  }
}
