/** Who is asking: what a request shows, held against tokens, users, logins, proxies and this very machine. */
import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";
import { defined } from "../../model/defined.ts";
import { SCOPES } from "../../model/scopes.ts";
import type { Principal, ServerContext } from "../context.ts";
import { HttpProblem } from "../problem.ts";
import type { WebSettings } from "../services.ts";
import { parseAuthorization } from "./credentials.ts";
import type { FailedLogins } from "./failedLogins.ts";
import { cameThroughProxy, isLoopback, isOwnHost } from "./hosts.ts";
import { TooManyPasswords } from "./passwords.ts";
import type { Sessions } from "./sessions.ts";
import type { KnownToken } from "./tokenStore.ts";
import type { Users } from "./users.ts";

const wrongToken = "the token is not valid: it is misspelt, was replaced, or was revoked";

/** What is held against what is shown. */
export interface Checks {
  readonly failed: FailedLogins;
}

/** What was shown is not right; `waitSeconds`: it was not even looked at. */
interface Refused {
  readonly refused: string;
  readonly waitSeconds?: number;
}

/** Tells who asks. */
export class Identification {
  readonly #settings: WebSettings;
  readonly #sessions: Sessions;
  readonly #failed: FailedLogins;
  readonly #proxies: BlockList;

  constructor(settings: WebSettings, sessions: Sessions, { failed }: Checks) {
    this.#settings = settings;
    this.#sessions = sessions;
    this.#failed = failed;
    this.#proxies = networksOf(settings.trustedProxies ?? []);
  }

  /** Undefined where nothing was shown. @throws HttpProblem where another site's page made a browser ask */
  async of(ctx: ServerContext, cookie: string): Promise<Principal | Refused | undefined> {
    const credential = parseAuthorization(ctx.get("Authorization"));
    if (credential.kind === "unreadable") return { refused: credential.reason };
    if (credential.kind === "token") return this.#byToken(credential.token);
    if (credential.kind === "basic") return this.#byPassword(ctx, credential.user, credential.password);
    const proxied = this.#byProxy(ctx.req.socket.remoteAddress ?? "", ctx.headers);
    if (proxied !== undefined) {
      refuseCrossSite(ctx);
      return proxied;
    }
    if (await this.#trustsLoopback(ctx)) {
      refuseCrossSite(ctx);
      this.#refuseForeignHost(ctx);
      return { name: "loopback", scopes: SCOPES, via: "loopback" };
    }
    return this.#byCookie(ctx, cookie);
  }

  async #byToken(token: string): Promise<Principal | Refused> {
    const known = await this.#settings.tokens.find(token);
    if (known !== undefined) return this.#principalOf(known, "token");
    // nobody guesses 256 bits: a wrong one is a mistake, and no reason to be slow
    return { refused: wrongToken };
  }

  /** A password may be a token: some senders know nothing else. */
  async #byPassword(ctx: ServerContext, name: string, password: string): Promise<Principal | Refused> {
    const { users, tokens } = this.#settings;
    const remembered = users?.remembered(name, password);
    const token = remembered === undefined ? await tokens.find(password) : undefined;
    if (token !== undefined) return this.#principalOf(token, "token");
    if (users?.areThere !== true) return { refused: wrongToken };
    // a browser sends a password that it knows with every request, whoever made it ask
    refuseCrossSite(ctx);
    if (remembered !== undefined) return userOf(users, remembered);
    const address = addressOf(ctx);
    const waitSeconds = this.#failed.waitSeconds(address);
    if (waitSeconds !== undefined) return tooMany(waitSeconds);
    try {
      const user = await users.find(name, password);
      if (user !== undefined) return userOf(users, user);
      this.#failed.note(address);
      return { refused: "the user or the password is not right" };
    } catch (error) {
      if (error instanceof TooManyPasswords) return { refused: error.message, waitSeconds: 5 };
      throw error;
    }
  }

  /** A header is believed of the proxies that are listed, and of nobody else. */
  #byProxy(address: string, headers: IncomingHttpHeaders): Principal | undefined {
    const { userHeader, users } = this.#settings;
    const family = isIP(address);
    if (userHeader === undefined || users === undefined || family === 0) return undefined;
    const name = headers[userHeader];
    if (typeof name !== "string" || name === "" || !this.#proxies.check(address, family === 4 ? "ipv4" : "ipv6")) return undefined;
    return { ...users.named(name.slice(0, 200)), via: "proxy" };
  }

  async #byCookie(ctx: ServerContext, cookie: string): Promise<Principal | undefined> {
    const id = ctx.cookies.get(cookie);
    const sha256 = id === undefined ? undefined : this.#sessions.find(id);
    const known = sha256 === undefined ? undefined : await this.#settings.tokens.findByHash(sha256);
    if (known === undefined || id === undefined) return undefined;
    refuseCrossSite(ctx);
    return { ...this.#principalOf(known, "session"), isStillGood: () => this.#isLoggedIn(id) };
  }

  async #isLoggedIn(id: string): Promise<boolean> {
    const sha256 = this.#sessions.find(id);
    return sha256 !== undefined && (await this.#settings.tokens.findByHash(sha256)) !== undefined;
  }

  #principalOf({ name, scopes, host, sha256 }: KnownToken, via: "token" | "session"): Principal {
    const isStillGood = async () => (await this.#settings.tokens.findByHash(sha256)) !== undefined;
    return defined({ name, scopes, host, via, isStillGood });
  }

  /** The user, not the address: what a proxy of another user passes on is anybody's. */
  async #trustsLoopback(ctx: ServerContext): Promise<boolean> {
    const { auth, elevated, isOwnUser } = this.#settings;
    const { socket } = ctx.req;
    if (auth !== "auto" || elevated || !isLoopback(socket.remoteAddress ?? "") || cameThroughProxy(ctx.headers)) return false;
    return isOwnUser(socket);
  }

  #refuseForeignHost(ctx: ServerContext): void {
    const host = ctx.get("Host");
    // Only HTTP/1.0 may leave it out, and no browser speaks that.
    if (host === "" || isOwnHost(host, this.#settings)) return;
    throw new HttpProblem(421, `the Host ${host.slice(0, 200)} is not one of this server's names; if it is, add it to web.allowedHosts`, {
      details: { setting: "web.allowedHosts" },
    });
  }
}

/** Following a link from another site is fine; being fetched by that site's page is not. */
function refuseCrossSite(ctx: ServerContext): void {
  const site = ctx.get("Sec-Fetch-Site");
  if (site !== "cross-site" && site !== "same-site") return;
  if (ctx.get("Sec-Fetch-Mode") === "navigate" && (ctx.method === "GET" || ctx.method === "HEAD")) return;
  throw new HttpProblem(403, "a page of another site made this request; open this server's own pages instead");
}

function userOf(users: Users, { name, scopes }: Pick<Principal, "name" | "scopes">): Principal {
  const hash = users.hashOf(name);
  return { name, scopes, via: "user", isStillGood: async () => hash !== undefined && users.hashOf(name) === hash };
}

function tooMany(waitSeconds: number): Refused {
  return { refused: "this address has shown too much that was wrong; what it shows now was not looked at", waitSeconds };
}

function addressOf(ctx: ServerContext): string {
  return ctx.req.socket.remoteAddress ?? "";
}

function networksOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
    // an IPv4 client of a socket that takes both kinds has such an address
    if (family === "ipv4") list.addSubnet(`::ffff:${address}`, bits === undefined ? 128 : 96 + Number(bits), "ipv6");
  }
  return list;
}
