import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TestBrowser } from "../support/browser.ts";
import { requireServer } from "../support/servers.ts";
import { freePort, TestMachine, waitFor } from "./machine.ts";

describe("marks of events on the page, in a real browser", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let browser: TestBrowser;
  let page: Page;
  let base: string;

  before(async function () {
    requireServer(this, "chromium");
    machine = new TestMachine();
    const port = await freePort();
    base = `http://127.0.0.1:${port}/`;
    await machine.startCulprit(port, "web: { auth: always }\ntriggers: []\n");
    browser = await TestBrowser.open({ viewport: { width: 1440, height: 1000 } });
    page = await browser.page(base);
    await page.goto(`${base}login?token=${machine.adminToken}`);
    await page.locator('.pill[data-state="live"]').waitFor();
  });
  after(async () => {
    await browser?.close();
    await machine?.close();
  });

  it("appear by themselves, say what it was, and lead to their moment by the keyboard", async () => {
    const answer = await fetch(`${base}api/events`, {
      method: "POST",
      headers: { Authorization: `Bearer ${machine.adminToken}` },
      body: JSON.stringify({ text: "deployed 1.4 <b>" }),
    });
    assert.equal(answer.status, 201);
    const { atMs } = (await answer.json()) as { atMs: number };
    const mark = page.locator('.flag.event[title*="deployed 1.4"]');
    await mark.waitFor({ timeout: 10_000 });
    assert.match((await mark.getAttribute("title")) ?? "", /^\d\d:\d\d:\d\d Event: deployed 1\.4 <b> told by admin$/);
    assert.equal(await mark.getAttribute("aria-label"), await mark.getAttribute("title"));
    await mark.focus();
    await page.keyboard.press("Enter");
    await waitFor("the moment", async () => new URL(page.url()).searchParams.get("at") === String(atMs), 10);
  });

  it("are there after a reload, and stay when the live window goes on", async () => {
    await page.goto(base);
    await page.locator('.flag.event[title*="deployed 1.4"]').waitFor({ timeout: 10_000 });
  });
});
