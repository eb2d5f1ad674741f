/** The Culprit that runs on this machine, asked over HTTP. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PromisedArchive } from "../api/archiveAnswers.ts";
import type { Config, ListenAddress } from "../config.ts";
import { HttpError } from "../http/errors.ts";
import { type HttpAnswer, request } from "../http/request.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import { errorIn, parseJson } from "../model/json.ts";
import type { StorageHolder } from "../wiring/storageClaim.ts";

/** What is needed of the archive that the running Culprit has promised. */
export type Promised = Pick<PromisedArchive, "id" | "url">;

interface Asking {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What it is asked, and what it should answer. */
export interface Question<T> {
  readonly method: "GET" | "POST" | "DELETE";
  /** Without a slash at its beginning. */
  readonly path: string;
  readonly body?: string;
  readonly shape: z.ZodType<T>;
  /** A longer answer is not understood. */
  readonly mostBytes?: number;
}

/** The running Culprit has said no, or nothing that makes sense; the message says what, and what can be done. */
export class InstanceProblem extends Error {
  override readonly name = "InstanceProblem";
}

const askSeconds = 30;
/** The server holds a request for so long at most while an archive is being made. */
const waitSeconds = 60;
const pauseSeconds = 1;
const mostAnswerBytes = 256 * 1024;

const promise: z.ZodType<Promised> = z.object({ id: z.string().min(1), url: z.string().min(1) });

/** Where a Culprit with these settings may be. Where it says that it listens comes first: flags of its own may have led it elsewhere. */
export async function readInstanceUrls(config: Pick<Config, "web" | "storage">): Promise<readonly URL[]> {
  const { readStorageHolder } = await import("../wiring/storageClaim.ts");
  return instanceUrls(config, await readStorageHolder(config.storage.path).catch(() => undefined));
}

/** The same, where it is known who holds the storage. */
export function instanceUrls(config: Pick<Config, "web">, holder: StorageHolder | undefined): readonly URL[] {
  const announced = (holder?.urls ?? []).filter((url) => URL.canParse(url)).map((url) => new URL(url));
  const all = [...announced, ...addressesOf(config)];
  return all.filter(({ href }, index) => all.findIndex((other) => other.href === href) === index);
}

/** Where a Culprit with these settings listens, as this machine reaches it; a port that the system chose is not known from here. */
function addressesOf({ web: { listenAddresses, door } }: Pick<Config, "web">): readonly URL[] {
  const scheme = door?.tls === undefined ? "http" : "https";
  return listenAddresses.filter(({ port }) => port !== 0).map((address) => new URL(`${scheme}://${reachable(address)}:${address.port}/`));
}

function reachable({ host }: ListenAddress): string {
  if (host === "" || host === "*" || host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

/** Asks; undefined when nobody is there. @throws InstanceProblem when it is refused or not understood */
export async function askInstance<T>(
  base: URL,
  config: Pick<Config, "storage" | "web">,
  { method, path, body, shape, mostBytes = mostAnswerBytes }: Question<T>,
  asking: Asking,
): Promise<T | undefined> {
  const token = await readToken(config);
  const headers = defined({ ...headersWith(token.value), "content-type": body === undefined ? undefined : "application/json" });
  const pinned = config.web.door?.tls?.cert;
  const answer = await send(asking, defined({ method, url: new URL(path, base), headers, body, pinned, keptBytes: mostBytes }));
  if (answer === undefined) return undefined;
  const understood = answer.status >= 200 && answer.status < 300 ? shape.safeParse(parseJson(answer.text)) : undefined;
  if (understood?.success === true) return understood.data;
  throw new InstanceProblem(refusalText(base, answer, token));
}

/** Asks for a capture; undefined when nobody is there. @throws InstanceProblem when it is refused or not understood */
export function askForCapture(
  base: URL,
  config: Pick<Config, "storage" | "web">,
  reason: string | undefined,
  asking: Asking,
): Promise<Promised | undefined> {
  const body = JSON.stringify(reason === undefined ? {} : { reason });
  return askInstance(base, config, { method: "POST", path: "archives", body, shape: promise }, asking);
}

/** Waits until a promised archive is there. @throws InstanceProblem when there will be none, or nobody is there any more */
export async function waitForArchive(base: URL, { id }: Promised, config: Pick<Config, "storage" | "web">, asking: Asking): Promise<void> {
  const token = await readToken(config);
  const url = new URL(`archives/${encodeURIComponent(id)}.tar.gz?wait=${waitSeconds}`, base);
  for (;;) {
    const pinned = config.web.door?.tls?.cert;
    const answer = await send(asking, { method: "HEAD", url, headers: headersWith(token.value), pinned }, askSeconds + waitSeconds);
    if (answer === undefined) {
      throw new InstanceProblem(`the Culprit at ${base.href} has gone; it makes the archive ${id} after its next start`);
    }
    if (answer.status === 200) return;
    if (answer.status === 404)
      throw new InstanceProblem(`the archive ${id} could not be made, or is deleted already; Culprit's log says why`);
    if (answer.status !== 202) throw new InstanceProblem(refusalText(base, answer, token));
    await new Promise<void>((resolve) => void asking.clock.after(pauseSeconds, resolve));
  }
}

interface Token {
  readonly path: string;
  readonly value?: string;
  readonly problem?: string;
}

/** The administrator's; without it a Culprit that trusts this machine may still say yes. */
async function readToken({ storage }: Pick<Config, "storage">): Promise<Token> {
  const path = join(storage.path, "tokens", "admin");
  try {
    const value = (await readFile(path, "utf8")).trim();
    return /^[!-~]+$/.test(value) ? { path, value } : { path, problem: "it holds no token" };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { path, problem: "there is no such file" };
    if (code === "EACCES") return { path, problem: "permission denied; run this as the user that Culprit runs as, or as root" };
    return { path, problem: reasonOf(error) };
  }
}

function headersWith(token: string | undefined): Readonly<Record<string, string>> {
  return defined({ accept: "application/json", authorization: token === undefined ? undefined : `Bearer ${token}` });
}

type Wanted = Pick<Parameters<typeof request>[0], "method" | "url" | "headers" | "body" | "pinned" | "keptBytes">;

/** Undefined when nobody listens there. */
async function send({ clock, signal }: Asking, wanted: Wanted, timeoutSeconds = askSeconds): Promise<HttpAnswer | undefined> {
  try {
    return await request({ ...wanted, clock, signal, timeoutSeconds });
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.failure === "refused" || error.failure === "unreachable" || error.failure === "dns") return undefined;
    throw new InstanceProblem(error.message);
  }
}

/** What the server says, and where that is about the token, which one it was. */
function refusalText({ origin }: URL, { status, text, retryAfterSeconds }: HttpAnswer, { path, problem }: Token): string {
  const said = errorIn(text);
  if (said === undefined && status !== 401 && status !== 403) {
    return `${origin} answered ${status}, and not as Culprit does; expected a Culprit there (--web.listen-address says where it listens)`;
  }
  const why = said === undefined ? "" : `: ${said}`;
  const what = `the Culprit at ${origin} refused (${status})${why}`;
  if (status === 401 && problem !== undefined) return `${what}. The token is read from ${path}: ${problem}`;
  if (status === 401) return `${what}. The token of ${path} was sent; expected the --storage.path of that Culprit`;
  return retryAfterSeconds === undefined ? what : `${what} (in ${Math.ceil(retryAfterSeconds)} s)`;
}
