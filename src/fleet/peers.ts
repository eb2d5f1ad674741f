/**
 * The other Culprits, as they are asked: each at the address of its target and nowhere else, with the token that is meant for it, within a
 * time limit, no redirect followed. Whatever is sent says that it was relayed, so that no one relays it again.
 */
import { readFile } from "node:fs/promises";
import { HttpError } from "../http/errors.ts";
import { type OpenAnswer, openAnswer } from "../http/open.ts";
import { type HttpAnswer, type HttpRequest, request } from "../http/request.ts";
import { parseHttpUrl } from "../http/url.ts";
import type { Clock } from "../model/clock.ts";
import { codeOf } from "../model/errors.ts";
import { bareName } from "./names.ts";
import { type KnownHost, listedOwnName, nameOfHost, otherHosts } from "./ownership.ts";

/** The header that says that a request was relayed already. */
export const relayedHeader = "Culprit-Relayed";

/** Which token is sent to whom. */
export interface PeerTokens {
  /** For every host that has none of its own. */
  readonly tokenFile?: string;
  readonly tokens: readonly { readonly host: string; readonly tokenFile: string }[];
}

/** What the peers are known by. */
interface PeersOptions {
  readonly hosts: () => Promise<readonly KnownHost[] | undefined>;
  readonly ownNames: () => Iterable<string>;
  /** As the settings name them now. */
  readonly tokens: () => PeerTokens;
  readonly clock: Clock;
}

/** What is asked of a peer; `path` is below its root. */
interface PeerRequest extends Pick<HttpRequest, "method" | "timeoutSeconds" | "signal" | "body" | "keptBytes"> {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A peer could not be asked, or gave no answer; the sentence is for a person and has no secret. */
export class PeerProblem extends Error {
  override readonly name = "PeerProblem";
}

const mostTokenBytes = 64 * 1024;

/** Finds the peers and asks them. */
export class Peers {
  readonly #options: PeersOptions;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /** All hosts of the list but this one; undefined when there is no list. */
  async others(): Promise<readonly KnownHost[] | undefined> {
    const hosts = await this.#options.hosts();
    return hosts === undefined ? undefined : otherHosts(hosts, this.#options.ownNames());
  }

  /** What the list calls this host. */
  async ownName(): Promise<string | undefined> {
    return listedOwnName((await this.#options.hosts()) ?? [], this.#options.ownNames());
  }

  /** The host of that name, as long as it is on the list. @throws PeerProblem */
  async named(name: string): Promise<KnownHost> {
    const host = (await this.others())?.find((one) => nameOfHost(one) === name);
    if (host === undefined) throw new PeerProblem(`${name} is no longer in the list of hosts (hosts.files)`);
    return host;
  }

  /** Asks, and keeps the beginning of the answer. @throws PeerProblem */
  async ask(host: KnownHost, wanted: PeerRequest): Promise<HttpAnswer> {
    return this.#send(host, wanted, request);
  }

  /** Asks, and hands the answer on as it comes. @throws PeerProblem */
  async open(host: KnownHost, wanted: PeerRequest): Promise<OpenAnswer> {
    return this.#send(host, wanted, openAnswer);
  }

  async #send<Answer>(host: KnownHost, wanted: PeerRequest, send: (request: HttpRequest) => Promise<Answer>): Promise<Answer> {
    const { path, headers, ...rest } = wanted;
    const url = new URL(path, rootOf(host));
    const token = await readToken(this.#options.tokens(), host);
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    try {
      const all = { ...headers, ...authorization, [relayedHeader]: "1" };
      return await send({ ...rest, url, headers: all, clock: this.#options.clock });
    } catch (error) {
      if (error instanceof HttpError) throw new PeerProblem(error.message, { cause: error });
      throw error;
    }
  }
}

/** The root of the Culprit at a target. @throws PeerProblem when the target cannot be one */
export function rootOf({ address, scheme }: KnownHost): URL {
  const url = /^[^\s/\\?#@]+$/.test(address) ? parseHttpUrl(`${scheme ?? "http"}://${address}/`) : undefined;
  if (url === undefined) throw new PeerProblem(`the target ${JSON.stringify(address)} is no address; expected HOST:PORT`);
  return url;
}

/** Read whenever it is used, so that it can be exchanged while Culprit runs. @throws PeerProblem */
async function readToken(tokens: PeerTokens, host: KnownHost): Promise<string | undefined> {
  const path = tokenFileOf(tokens, host);
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = codeOf(error) ?? "unknown reason";
    throw new PeerProblem(`the token for ${nameOfHost(host)} cannot be read from ${path} (${code})`);
  }
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token) && text.length <= mostTokenBytes) return token;
  throw new PeerProblem(`${path} holds no token; expected one line of text`);
}

/** As with alerts, what is written in full counts before what is the same without its port. */
function tokenFileOf({ tokens, tokenFile }: PeerTokens, host: KnownHost): string | undefined {
  const names = [nameOfHost(host), host.address];
  const lower = names.map((name) => name.trim().toLowerCase());
  const own =
    tokens.find((one) => lower.includes(one.host.trim().toLowerCase())) ??
    tokens.find((one) => !/:\d+$/.test(one.host) && names.some((name) => bareName(name) === bareName(one.host)));
  return own?.tokenFile ?? tokenFile;
}
