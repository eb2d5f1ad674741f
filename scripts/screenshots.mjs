/**
 * Pictures of the live page for the documentation: node scripts/screenshots.mjs URL TOKEN_FILE [--query '?at=...'] [--out docs/images]
 *
 * Wants a Culprit that has run for a while, best with a spike or two in its last twenty minutes.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { root } from "./lib/project.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    query: { type: "string", default: "" },
    out: { type: "string", default: join(root, "docs", "images") },
    chromium: { type: "string", default: "/usr/bin/chromium" },
  },
});
const [url, tokenFile] = positionals;
if (url === undefined || tokenFile === undefined) throw new Error("usage: node scripts/screenshots.mjs URL TOKEN_FILE [--query '?at=...']");
const base = new URL("/", url).href;
const token = readFileSync(tokenFile, "utf8").trim();

mkdirSync(values.out, { recursive: true });
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: values.chromium, args: flags });
try {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    for (const [width, height] of /** @type {const} */ ([
      [1440, 1000],
      [360, 740],
    ])) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      await page.goto(`${base}login?token=${token}`);
      await page.goto(`${base}${values.query}`);
      await page.locator('.pill[data-state="live"]').waitFor();
      await page.locator(".who-table tbody tr").first().waitFor();
      await page.locator('.overview-peak:not([d=""])').waitFor({ state: "attached" });
      // a few seconds more, for the sparklines
      await page.waitForTimeout(2000);
      await page.screenshot({ path: join(values.out, `live-${width}-${colorScheme}.png`) });
      await context.close();
    }
  }
} finally {
  await browser.close();
}
