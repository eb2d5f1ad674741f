import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { CompareAnswer } from "../../src/api/pastAnswers.ts";
import { TestBrowser } from "../support/browser.ts";
import { fixturePath, mainPath } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { TestMachine, waitFor } from "./machine.ts";

/** Before dd wrote, and while it did. */
const calmMs = Date.UTC(2026, 10, 21, 15, 40, 2);
const busyMs = Date.UTC(2026, 10, 21, 15, 40, 20);

describe("comparing two moments in a real browser", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let browser: TestBrowser;
  let url: string;

  before(async function () {
    requireServer(this, "chromium");
    machine = new TestMachine();
    browser = await TestBrowser.open({ viewport: { width: 1280, height: 900 } });
    const running = machine.start(process.execPath, [mainPath(), "replay", fixturePath("recording-v1")], {
      ...process.env,
      TMPDIR: machine.directory,
    });
    url = await waitFor("the replay", async () => {
      assert.equal(running.child.exitCode, null, running.output());
      return /: (http:\/\/\S+\/)\n/.exec(running.output())?.[1];
    });
  });

  after(async () => {
    await browser?.close();
    await machine?.close();
  });

  async function open(query: string, width = 1280): Promise<Page> {
    const page = await browser.page(url);
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${url}${query}`);
    await page.locator('.pill[data-state="recording"]').waitFor();
    return page;
  }

  const written = (page: Page) => page.locator('.compare-block[data-resource="writtenBytesPerSecond"]');

  it("shows from a link who is new, gone, has more or less, as the interface has it", async () => {
    const page = await open(`?at=${busyMs}&with=${calmMs}&seconds=10`);
    await written(page).locator("tr", { hasText: "sh" }).first().waitFor();
    const answer = (await (await fetch(`${url}api/compare?at=${busyMs + 500}&with=${calmMs + 500}&seconds=10`)).json()) as CompareAnswer;
    const writes = answer.resources.find(({ resource }) => resource === "writtenBytesPerSecond");
    assert.ok(writes !== undefined && writes.difference > 1e8, JSON.stringify(writes));
    assert.ok(Math.abs(writes.lines.reduce((sum, { difference }) => sum + difference, 0) - writes.difference) < 1);
    assert.equal(await written(page).locator("h3").innerText(), writes.sentence.replaceAll("`", ""));
    const [first] = writes.lines;
    assert.match(await written(page).locator("tbody tr").first().innerText(), new RegExp(`^${first?.process}[\\s\\S]*${first?.change}`));
    assert.deepEqual(browser.troubles, { errors: [], violations: [], foreign: [] });
  });

  it("is one key or one click from a pinned moment, goes to the other moment, and is closed by Escape", async () => {
    const page = await open(`?at=${calmMs}`);
    assert.equal(await page.locator(".compare").isVisible(), false);
    await page.keyboard.press("c");
    await page.locator(".compare-table").first().waitFor();
    const other = Number(new URL(page.url()).searchParams.get("with"));
    assert.ok(other > busyMs, "now is the recording's end");
    await page.keyboard.press("x");
    await waitFor("the two to change places", async () => {
      const { searchParams } = new URL(page.url());
      return searchParams.get("at") === String(other) && searchParams.get("with") === String(calmMs);
    });
    await page.locator(".compare").getByRole("button", { name: "10 s", exact: true }).click();
    await waitFor("the window to be said", async () => /means of 10 s around each/.test(await page.locator(".compare-when").innerText()));
    await page.keyboard.press("Escape");
    await page.locator(".compare").waitFor({ state: "hidden" });
    assert.equal(new URL(page.url()).searchParams.has("with"), false);
    await page.goto(`${url}?at=${busyMs}`);
    await page.getByRole("button", { name: "Compare with now" }).click();
    await page.locator(".compare-table").first().waitFor();
    assert.deepEqual(browser.troubles, { errors: [], violations: [], foreign: [] });
  });

  it("says why where nothing is recorded of the other moment", async () => {
    const page = await open(`?at=${busyMs}`);
    await page.keyboard.press("y");
    const said = page.locator(".compare-when", {
      hasText: /nothing is recorded from 2026-11-20 .*; what is recorded begins at 2026-11-21 15:38:4/,
    });
    await said.waitFor();
    // the browser itself says that it was refused
    browser.troubles.errors.splice(0, browser.troubles.errors.length, ...browser.troubles.errors.filter((one) => !one.includes("404")));
  });

  it("fits on a telephone", async () => {
    const page = await open(`?at=${busyMs}&with=${calmMs}`, 400);
    await page.locator(".compare-table").first().waitFor();
    assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
    const right = await page.evaluate(
      "Math.max(...[...document.querySelectorAll('.compare *')].map((one) => one.getBoundingClientRect().right))",
    );
    assert.ok(Number(right) <= 400, `something reaches to ${right}`);
  });
});
