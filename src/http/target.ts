/**
 * A server that Culprit sends to on its own account: where it is, how it is proven, and who we are to it. Secrets and certificates are read
 * from their files for each request, so that they can be exchanged while Culprit runs. No redirect is followed.
 */
import { readFile } from "node:fs/promises";
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import { codeOf } from "../model/errors.ts";
import { type HttpAnswer, type HttpRequest, request, type TlsParts } from "./request.ts";
import { hideUrl, shownUrl } from "./url.ts";

/** Text that is no secret, or a file that holds one. */
export type HeaderSource = { readonly text: string } | { readonly file: string };

/** What the configuration says of such a server. */
export interface OutgoingTarget {
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly bearerTokenFile?: string;
  /** What the server calls such a token: InfluxDB 2 knows no `Bearer`. */
  readonly tokenScheme?: "Bearer" | "Token";
  readonly basic?: { readonly user: string; readonly passwordFile: string };
  readonly headers: Readonly<Record<string, HeaderSource>>;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** What is sent. */
interface TargetRequest extends Pick<HttpRequest, "method" | "body" | "signal" | "keptBytes"> {
  /** Behind the path of the target's URL; none: that is the whole address. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A file that a target needs cannot be used; the sentence has no secret. */
export class TargetProblem extends Error {
  override readonly name = "TargetProblem";
}

const mostSecretBytes = 64 * 1024;

/**
 * Sends it. The answer's text comes without what must stay secret.
 *
 * @throws HttpError when no answer came, TargetProblem when a file cannot be used; an answer of any status is a result.
 */
export async function askTarget(target: OutgoingTarget, wanted: TargetRequest, clock: Clock): Promise<HttpAnswer> {
  const { path, query = {}, headers, ...rest } = wanted;
  const own = await ownHeaders(target);
  const url = addressOf(target, path, query);
  const tls = await tlsOf(target);
  const answer = await request({
    ...rest,
    ...{ url, clock, tls, timeoutSeconds: target.timeoutSeconds },
    headers: { ...headers, ...own.headers },
  });
  return { ...answer, text: hideUrl(answer.text, url, own.secrets) };
}

/** What may be said of it: scheme and host. */
export function shownTarget({ url }: OutgoingTarget): string {
  return shownUrl(new URL(url));
}

function addressOf({ url }: OutgoingTarget, path: string | undefined, query: Readonly<Record<string, string>>): URL {
  const address = new URL(url);
  if (path !== undefined) address.pathname = `${address.pathname.replace(/\/+$/, "")}${path}`;
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address;
}

async function ownHeaders({ bearerTokenFile, tokenScheme = "Bearer", basic, headers }: OutgoingTarget) {
  const all: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, source] of Object.entries(headers)) {
    all[name] = "text" in source ? source.text : await readSecret(source.file);
    if ("file" in source) secrets.push(all[name]);
  }
  if (bearerTokenFile !== undefined) {
    const token = await readSecret(bearerTokenFile);
    secrets.push(token);
    all.authorization = `${tokenScheme} ${token}`;
  }
  if (basic !== undefined) {
    const password = await readSecret(basic.passwordFile);
    const both = Buffer.from(`${basic.user}:${password}`).toString("base64");
    secrets.push(password, both);
    all.authorization = `Basic ${both}`;
  }
  return { headers: all, secrets };
}

async function tlsOf({ caFile, certFile, keyFile }: OutgoingTarget): Promise<TlsParts | undefined> {
  if (caFile === undefined && certFile === undefined && keyFile === undefined) return undefined;
  const read = async (path: string | undefined) => (path === undefined ? undefined : await readText(path));
  return defined({ ca: await read(caFile), cert: await read(certFile), key: await read(keyFile) });
}

async function readSecret(path: string): Promise<string> {
  const text = await readText(path);
  const secret = text.replace(/\r?\n$/, "");
  if (/^[\x20-\x7e]+$/.test(secret) && text.length <= mostSecretBytes) return secret;
  throw new TargetProblem(`${path} holds no secret; expected one line of text`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new TargetProblem(`${path} cannot be read (${codeOf(error) ?? "unknown reason"})`);
  }
}
