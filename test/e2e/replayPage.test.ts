import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { archiveOf, manifest, partsOf } from "../replay/support.ts";
import { TestBrowser } from "../support/browser.ts";
import { fixturePath, mainPath } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { TestMachine, waitFor } from "./machine.ts";

describe("the page of a replay in a real browser", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let browser: TestBrowser;

  before(async function () {
    requireServer(this, "chromium");
    machine = new TestMachine();
    browser = await TestBrowser.open({ viewport: { width: 1440, height: 1000 } });
  });

  after(async () => {
    await browser?.close();
    await machine?.close();
  });

  afterEach(() => assert.deepEqual(browser.troubles, { errors: [], violations: [], foreign: [] }));

  async function open(where: string, query = ""): Promise<Page> {
    const running = machine.start(process.execPath, [mainPath(), "replay", where], { ...process.env, TMPDIR: machine.directory });
    const url = await waitFor("the replay", async () => {
      assert.equal(running.child.exitCode, null, running.output());
      return /: (http:\/\/\S+\/)\n/.exec(running.output())?.[1];
    });
    const page = await browser.page(url);
    await page.goto(`${url}${query}`);
    await page.locator('.pill[data-state="recording"]').waitFor();
    return page;
  }

  const firstName = (page: Page) => page.locator(".who-table tbody tr:first-child").first().innerText();

  it("shows all of a recording, its spikes with their culprits, and leads to one by a click", async () => {
    const page = await open(fixturePath("recording-v1"));
    assert.match(await page.locator(".stretch-label").innerText(), /2 min 3\d s/);
    await page.locator(".who-table tbody tr", { hasText: "dd" }).first().waitFor();
    assert.match(await page.locator('[data-chart="space"] .legend-curve').first().innerText(), /^\/\s*69 %, 83\.3 GB left/);
    const band = page.locator(".band", { hasText: "sh" }).first();
    await band.waitFor();
    await band.click();
    await waitFor("the spike's culprit to come first", async () => /^sh\b/.test(await firstName(page)));
    assert.ok(new URL(page.url()).searchParams.has("at"));
  });

  it("finds by the keyboard alone in which minutes somebody ran, and leads there", async () => {
    const page = await open(fixturePath("recording-v1"));
    await page.keyboard.press("/");
    await page.keyboard.type("user:root dd");
    await page.keyboard.press("Enter");
    const found = page.locator(".search-list li", { hasText: "dd" }).first();
    await found.waitFor();
    assert.match(await page.locator(".search-words").innerText(), /^1 found since 21 Nov/);
    assert.match(await found.innerText(), /Ran in 1 minute[\s\S]*CPU peak[\s\S]*Write peak/);
    assert.match((await found.locator(".search-bars").getAttribute("d")) ?? "", /^M/);
    assert.match(await page.locator(".search-notes").innerText(), /no index of names/);
    assert.equal(new URL(page.url()).searchParams.get("find"), "user:root dd");
    await found
      .getByRole("button", { name: /^\d\d Nov|^\d\d:\d\d:\d\d$/ })
      .first()
      .focus();
    await page.keyboard.press("Enter");
    await waitFor(
      "the minute to be pinned",
      async () => new URL(page.url()).searchParams.get("at") === String(Date.UTC(2026, 10, 21, 15, 40)),
    );
    await page.goBack();
    await page.goBack();
    await waitFor("the search to be over", async () => (await page.locator(".search-list li").count()) === 0);
  });

  it("lists single processes of all of it, and of a second that the address asks for", async () => {
    const page = await open(fixturePath("recording-v1"), "?view=processes");
    await page
      .locator(".who-table tbody tr", { hasText: /pid \d+/ })
      .first()
      .waitFor();
    const there = await open(fixturePath("recording-v1"), `?view=processes&at=${Date.UTC(2026, 10, 21, 15, 40, 30)}`);
    await there
      .locator(".who-table tbody tr", { hasText: /pid \d+/ })
      .first()
      .waitFor();
  });

  it("says of an archive that is not as it was made so before all else", async () => {
    const files = { "summary.txt": "It was somebody else.\n" };
    const parts = partsOf({ "summary.txt": "HighLoad on db1\n" });
    const path = machine.path("forged.tar.gz");
    writeFileSync(path, await archiveOf({ ...files, "manifest.json": JSON.stringify({ ...manifest, parts }) }));
    const page = await open(path);
    await page.locator(".misread", { hasText: /^Note: the archive does not match its own manifest \(sha256 of summary\.txt, / }).waitFor();
  });

  it("shows a table's figures and leading processes, and says what a table does not hold", async () => {
    const row = (second: number, load: number, process: string) => `2026-11-21T10:00:0${second}.000Z,1,${load},${process},0.5`;
    const head = "time,elapsed_seconds,load1,top_process,top_process_cpu_cores";
    const path = machine.write("small.csv", [head, row(0, 1, "sh"), row(1, 7.25, "dd"), row(2, 7.25, "dd"), ""].join("\r\n"));
    const page = await open(path);
    await page.locator(".who-table tbody tr", { hasText: "dd" }).first().waitFor();
    assert.match(await page.locator('[data-reading="load"]').innerText(), /7\.25/);
    assert.match(await page.locator("main").innerText(), /Note: a table holds the machine's figures and the process that led in CPU/);
    assert.match(await page.locator("main").innerText(), /No spike is known of this recording/);
  });
});
