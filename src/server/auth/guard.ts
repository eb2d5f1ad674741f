/**
 * Who may pass: by token, by login, or because the request comes from Culprit's own user on this very machine.
 *
 * A browser sends a cookie, and whatever loopback is trusted with, also when a foreign page makes it do so. Such requests
 * are held against Origin and Sec-Fetch-Site; where nothing is demanded at all, also against Host.
 */

import type { Next, Principal, ServerContext } from "../context.ts";
import { rootFrom } from "../html.ts";
import { wantsPage } from "../negotiate.ts";
import { HttpProblem } from "../problem.ts";
import type { WebSettings } from "../services.ts";
import { parseAuthorization } from "./credentials.ts";
import { cameThroughProxy, isLoopback, isOwnHost, isOwnOrigin } from "./hosts.ts";
import { grants, SCOPES, type Scope } from "./scopes.ts";
import type { Sessions } from "./sessions.ts";

/** The login cookie's name: two servers on one host differ by port, which cookies ignore. */
export function cookieName(ctx: ServerContext): string {
  return `culprit_${ctx.req.socket.localPort ?? 0}`;
}

/** Makes the middleware that stands in front of every scoped route. */
export class Guard {
  readonly #settings: WebSettings;
  readonly #sessions: Sessions;

  constructor(settings: WebSettings, sessions: Sessions) {
    this.#settings = settings;
    this.#sessions = sessions;
  }

  /** Lets clients with the scope pass; browsers that ask for a page are led to the login. */
  require(scope: Scope): (ctx: ServerContext, next: Next) => Promise<void> {
    return async (ctx, next) => {
      this.refuseForeignOrigin(ctx);
      const principal = await this.#identify(ctx);
      if (principal === undefined) {
        if (scope === "read" && ctx.method === "GET" && ctx.get("Authorization") === "" && wantsPage(ctx)) return toLogin(ctx);
        throw unauthorised(`this needs a token with the scope ${scope}: send "Authorization: Bearer TOKEN", or log in at /login`);
      }
      if (!grants(principal.scopes, scope)) {
        throw new HttpProblem(403, `this needs the scope ${scope}; the token ${principal.name} has ${principal.scopes.join(", ")}`, {
          details: { neededScope: scope },
        });
      }
      ctx.state.principal = principal;
      await next();
    };
  }

  /** Refuses what a page of another site makes a browser send. */
  refuseForeignOrigin(ctx: ServerContext): void {
    const origin = ctx.get("Origin");
    if (origin === "" || isOwnOrigin(origin, ctx.get("Host"), this.#settings.externalUrl)) return;
    throw new HttpProblem(403, "the Origin of this request is another site; expected this server's own address or web.externalUrl");
  }

  /** Refuses a request that changes something and cannot show that one of our own pages made it. */
  requireOwnOrigin(ctx: ServerContext): void {
    this.refuseForeignOrigin(ctx);
    if (ctx.get("Origin") === "") {
      throw new HttpProblem(
        403,
        "a request with the login cookie that changes something needs an Origin header; expected this server's own",
      );
    }
  }

  async #identify(ctx: ServerContext): Promise<Principal | undefined> {
    const credential = parseAuthorization(ctx.get("Authorization"));
    if (credential.kind === "unreadable") throw unauthorised(credential.reason);
    if (credential.kind === "token") {
      const known = await this.#settings.tokens.find(credential.token);
      if (known === undefined) throw unauthorised("the token is not valid: it is misspelt, was replaced, or was revoked");
      return { name: known.name, scopes: known.scopes, via: "token" };
    }
    if (await this.#trustsLoopback(ctx)) {
      refuseCrossSite(ctx);
      this.#refuseForeignHost(ctx);
      return { name: "loopback", scopes: SCOPES, via: "loopback" };
    }
    return this.#identifyByCookie(ctx);
  }

  async #identifyByCookie(ctx: ServerContext): Promise<Principal | undefined> {
    const id = ctx.cookies.get(cookieName(ctx));
    const sha256 = id === undefined ? undefined : this.#sessions.find(id);
    const known = sha256 === undefined ? undefined : await this.#settings.tokens.findByHash(sha256);
    if (known === undefined) return undefined;
    refuseCrossSite(ctx);
    if (changesSomething(ctx)) this.requireOwnOrigin(ctx);
    return { name: known.name, scopes: known.scopes, via: "session" };
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

function changesSomething(ctx: ServerContext): boolean {
  return ctx.method !== "GET" && ctx.method !== "HEAD";
}

/** Following a link from another site is fine; being fetched by that site's page is not. */
function refuseCrossSite(ctx: ServerContext): void {
  const site = ctx.get("Sec-Fetch-Site");
  if (site !== "cross-site" && site !== "same-site") return;
  if (ctx.get("Sec-Fetch-Mode") === "navigate" && !changesSomething(ctx)) return;
  throw new HttpProblem(403, "a page of another site made this request; open this server's own pages instead");
}

function unauthorised(reason: string): HttpProblem {
  return new HttpProblem(401, reason, { headers: { "WWW-Authenticate": 'Bearer realm="culprit"' } });
}

function toLogin(ctx: ServerContext): void {
  const root = rootFrom(ctx.path);
  ctx.status = 303;
  ctx.set("Cache-Control", "no-store");
  ctx.set("Location", ctx.url === "/" ? "login" : `${root}login?next=${encodeURIComponent(ctx.url.slice(0, 2000))}`);
  ctx.body = "Log in first.\n";
}
