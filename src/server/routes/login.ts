/** Logging in with a browser: the token is shown once, and a cookie with a random id goes on from there. */
import { cookieName } from "../auth/guard.ts";
import { SESSION_SECONDS } from "../auth/sessions.ts";
import type { KnownToken } from "../auth/tokenStore.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { html, page } from "../html.ts";
import { wantsPage } from "../negotiate.ts";
import { HttpProblem } from "../problem.ts";
import type { PartsWith } from "../routeParts.ts";
import { sendPage } from "../sendPage.ts";

const MAX_FORM_BYTES = 16 * 1024;

/** Adds the login and logout routes. */
export function addLoginRoutes(router: ServerRouter, parts: PartsWith<never>): void {
  const { guard, sessions, bodies } = parts;

  router.get("/login", async (ctx) => {
    const query = new URLSearchParams(ctx.querystring);
    const token = query.get("token");
    const once = query.get("once");
    const next = safeNext(query.get("next"));
    if ((token ?? once) === null || ctx.method === "HEAD") showForm(ctx, next);
    else if (once !== null) await followLink(ctx, parts, once, next);
    else await logIn(ctx, parts, token ?? "", next);
  });

  router.post("/login", async (ctx) => {
    guard.refuseForeignOrigin(ctx);
    if (!ctx.is("application/x-www-form-urlencoded")) {
      throw new HttpProblem(415, "expected the form of /login: application/x-www-form-urlencoded with the field token");
    }
    const form = new URLSearchParams(await bodies.readText(ctx, MAX_FORM_BYTES));
    await logIn(ctx, parts, form.get("token") ?? "", safeNext(form.get("next")));
  });

  router.post("/logout", (ctx) => {
    const id = ctx.cookies.get(cookieName(ctx));
    if (id !== undefined) {
      guard.requireOwnOrigin(ctx);
      sessions.end(id);
      ctx.cookies.set(cookieName(ctx), null, { httpOnly: true, sameSite: "lax", secure: ctx.secure });
    }
    seeOther(ctx, "login");
  });
}

async function logIn(ctx: ServerContext, parts: PartsWith<never>, token: string, next: string): Promise<void> {
  const known = await parts.settings.tokens.find(token.trim());
  if (known !== undefined) return enter(ctx, parts, known, next);
  if (token.trim() === "") return refuse(ctx, next, "No token was given.");
  const address = ctx.req.socket.remoteAddress ?? "";
  const waitSeconds = parts.failed.waitSeconds(address);
  parts.failed.note(address);
  if (waitSeconds !== undefined) {
    const headers = { "Retry-After": String(waitSeconds) };
    throw new HttpProblem(429, "this address has tried too many tokens that are not valid; a valid one is still let in", { headers });
  }
  refuse(ctx, next, "This token is not valid: it is misspelt, was replaced, or was revoked.");
}

/** The link of a terminal. A browser that is logged in already may follow it again: browsers load pages twice, and people press Back. */
async function followLink(ctx: ServerContext, parts: PartsWith<never>, word: string, next: string): Promise<void> {
  const { settings, sessions, links } = parts;
  const sha256 = links.take(word);
  const known = sha256 === undefined ? undefined : await settings.tokens.findByHash(sha256);
  if (known !== undefined) return enter(ctx, parts, known, next);
  const session = sessions.find(ctx.cookies.get(cookieName(ctx)) ?? "");
  if (session !== undefined && (await settings.tokens.findByHash(session)) !== undefined) return seeOther(ctx, next);
  refuse(ctx, next, "This link was used, or is older than ten minutes. Culprit prints a new one when it is started in a terminal.");
}

function refuse(ctx: ServerContext, next: string, reason: string): void {
  if (!wantsPage(ctx)) throw new HttpProblem(401, reason, { headers: { "WWW-Authenticate": 'Bearer realm="culprit"' } });
  ctx.status = 401;
  showForm(ctx, next, reason);
}

function enter(ctx: ServerContext, { sessions }: PartsWith<never>, token: KnownToken, next: string): void {
  ctx.cookies.set(cookieName(ctx), sessions.open(token.sha256), {
    httpOnly: true,
    sameSite: "lax",
    secure: ctx.secure,
    maxAge: SESSION_SECONDS * 1000,
    overwrite: true,
  });
  seeOther(ctx, next);
}

/** Relative, so that it also holds below a proxy's path. */
function seeOther(ctx: ServerContext, location: string): void {
  ctx.status = 303;
  ctx.set({ Location: location, "Cache-Control": "no-store" });
  ctx.body = "";
}

/** Where to go after the login: a path of this server, never another one. */
function safeNext(next: string | null): string {
  const plain = next !== null && /^\/(?:\?|[A-Za-z0-9_-])/.test(next) && !/[\\\s]/.test(next) && next.length < 4096;
  return plain ? `.${next}` : "./";
}

function showForm(ctx: ServerContext, next: string, problem?: string): void {
  const body = html`<h1>Log in to Culprit</h1>
${problem === undefined ? undefined : html`<p class="problem">${problem}</p>`}
<p>Paste a token. The first start wrote one to <code>tokens/admin</code> in the storage directory; <code>culprit token write</code> makes others.</p>
<form method="post" action="login">
<input type="hidden" name="next" value="${next.slice(1)}">
<label>Token <input type="password" name="token" autocomplete="off" spellcheck="false" required autofocus></label>
<button>Log in</button>
</form>`;
  sendPage(ctx, page({ title: "Log in · Culprit", root: "", body }));
}
