/** The Culprit that runs on this machine, asked for a capture over HTTP. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PromisedArchive } from "../api/answers.ts";
import type { Config, ListenAddress } from "../config.ts";
import { HttpError } from "../http/errors.ts";
import { type HttpAnswer, request } from "../http/request.ts";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import { errorIn, parseJson } from "../model/json.ts";

/** What is needed of the archive that the running Culprit has promised. */
export type Promised = Pick<PromisedArchive, "id" | "url">;

interface Asking {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The running Culprit has said no, or nothing that makes sense; the message says what, and what can be done. */
export class InstanceProblem extends Error {
  override readonly name = "InstanceProblem";
}

const askSeconds = 30;
/** The server holds a request for so long at most while an archive is being made. */
const waitSeconds = 60;
const pauseSeconds = 1;

const promise: z.ZodType<Promised> = z.object({ id: z.string().min(1), url: z.string().min(1) });

/** Where a Culprit with these settings listens, as this machine reaches it; a port that the system chose is not known from here. */
export function addressesOf({ web: { listenAddresses } }: Pick<Config, "web">): readonly URL[] {
  return listenAddresses.filter(({ port }) => port !== 0).map((address) => new URL(`http://${reachable(address)}:${address.port}/`));
}

function reachable({ host }: ListenAddress): string {
  if (host === "" || host === "*" || host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

/** Asks for a capture; undefined when nobody is there. @throws InstanceProblem when it is refused or not understood */
export async function askForCapture(
  base: URL,
  config: Pick<Config, "storage">,
  reason: string | undefined,
  asking: Asking,
): Promise<Promised | undefined> {
  const token = await readToken(config);
  const answer = await send(asking, {
    method: "POST",
    url: new URL("archives", base),
    headers: { ...headersWith(token.value), "content-type": "application/json" },
    body: JSON.stringify(reason === undefined ? {} : { reason }),
  });
  if (answer === undefined) return undefined;
  const promised = answer.status === 202 ? promise.safeParse(parseJson(answer.text)) : undefined;
  if (promised?.success === true) return promised.data;
  throw new InstanceProblem(refusalText(base, answer, token));
}

/** Waits until a promised archive is there. @throws InstanceProblem when there will be none, or nobody is there any more */
export async function waitForArchive(base: URL, { id }: Promised, config: Pick<Config, "storage">, asking: Asking): Promise<void> {
  const token = await readToken(config);
  const url = new URL(`archives/${encodeURIComponent(id)}.tar.gz?wait=${waitSeconds}`, base);
  for (;;) {
    const answer = await send(asking, { method: "HEAD", url, headers: headersWith(token.value) }, askSeconds + waitSeconds);
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

type Wanted = Pick<Parameters<typeof request>[0], "method" | "url" | "headers" | "body">;

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
