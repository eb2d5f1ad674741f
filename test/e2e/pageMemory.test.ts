import assert from "node:assert/strict";
import type { CDPSession } from "playwright-core";
import { encodeSnapshot } from "../../src/recorder/format/encodeLine.ts";
import { LiveFeed } from "../../src/server/liveFeed.ts";
import { group, snapshotAt } from "../recorder/support.ts";
import { Stage } from "../server/support.ts";
import { TestBrowser } from "../support/browser.ts";
import { requireServer } from "../support/servers.ts";

/** The live window. */
const windowSeconds = 1200;
const ticks = 3600;
/** Noise of the collector: what is kept for each tick would be ten times as much. */
const allowedBytes = 3_000_000;

describe("the live page in the long run", function () {
  this.timeout(180_000);

  it("holds no more after 3600 ticks at full speed than after twenty minutes of them", async function () {
    requireServer(this, "chromium");
    const stage = await Stage.prepare();
    // on a busy machine the browser is late, and is not to be dropped for it here
    stage.live = new LiveFeed({ mostWaitingBytes: Number.POSITIVE_INFINITY });
    await stage.start();
    const browser = await TestBrowser.open();
    try {
      const base = `http://127.0.0.1:${stage.port}/`;
      const page = await browser.page(base);
      await page.goto(base);
      await page.locator(".pill").waitFor();
      const devtools = await page.context().newCDPSession(page);
      let atMs = stage.clock.wallMs();
      const feed = async (count: number): Promise<void> => {
        for (let tick = 0; tick < count; tick++) {
          atMs += 1000;
          stage.live?.publish(atMs, secondAt(atMs), () => ({ spikes: [], firing: [], archives: { pending: 0, count: 0 }, notes: [] }));
          if (tick % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 40));
        }
        // the newest have arrived
        await page.locator(".who-table tbody tr", { hasText: jobAt(39, atMs / 1000) }).waitFor();
      };
      await feed(windowSeconds + 100);
      const before = await heapBytes(devtools);
      await feed(ticks);
      const after = await heapBytes(devtools);
      assert.equal(stage.live?.droppedTotal, 0, "the page has read everything");
      assert.ok(after < before + allowedBytes, `${before} bytes before, ${after} after`);
      assert.ok((await page.locator(".who-table tbody tr").count()) > 30);
      assert.deepEqual(browser.troubles, { errors: [], violations: [], foreign: [] });
    } finally {
      await browser.close();
      await stage.close();
    }
  });
});

/** A second of a machine with forty groups that last and some that come and go. */
function secondAt(atMs: number): string {
  const second = atMs / 1000;
  const groups = Array.from({ length: 40 }, (_, index) => {
    const name = index < 30 ? `service-${index}` : jobAt(index, second);
    return group(name, {
      cpuCores: (index % 7) / 10,
      residentBytes: index * 1e6 + second,
      runningTasks: index % 2,
      uninterruptibleTasks: 0,
    });
  });
  return encodeSnapshot(snapshotAt(atMs, groups), groups, undefined);
}

function jobAt(index: number, second: number): string {
  return `job-${index}-${Math.floor(second / 60) % 50}`;
}

async function heapBytes(devtools: CDPSession): Promise<number> {
  for (let round = 0; round < 3; round++) await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize;
}
