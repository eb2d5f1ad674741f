import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TestBrowser } from "../support/browser.ts";
import { fixturePath, mainPath } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { TestMachine, waitFor } from "./machine.ts";

/** A second of the recording in which `sh` burns. */
const busyAtMs = Date.UTC(2026, 10, 21, 15, 40, 30);

describe("looking at the past in a real browser", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let browser: TestBrowser;
  let page: Page;
  let url: string;

  before(async function () {
    requireServer(this, "chromium");
    machine = new TestMachine();
    browser = await TestBrowser.open({ viewport: { width: 1400, height: 900 }, reducedMotion: "reduce" });
    const running = machine.start(process.execPath, [mainPath(), "replay", fixturePath("recording-v1")], {
      ...process.env,
      TMPDIR: machine.directory,
    });
    url = await waitFor("the replay", async () => /: (http:\/\/\S+\/)\n/.exec(running.output())?.[1]);
    page = await browser.page(url);
  });

  after(async () => {
    await browser?.close();
    await machine?.close();
  });

  beforeEach(() => page.setViewportSize({ width: 1400, height: 900 }));
  afterEach(() => assert.deepEqual(browser.troubles, { errors: [], violations: [], foreign: [] }));

  async function open(query = ""): Promise<void> {
    await page.goto(`${url}${query}`);
    await page.locator('.pill[data-state="recording"]').waitFor();
    await page.locator(".who-table tbody tr").first().waitFor();
  }

  const query = () => new URL(page.url()).searchParams;
  const isInView = async (selector: string) => {
    const box = await page.locator(selector).boundingBox();
    return box !== null && box.y >= -1 && box.y < 450;
  };

  it("shows who made up the CPU: pointing names the group, a click pins it everywhere in one colour, a key draws plain lines", async () => {
    await open();
    const plot = await page.locator('[data-chart="cpu"] .u-over').boundingBox();
    assert.ok(plot !== null);
    const tip = page.locator('[data-chart="cpu"] .tip');
    const name = await waitFor("a group under the mouse", async () => {
      for (let x = plot.width - 4; x > 0; x -= 12) {
        await page.mouse.move(plot.x + x, plot.y + plot.height - 6);
        const text = (await tip.isVisible()) ? await tip.textContent() : null;
        const found = /^(.+) [\d.]+ %$/.exec(text ?? "")?.[1];
        if (found !== undefined && found !== "others" && found !== "unattributed") return found;
      }
      return undefined;
    });
    await page.mouse.down();
    await page.mouse.up();
    await page.mouse.move(5, 5);
    assert.equal(query().get("process")?.split("|")[0], name);
    const row = page.locator('.who-table tr[data-chosen="true"]');
    await row.locator(".row-name", { hasText: name }).waitFor();
    const colour = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((dot) => dot.ownerDocument.defaultView?.getComputedStyle(dot).backgroundColor ?? "");
    const inTable = await colour('.who-table tr[data-chosen="true"] .dot');
    assert.equal(await colour('[data-chart="cpu"] .layer-switch:not([data-faint]) .dot'), inTable);
    assert.match(inTable, /^rgb\(/);
    await page.keyboard.press("g");
    await waitFor("plain lines", async () => (await page.locator(".layer-switch").count()) === 0);
    assert.equal(query().get("draw"), "lines");
    await page.locator('[data-chart="cpu"] .legend-alone', { hasText: name }).waitFor();
  });

  it("shows cards of the pinned second, not of the newest", async () => {
    await open(`?at=${busyAtMs}`);
    await page.locator(".now-caption", { hasText: /^At \d+ \w+ \d\d:\d\d:\d\d$/ }).waitFor();
    const shown = await page.locator('[data-reading="cpu"] .tile-value').textContent();
    assert.equal(await page.locator('[data-series="cpu"] .legend-value').textContent(), shown);
  });

  it("does not say that nothing is recorded as long as it loads", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/api/snapshots?*", async (route) => {
      await held;
      await route.continue();
    });
    const from = busyAtMs - 3_600_000;
    await page.goto(`${url}?from=${from}&to=${busyAtMs + 60_000}`);
    await page.locator(".stretch-note", { hasText: /^Loading…$/ }).waitFor();
    assert.doesNotMatch(await page.locator("main").innerText(), /Grey|Nothing is recorded/);
    release();
    await page.locator(".stretch-note", { hasText: /Grey: no data\. Recording starts at / }).waitFor();
    await page.unroute("**/api/snapshots?*");
  });

  it("goes back with the browser's button: a tab, a pin and a range are steps", async () => {
    await open();
    await page.getByRole("tab", { name: "Log" }).click();
    await page.locator(".who-table tbody tr .row-name").first().click();
    await page.locator('[aria-label="Zoom in"]').click();
    const zoomed = page.url();
    assert.ok(query().has("from") && query().has("process"));
    // keys move the cursor: the first of them is a step
    for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowLeft");
    assert.ok(query().has("at"));
    await page.goBack();
    assert.equal(page.url(), zoomed);
    await page.goBack();
    assert.ok(!query().has("from") && query().has("process"));
    await page.goBack();
    assert.deepEqual([query().get("process"), query().get("tab")], [null, "log"]);
    await page.goBack();
    assert.equal(page.url(), url);
    await page.locator("#panel-spikes:not([hidden])").waitFor();
  });

  it("scrolls to the tab that the address names, and to the charts for a spike of the list", async () => {
    await page.setViewportSize({ width: 1000, height: 700 });
    await open("?tab=spikes");
    await waitFor("the list of spikes in view", () => isInView(".tabs"));
    await page.locator(".spike-go").first().click();
    await waitFor("the charts in view", () => isInView(".time"));
    assert.ok(query().has("at"));
  });

  it("cuts no column on a phone, and has the table above the charts where there is no room beside them", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open();
    const cut = await page
      .locator(".who-table tbody tr:first-child td, .plain td, .tile")
      .evaluateAll((cells) => cells.filter((cell) => cell.getBoundingClientRect().right > 390).map((cell) => cell.textContent));
    assert.deepEqual(cut, []);
    assert.equal(await page.locator(".who-table tbody tr:first-child td").count(), 5);
    const [who, time] = [await page.locator(".who").boundingBox(), await page.locator(".time").boundingBox()];
    assert.ok(who !== null && time !== null && who.y < time.y);
  });
});
