import assert from "node:assert/strict";
import { join } from "node:path";
import { Registry } from "prom-client";
import { loadConfig } from "../../src/config.ts";
import { createEvents } from "../../src/metrics/events.ts";
import { openTelling } from "../../src/wiring/telling.ts";
import { startWebServer, type WebServer } from "../notify/support/webServer.ts";
import { eventually } from "../server/support.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { snapshotOf } from "../triggers/support.ts";

describe("What tells people", () => {
  const tempDirectory = tempDirectories();
  let web: WebServer;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  async function open(clock: ManualClock, quiet: string) {
    const cwd = await tempDirectory();
    const text = `notify: { webhook: { url: "http://127.0.0.1:${web.port}/" }, quiet: ${quiet} }`;
    const config = loadConfig({ env: {}, cwd, argv: [`--storage.path=${join(cwd, "data")}`, "--config.file=c.yml"], readFile: () => text });
    const captured: string[] = [];
    const audited: string[] = [];
    const telling = await openTelling(config, {
      log: recordedLog().log,
      clock,
      server: "web1",
      version: "1",
      events: createEvents(new Registry()),
      audit: { record: (event) => void audited.push(event) },
      figures: () => ({}),
      requestCapture: async ({ name }) => {
        captured.push(name);
        return { id: name };
      },
      sources: { lines: () => [], spikes: () => [], judgeNow: () => undefined, pageUrl: () => undefined },
      isStale: () => false,
    });
    telling.start();
    return { telling, captured, audited };
  }

  it("captures while it is quiet, and tells when neither hours nor a silence hold it any more", async () => {
    const clock = new ManualClock();
    const { telling, captured, audited } = await open(clock, '[{ from: "10:00", to: "10:30", timeZone: UTC }]');
    const silence = await telling.silences.add({ seconds: 7200, triggers: ["HighMemoryUsage"], by: "admin" });
    assert.ok(silence);
    telling.take(snapshotOf({ memory: 0.95 }, clock.wallMs()), []);
    await eventually(() => captured.includes("HighMemoryUsage"));
    await telling.notifications.idle();
    await clock.advance(3600);
    await telling.notifications.idle();
    assert.equal(web.received.length, 0);
    assert.ok(await telling.silences.end(silence.id, "admin"));
    await eventually(() => web.received.length > 0);
    assert.equal(JSON.parse(web.received[0]?.body ?? "").notifications[0].name, "HighMemoryUsage");
    await telling.stop();
    assert.deepEqual(
      audited.filter((event) => event.startsWith("silence")),
      ["silence_begun", "silence_ended"],
    );
  });

  it("knows which names a silence can have", async () => {
    const { telling } = await open(new ManualClock(), "[]");
    assert.equal(telling.silences.problemOf("HighLoad"), undefined);
    assert.equal(telling.silences.problemOf("HighLaod"), 'no trigger has the name "HighLaod"; did you mean HighLoad?');
    await telling.stop();
  });
});
