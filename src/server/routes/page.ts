/** `/`: the live page, and `/assets/*`: what it is made of. Everything that it shows comes from `/api/*`. */
import type { ServerContext, ServerRouter } from "../context.ts";
import { html } from "../html.ts";
import { type PageAsset, type PageAssets, readPageAssets } from "../pageAssets.ts";
import { pagePolicy } from "../requestRules.ts";
import type { PartsWith } from "../routeParts.ts";
import { sendPage } from "../sendPage.ts";

/** Adds the page; `assets` are the build's. */
export function addPageRoutes(router: ServerRouter, parts: PartsWith<"host">, assets: PageAssets | undefined = readPageAssets()): void {
  router.get("/", parts.guard.require("read"), (ctx) => {
    ctx.set("Content-Security-Policy", pagePolicy);
    sendPage(ctx, shell(parts.services.host.hostname, assets));
  });
  if (assets === undefined) return;
  // Open: there is nothing in them that is not in every copy of Culprit.
  for (const asset of [assets.script, assets.style]) router.get(`/assets/${asset.name}`, (ctx) => sendAsset(ctx, asset));
}

function sendAsset(ctx: ServerContext, { type, bytes, packed }: PageAsset): void {
  const isPacked = ctx.acceptsEncodings("gzip", "identity") === "gzip";
  ctx.set({ "Content-Type": type, "Cache-Control": "public, max-age=31536000, immutable" });
  ctx.vary("Accept-Encoding");
  if (isPacked) ctx.set("Content-Encoding", "gzip");
  ctx.body = isPacked ? packed : bytes;
}

function shell(hostname: string, assets: PageAssets | undefined): string {
  const plain = html`<p><a href="about">Start page without a script</a> · <a href="archives">Archives</a></p>`;
  const unbuilt = html`<main><h1>Culprit on ${hostname}</h1><p>The live page is not part of this build: <code>npm run build</code> makes it.</p>${plain}</main>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/${assets?.style.name ?? "plain.css"}">
${assets === undefined ? undefined : html`<script type="module" src="assets/${assets.script.name}"></script>`}
<title>${hostname} · Culprit</title>
</head>
<body>
${
  assets === undefined
    ? unbuilt
    : html`<noscript><p>The live page needs a script.</p>${plain}</noscript>
<div id="app"></div>`
}
</body>
</html>
`.text;
}
