/** `/about`: what this is and where to go, without a line of script; and the style that the plain pages share. */

import { bytesText } from "../../text.ts";
import { captureForm, currentList, listAsTable } from "../archiveViews.ts";
import type { ServerContext, ServerRouter } from "../context.ts";
import { html, page } from "../html.ts";
import { PLAIN_CSS } from "../plainCss.ts";
import type { RouteParts } from "../routeParts.ts";
import { sendPage } from "../sendPage.ts";
import { absoluteUrl } from "../urls.ts";

/** How many archives the landing page shows; the rest is behind its link. */
const SHOWN_ARCHIVES = 20;

/** Adds the plain start page and its style. */
export function addLandingRoutes(router: ServerRouter, parts: RouteParts): void {
  router.get("/about", parts.guard.require("read"), (ctx) => sendPage(ctx, landingPage(ctx, parts)));
}

/** Adds the style of all plain pages. */
export function addPlainStyle(router: ServerRouter): void {
  // Open, for the login page uses it too.
  router.get("/assets/plain.css", (ctx) => {
    ctx.set({ "Content-Type": "text/css; charset=utf-8", "Cache-Control": "public, max-age=3600" });
    ctx.body = PLAIN_CSS;
  });
}

function landingPage(ctx: ServerContext, { services, settings }: RouteParts): string {
  const { hostname, version } = services.host;
  const list = currentList(services);
  const { ready, reasons } = services.readiness();
  const totalBytes = list.archives.reduce((sum, archive) => sum + archive.sizeBytes, 0);
  const count = list.archives.length;
  const latest = absoluteUrl(ctx, settings, "/archives/latest.tar.gz");
  const credential = ctx.state.principal?.via === "loopback" ? "" : '-H "Authorization: Bearer $(cat TOKEN_FILE)" ';
  const body = html`<h1>Culprit on ${hostname}</h1>
<p>Names the process behind every spike. It reads this machine every second, keeps the minutes before a spike, and packs them into an
archive the moment an alert fires.</p>
${ready ? undefined : html`<p class="problem">Not ready: ${reasons.join("; ")}</p>`}
<ul>
<li><a href="${settings.telemetryPath.replace(/^\//, "") || "./"}">Metrics</a> for Prometheus</li>
<li><a href="archives">Archives</a>: ${count}, ${bytesText(totalBytes)}</li>
<li>Health: <a href="-/healthy">healthy</a>, <a href="-/ready">ready</a></li>
<li>Alertmanager's webhook: <code>POST ${absoluteUrl(ctx, settings, "/webhook")}</code></li>
</ul>
<h2>Latest archive on the command line</h2>
<pre>curl -OJ ${credential}${latest}</pre>
<h2>Capture now</h2>
${captureForm()}
<h2>Archives</h2>
${listAsTable({ pending: list.pending, archives: list.archives.slice(0, SHOWN_ARCHIVES) })}
${count > SHOWN_ARCHIVES ? html`<p><a href="archives">All ${count}</a></p>` : undefined}
${ctx.state.principal?.via === "session" ? html`<form method="post" action="logout"><button class="plain">Log out</button></form>` : undefined}
<p class="quiet">Culprit ${version}</p>`;
  return page({ title: `Culprit · ${hostname}`, root: "", body });
}
