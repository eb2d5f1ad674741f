/** A file from a server, brought into a directory of ours: bounded in size and in time, and nothing secret in what is said of it. */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { startDeadline } from "../http/deadline.ts";
import { HttpError } from "../http/errors.ts";
import { type OpenAnswer, openAnswer } from "../http/open.ts";
import { hideSecrets, parseHttpUrl, shownUrl } from "../http/url.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { errorIn } from "../model/json.ts";
import { visible } from "../visible.ts";
import { limited, type ReplayLimits, sizeText, tooLarge } from "./limits.ts";
import { fileReasonOf, ReplayProblem } from "./problem.ts";

interface FetchOptions {
  readonly url: URL;
  /** Sent to this server only, and to no other that it leads to. */
  readonly token?: string | undefined;
  readonly directory: string;
  readonly limits: ReplayLimits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const mostRedirects = 5;
const headSeconds = 90;
const mostSentenceBytes = 4096;

/** Fetches it; the result is its path. @throws ReplayProblem */
export async function fetchFile(options: FetchOptions): Promise<string> {
  const { clock, limits, signal, url, token } = options;
  const deadline = startDeadline(clock, limits.longestSeconds, signal);
  const ask = (one: URL) => openAnswer(requestOf(one, url, token, { clock, signal: deadline.signal }));
  try {
    const answer = await followed(url, ask);
    return await keep(answer, options);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ReplayProblem) throw error;
    if (deadline.isOver()) throw new ReplayProblem(`it was not here within ${limits.longestSeconds} s; --timeout=DURATION allows more`);
    if (error instanceof HttpError) throw new ReplayProblem(error.message);
    throw new ReplayProblem(`${shownUrl(url)} broke the transfer off: ${hideSecrets(fileReasonOf(error), secretsOf(url, token))}`);
  } finally {
    deadline.done();
  }
}

function requestOf(url: URL, asked: URL, token: string | undefined, { clock, signal }: Pick<FetchOptions, "clock" | "signal">) {
  const isAsked = url.origin === asked.origin;
  return {
    method: "GET" as const,
    url,
    headers: defined({
      accept: "application/gzip, text/csv, application/x-ndjson, */*;q=0.5",
      "accept-encoding": "identity",
      authorization: token === undefined || !isAsked ? undefined : `Bearer ${token}`,
    }),
    clock,
    timeoutSeconds: headSeconds,
    signal,
  };
}

async function followed(url: URL, ask: (url: URL) => Promise<OpenAnswer>): Promise<OpenAnswer> {
  let at = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const answer = await ask(at);
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer;
    answer.body.destroy();
    if (/(?:^|\/)login(?:\?|$)/.test(location)) throw refusedWithoutToken(url, "");
    const next = URL.canParse(location, at.href) ? parseHttpUrl(new URL(location, at.href).href) : undefined;
    if (next === undefined || (at.protocol === "https:" && next.protocol === "http:")) {
      throw new ReplayProblem(`${shownUrl(url)} leads somewhere that is not followed; expected http or https, and no way back from https`);
    }
    at = next;
  }
  throw new ReplayProblem(`${shownUrl(url)} leads on and on; expected at most ${mostRedirects} redirects`);
}

async function keep({ status, headers, body }: OpenAnswer, { url, token, directory, limits }: FetchOptions): Promise<string> {
  try {
    if (status !== 200) throw await refusal(status, body, url, token);
    const length = Number(headers["content-length"]);
    if (length > limits.mostBytes) throw tooLarge(limits.mostBytes, `the file, which has ${sizeText(length)},`);
    const path = join(directory, "fetched");
    const file = await open(path, "wx", 0o600);
    try {
      for await (const chunk of limited(body, limits.mostBytes, "the file")) await file.appendFile(chunk);
    } finally {
      await file.close();
    }
    return path;
  } finally {
    body.destroy();
  }
}

/** In the server's words, where it is a Culprit. */
async function refusal(status: number, body: AsyncIterable<Buffer>, url: URL, token: string | undefined): Promise<ReplayProblem> {
  const sentence = hideSecrets(await sentenceIn(body), secretsOf(url, token));
  const said = sentence === "" ? "" : `: ${sentence}`;
  if (status === 401 && token === undefined) return refusedWithoutToken(url, said);
  if (status === 202) return new ReplayProblem(`${shownUrl(url)} is still making this archive; try again in a few seconds`);
  return new ReplayProblem(`${shownUrl(url)} answered ${status}${said}; expected 200 with the file`);
}

function refusedWithoutToken(url: URL, said: string): ReplayProblem {
  return new ReplayProblem(`${shownUrl(url)} asks for a token${said}; --token-file=FILE names a file with one of scope read`);
}

async function sentenceIn(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostSentenceBytes) break;
  }
  return visible((errorIn(Buffer.concat(chunks).toString("utf8")) ?? "").slice(0, 500));
}

function secretsOf({ username, password, search, searchParams }: URL, token: string | undefined): readonly string[] {
  return [username, password, search.slice(1), ...searchParams.values(), token ?? ""].filter((secret) => secret.length >= 4);
}
