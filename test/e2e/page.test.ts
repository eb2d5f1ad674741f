import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import type { Page } from "playwright-core";
import { TestBrowser } from "../support/browser.ts";
import { requireServer } from "../support/servers.ts";
import { freePort, type Running, TestMachine, untar, waitFor } from "./machine.ts";

const quietMs = 20_000;
const settings = `
web: { auth: always }
capture: { after: 1s }
triggers:
  - { name: HighCpuUsage, metric: cpu, above: 90%, for: 1m }
  - { name: SomeMemory, metric: memory, above: 0.1%, for: 0s, capture: false, notify: false }
`;
const burnerName = "report-builder";

describe("the live page in a real browser", function () {
  this.timeout(240_000);
  let machine: TestMachine;
  let culprit: Running;
  let browser: TestBrowser;
  let page: Page;
  let base: string;
  let port: number;
  let spikeAtMs: number;

  before(async function () {
    requireServer(this, "chromium");
    machine = new TestMachine();
    port = await freePort();
    base = `http://127.0.0.1:${port}/`;
    culprit = await machine.startCulprit(port, settings);
    browser = await TestBrowser.open({ viewport: { width: 1440, height: 1000 } });
    page = await browser.page(base);
    await page.goto(`${base}login?token=${machine.adminToken}`);
    await page.locator('.pill[data-state="live"]').waitFor();
    // a spike is one against what is usual
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    // more of them each time: the machine may have other things to do, which make a spike of a few no spike
    const band = page.locator(".band", { hasText: burnerName }).first();
    const burners: Running[] = [];
    for (const perCore of [6, 10, 16]) {
      burners.push(...machine.startBurners(burnerName, perCore * availableParallelism()));
      const isSeen = await band.waitFor({ timeout: 40_000 }).then(
        () => true,
        () => false,
      );
      if (isSeen) break;
    }
    await band.waitFor({ timeout: 1000 });
    spikeAtMs = Date.now() - 1000;
    for (const burner of burners.slice(1)) await machine.stop(burner, "SIGKILL");
  });

  after(async () => {
    await browser?.close();
    await machine?.close();
  });

  const cell = (row: number, column: string) => page.locator(`.who-table tbody tr:nth-child(${row}) ${column}`).first();
  const query = () => new URL(page.url()).searchParams;
  const isLive = () => page.locator('.pill[data-state="live"]').waitFor({ timeout: 30_000 });

  it("shows what is wrong now, in figures, in words, and with the culprit's name", async () => {
    await page.locator(".headline", { hasText: burnerName }).waitFor();
    assert.match((await page.locator('[data-reading="cpu"] .tile-value').textContent()) ?? "", /^\d+ %$/);
    assert.match((await page.locator('[data-reading="load"] .tile-words').textContent()) ?? "", /cores/);
    assert.match((await page.locator(".facts").textContent()) ?? "", /\d+ cores? · up .+ · Linux/);
  });

  it("goes to a spike when its band is clicked, with the burner first in the table and standing out in the charts", async () => {
    await page.locator(".band", { hasText: burnerName }).first().click();
    await page.locator(".who-when", { hasText: /^\d+ \w+ \d\d:\d\d:\d\d$/ }).waitFor();
    await waitFor("the burner to lead the table", async () => (await cell(1, ".row-name").textContent()) === burnerName, 20);
    assert.equal(query().get("process")?.split("|")[0], burnerName);
    assert.match(query().get("at") ?? "", /^\d{13}$/);
    assert.equal(await page.locator('.who-table tr[data-chosen="true"] .row-name').textContent(), burnerName);
    const layer = page.locator('[data-chart="cpu"] .layer-switch:not([data-faint])');
    assert.match((await layer.first().textContent()) ?? "", new RegExp(`${burnerName}\\d+`));
    await page.keyboard.press("Escape");
    await page.locator(".who-when", { hasText: "now" }).waitFor();
  });

  it("lists single processes with pid, state, age and command line", async () => {
    await page.locator("[data-view=processes]").click();
    const row = page.locator(".who-table tbody tr", { hasText: burnerName }).first();
    await row.waitFor();
    assert.match((await row.locator(".detail").textContent()) ?? "", /^pid \d+ · runs · \d+ threads? · .+ old$/);
    assert.match((await row.locator(".command").textContent()) ?? "", /-e/);
    await page.locator(".who input[type=search]").fill("no such process");
    await page.locator(".who-note", { hasText: "No match." }).waitFor();
    assert.equal(query().get("filter"), "no such process");
    await page.locator(".who input[type=search]").fill("");
    await page.locator("[data-view=groups]").click();
  });

  it("keeps a series switched over a reload, in this browser and in the address", async () => {
    const series = page.locator('[data-series="load15"]');
    assert.equal(await series.getAttribute("aria-pressed"), "false");
    await series.click();
    await page.locator('[data-series="load15"][aria-pressed="true"]').waitFor();
    assert.match(query().get("hidden") ?? "", /running/);
    await page.reload();
    await page.locator('[data-series="load15"][aria-pressed="true"]').waitFor();
    await page.goto(base);
    await page.locator('[data-series="load15"][aria-pressed="true"]').waitFor();
    await isLive();
  });

  it("opens at the moment that the address names", async () => {
    await page.goto(`${base}?at=${spikeAtMs}`);
    await isLive();
    const burner = page.locator(".who-table tbody tr", { hasText: burnerName });
    await burner.waitFor();
    assert.ok(Number.parseFloat((await burner.locator("[data-column=tasks] .mean").textContent()) ?? "") >= 2);
    const shown = new Date(Math.floor(spikeAtMs / 1000) * 1000).toISOString().slice(11, 19);
    await page.locator(".cursor-words", { hasText: `${shown} UTC` }).waitFor();
    await page.keyboard.press("ArrowLeft");
    const before = new Date(Math.floor(spikeAtMs / 1000) * 1000 - 1000).toISOString().slice(11, 19);
    await page.locator(".cursor-words", { hasText: `${before} UTC` }).waitFor();
  });

  it("zooms into what is dragged over, and comes back with a double click", async () => {
    await page.goto(base);
    await isLive();
    // what comes later moves what is below it
    await page.locator(".banner").waitFor();
    await page.locator('.overview-peak:not([d=""])').waitFor({ state: "attached" });
    await page.locator(".band").first().waitFor();
    await page.locator('[data-chart="cpu"] .u-over').scrollIntoViewIfNeeded();
    const plot = await page.locator('[data-chart="cpu"] .u-over').boundingBox();
    assert.ok(plot !== null);
    const y = plot.y + plot.height / 2;
    await page.mouse.move(plot.x + plot.width - 120, y);
    await page.mouse.down();
    // to the very end: of a Culprit that was just started nothing else is recorded
    await page.mouse.move(plot.x + plot.width - 1, y, { steps: 5 });
    await page.mouse.up();
    await page.locator(".stretch-label", { hasText: "(" }).waitFor();
    assert.ok(Number(query().get("from")) < Number(query().get("to")));
    await page.mouse.move(5, 5);
    await page.locator(".who-when", { hasText: "mean, below it the highest second" }).waitFor();
    await page.locator(".who-table tbody tr [data-column=cpu] .peak", { hasText: /^\d/ }).first().waitFor();
    // a range has other words above the charts
    const there = await page.locator('[data-chart="cpu"] .u-over').boundingBox();
    assert.ok(there !== null);
    await page.mouse.dblclick(there.x + there.width / 2, there.y + there.height / 2);
    await page.locator(".stretch-label", { hasText: "live" }).waitFor();
    assert.equal(query().get("from"), null);
  });

  it("captures now, shows how far it is, and downloads an archive that can be unpacked", async () => {
    await page.getByRole("tab", { name: "Archives" }).click();
    await page.locator("[data-action=capture-here]").click();
    await page.getByLabel("Reason").fill("it is slow, --password hunter2");
    await page.locator("[data-action=capture]").click();
    await page.locator(".capture-status", { hasText: /for \d+ s…|ready/ }).waitFor({ timeout: 2000 });
    const link = page.locator("[data-action=download]");
    await link.waitFor({ timeout: 60_000 });
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    const files = await untar(readFileSync(await download.path()));
    const manifest = JSON.parse(files.get("manifest.json") ?? "{}");
    assert.match(manifest.request.reason, /^it is slow, --password \*+$/);
    assert.match(files.get("processes.txt") ?? "", new RegExp(burnerName));
    await page.keyboard.press("Escape");
    await page.locator("#panel-archives tr", { hasText: /by hand: it is slow, --password \*+/ }).waitFor();
    await page.locator('.flag[title*="Capture capture"]').waitFor();
  });

  it("follows Culprit's log, by level and by words", async () => {
    await page.getByRole("tab", { name: "Log" }).click();
    await page.locator(".log-lines li", { hasText: "capture" }).first().waitFor();
    await page.getByLabel("Search the log").fill("no such words in any line");
    await page.locator(".log-lines", { hasText: "No match." }).waitFor();
    await page.getByLabel("Search the log").fill("");
    await page.getByLabel("Least level").selectOption("debug");
    await page.locator(".log-lines li").first().waitFor();
  });

  it("shows the triggers and their thresholds", async () => {
    await page.getByRole("tab", { name: "Alerts" }).click();
    const row = page.locator("#panel-alerts tr", { hasText: "HighCpuUsage cpu" });
    await row.waitFor();
    assert.match((await row.textContent()) ?? "", /above 90 %/);
    await page.locator(".banner", { hasText: /alert.*memory is [\d.]+ % now \(above 0.1 %\)/i }).waitFor();
    await page.locator("#panel-alerts tr", { hasText: "SomeMemory memory" }).locator('[data-state="firing"]').waitFor();
    await page.locator('.flag[title*="Alert SomeMemory"]').waitFor();
  });

  it("lists its keys", async () => {
    await page.keyboard.press("?");
    await page.locator("dialog.keys[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog.keys[open]").waitFor({ state: "hidden" });
  });

  it("has nothing that axe-core finds serious, in light and dark, wide and narrow", async () => {
    await page.goto(base);
    await isLive();
    await page.locator(".band").first().waitFor();
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.evaluate(axe);
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 360],
      ["dark", 1000],
      ["light", 360],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const tab of ["Spikes", "Archives", "Log", "Alerts"]) {
        await page.getByRole("tab", { name: tab }).click();
        await page.locator(`#panel-${tab.toLowerCase()}:not([hidden])`).waitFor();
        const found = await page.evaluate(
          "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes.map(({ html, any }) => html.slice(0, 160) + ' ' + any.map(({ message }) => message).join()).join(' | ')))",
        );
        assert.deepEqual(found, [], `${colorScheme} ${width} ${tab}`);
      }
      const { scrolls, width: wide } = (await page.evaluate("({ scrolls: document.documentElement.scrollWidth, width: innerWidth })")) as {
        scrolls: number;
        width: number;
      };
      assert.ok(scrolls <= wide, `the page is ${scrolls} wide in a window of ${wide}`);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1440, height: 1000 });
  });

  it("is strict about where its code and its style come from", async () => {
    const headers = {
      Cookie: (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; "),
      Accept: "text/html",
    };
    const policy = (await fetch(base, { headers })).headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    const { violations, foreign } = browser.troubles;
    // of interfaces that come and go meanwhile (containers) the browser tells as well
    const errors = browser.troubles.errors.filter((text) => !text.includes("net::ERR_NETWORK_CHANGED"));
    assert.deepEqual({ errors, violations, foreign }, { errors: [], violations: [], foreign: [] });
  });

  it("says that the connection is lost and how old it is, and has every second after a restart", async () => {
    await page.addInitScript(`
      const open = (window.openSources = new Set());
      window.EventSource = class extends EventSource {
        constructor(url) { super(url); open.add(this); }
        close() { super.close(); open.delete(this); }
      };
    `);
    await page.goto(base);
    await isLive();
    const logins = await page.context().cookies();
    await machine.stop(culprit);
    await page.locator('.pill[data-state="lost"]', { hasText: /Connection lost.*is \d+ s old/ }).waitFor({ timeout: 20_000 });
    // whoever is impatient connects once all the same
    for (let press = 0; press < 5; press++) await page.getByRole("button", { name: "Try now" }).click();
    await page.evaluate(`for (let time = 0; time < 5; time++) dispatchEvent(new Event("online"))`);
    culprit = await machine.startCulprit(port, settings);
    const startedMs = Date.now();
    await isLive();
    assert.deepEqual(await page.context().cookies(), logins, "nobody has to log in again");
    await new Promise((resolve) => setTimeout(resolve, 4000));
    assert.equal(await page.evaluate("openSources.size"), 1);
    const headers = { Authorization: `Bearer ${machine.adminToken}` };
    const answer = await fetch(`${base}api/snapshots?from=${startedMs - 20_000}&to=${Date.now()}&step=1&groups=0`, { headers });
    const { times, seconds } = (await answer.json()) as { times: number[]; seconds: number[] };
    const recorded = times.filter((_, index) => (seconds[index] ?? 0) > 0);
    assert.ok(recorded.filter((ms) => ms > startedMs).length >= 3 && recorded.filter((ms) => ms < startedMs - 5000).length >= 3);
    // the first second of a run knows no rates, but levels
    const memory = page.locator('[data-series="memory"] .legend-value');
    for (const ms of recorded) {
      await page.evaluate(`history.pushState(null, "", "?at=${ms}"); dispatchEvent(new PopStateEvent("popstate"));`);
      await page.locator(".cursor-words", { hasText: `${new Date(ms).toISOString().slice(11, 19)} UTC` }).waitFor();
      await waitFor(`the page to know ${new Date(ms).toISOString()}`, async () => /\d/.test((await memory.textContent()) ?? ""), 5);
    }
    // what the browser itself says of a server that is away is no error of the page
    const own = browser.troubles.errors.filter((text) => !/net::ERR_|Failed to load resource/.test(text));
    assert.deepEqual(own, []);
    browser.troubles.errors.length = 0;
  });

  it("logs out and in again", async () => {
    await page.goto(base);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.waitForURL(/\/login$/);
    await page.goto(`${base}?tab=alerts`);
    await page.waitForURL(/\/login/);
    await page.getByLabel("Token").fill(machine.adminToken);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL(new RegExp(`^${base}`));
    await isLive();
    assert.deepEqual(browser.troubles.violations, []);
  });
});
