/**
 * Who may pass: by token, by name and password, by login, or because the request comes from Culprit's own user on this very machine.
 *
 * A browser sends a cookie, a password, and whatever loopback is trusted with, also when a foreign page makes it do so. Such requests
 * are held against Origin and Sec-Fetch-Site; where nothing is demanded at all, also against Host.
 */

import { grants, type Scope } from "../../model/scopes.ts";
import type { Next, ServerContext } from "../context.ts";
import { rootFrom } from "../html.ts";
import { wantsPage } from "../negotiate.ts";
import { HttpProblem } from "../problem.ts";
import type { WebSettings } from "../services.ts";
import { isOwnOrigin } from "./hosts.ts";
import { type Checks, Identification } from "./identification.ts";
import type { Sessions } from "./sessions.ts";

/** The login cookie's name: two servers on one host differ by port, which cookies ignore. */
export function cookieName(ctx: ServerContext): string {
  return `culprit_${ctx.req.socket.localPort ?? 0}`;
}

/** Makes the middleware that stands in front of every scoped route. */
export class Guard {
  readonly #settings: WebSettings;
  readonly #identification: Identification;

  constructor(settings: WebSettings, sessions: Sessions, checks: Checks) {
    this.#settings = settings;
    this.#identification = new Identification(settings, sessions, checks);
  }

  /** Lets clients with the scope pass; browsers that ask for a page are led to the login. */
  require(scope: Scope): (ctx: ServerContext, next: Next) => Promise<void> {
    return async (ctx, next) => {
      this.refuseForeignOrigin(ctx);
      const principal = ctx.state.principal ?? (await this.#identify(ctx));
      if (principal === undefined) {
        if (this.#mayLogIn(ctx, scope)) return toLogin(ctx);
        throw this.unauthorised(`this needs a token with the scope ${scope}: send "Authorization: Bearer TOKEN", or log in at /login`);
      }
      if (!grants(principal.scopes, scope)) {
        const who = principal.via === "user" || principal.via === "proxy" ? "the user" : "the token";
        throw new HttpProblem(403, `this needs the scope ${scope}; ${who} ${principal.name} has ${principal.scopes.join(", ")}`, {
          details: { neededScope: scope },
        });
      }
      ctx.state.principal = principal;
      await next();
    };
  }

  /** Where users are listed nothing but the login is open, as in Prometheus' exporters. */
  readonly requireSomebody = async (ctx: ServerContext, next: Next): Promise<void> => {
    if (this.#settings.users?.areThere === true && !/^\/(?:login|logout|assets\/.*)$/.test(ctx.path)) {
      const principal = await this.#identify(ctx);
      if (principal === undefined) throw this.unauthorised("this needs a user and its password, or a token");
      ctx.state.principal = principal;
    }
    await next();
  };

  /** Why whoever asks may not send for this host; undefined where the token is bound to none, or to this one. */
  refusalToSendFor(ctx: ServerContext, host: string): string | undefined {
    const principal = ctx.state.principal;
    if (principal?.host === undefined || isSameName(principal.host, host)) return undefined;
    return `the token ${principal.name} may send for the host ${principal.host} alone, and this is from ${JSON.stringify(host.slice(0, 200))}`;
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

  /** A refusal that says by what one may come in. */
  unauthorised(reason: string): HttpProblem {
    const bearer = 'Bearer realm="culprit"';
    // a line each: Chromium looks at the first challenge of a line only
    const challenges = this.#settings.users?.areThere === true ? ['Basic realm="culprit", charset="UTF-8"', bearer] : bearer;
    return new HttpProblem(401, reason, { headers: { "WWW-Authenticate": challenges } });
  }

  async #identify(ctx: ServerContext): Promise<ServerContext["state"]["principal"]> {
    const found = await this.#identification.of(ctx, cookieName(ctx));
    if (found === undefined) return undefined;
    if ("refused" in found)
      throw found.waitSeconds === undefined ? this.unauthorised(found.refused) : tooOften(found.refused, found.waitSeconds);
    // a script has no page that a cookie could be stolen for; a browser sends these by itself
    if (found.via === "session" || found.via === "proxy") if (changesSomething(ctx)) this.requireOwnOrigin(ctx);
    return found;
  }

  /** A browser asks for the password by itself where there are users. */
  #mayLogIn(ctx: ServerContext, scope: Scope): boolean {
    const asks = this.#settings.users?.areThere === true;
    return !asks && scope === "read" && ctx.method === "GET" && ctx.get("Authorization") === "" && wantsPage(ctx);
  }
}

/** Names of hosts know no capitals. */
function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether a request is more than a look. */
function changesSomething(ctx: ServerContext): boolean {
  return ctx.method !== "GET" && ctx.method !== "HEAD";
}

function tooOften(reason: string, waitSeconds: number): HttpProblem {
  return new HttpProblem(429, reason, { headers: { "Retry-After": String(waitSeconds) } });
}

function toLogin(ctx: ServerContext): void {
  const root = rootFrom(ctx.path);
  ctx.status = 303;
  ctx.set("Cache-Control", "no-store");
  ctx.set("Location", ctx.url === "/" ? "login" : `${root}login?next=${encodeURIComponent(ctx.url.slice(0, 2000))}`);
  ctx.body = "Log in first.\n";
}
