import assert from "node:assert/strict";
import { join } from "node:path";
import { Registry } from "prom-client";
import { loadConfig } from "../../src/config.ts";
import { createEvents } from "../../src/metrics/events.ts";
import { processLabels } from "../../src/model/group.ts";
import type { Notification } from "../../src/model/notification.ts";
import type { Spike } from "../../src/model/spike.ts";
import { carefulRedactor } from "../../src/redact/redactor.ts";
import { openTelling } from "../../src/wiring/telling.ts";
import { startWebServer, type WebServer } from "../notify/support/webServer.ts";
import { eventually } from "../server/support.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { snapshotOf, spikeOf } from "../triggers/support.ts";

describe("What tells people", () => {
  const tempDirectory = tempDirectories();
  let web: WebServer;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  async function open(clock: ManualClock, quiet: string, spikes: () => readonly Spike[] = () => []) {
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
      redactor: carefulRedactor,
      requestCapture: async ({ name }) => {
        captured.push(name);
        return { id: name };
      },
      sources: { lines: () => [], spikes, judgeNow: () => undefined, pageUrl: () => undefined },
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

  it("shows what is held back until when, and tells it as it is when it is told", async () => {
    const clock = new ManualClock();
    const { telling } = await open(clock, '[{ from: "10:00", to: "10:30", timeZone: UTC, triggers: [HighMemoryUsage] }]');
    const firedAtMs = clock.wallMs();
    telling.take(snapshotOf({ memory: 0.95 }, firedAtMs), []);
    await eventually(() => telling.silences.held().length > 0);
    await telling.notifications.idle();
    const untilMs = firedAtMs + 30 * 60_000;
    assert.deepEqual(telling.silences.quiet(), [{ triggers: ["HighMemoryUsage"], untilMs }]);
    assert.deepEqual(telling.silences.held(), [
      { name: "HighMemoryUsage", title: "High Memory Usage", status: "firing", sinceMs: firedAtMs, untilMs },
    ]);
    await clock.advance(600);
    telling.take(snapshotOf({ memory: 0.99 }, clock.wallMs()), []);
    await clock.advance(1200);
    await eventually(() => web.received.length > 0);
    const { subject, notifications } = JSON.parse(web.received[0]?.body ?? "");
    assert.equal(subject, "web1: Memory 99 %");
    assert.equal(notifications[0].reason, "Memory usage is 99 %, above 90 %");
    assert.deepEqual([telling.silences.quiet(), telling.silences.held()], [[], []]);
    await telling.stop();
  });

  it("holds back what a group of quiet hours has done, as an alert tells it, and says at their end who it is then", async () => {
    const clock = new ManualClock();
    const spikeBy = (process: string): Spike => ({
      ...spikeOf("cpu", clock.wallMs() - 30_000),
      verdict: {
        sentence: `\`${process}\` has caused it.`,
        final: false,
        shares: [{ group: processLabels(process), share: 0.9, from: 0, to: 2, pids: [1] }],
      },
    });
    const spikes = [spikeBy("pg_dump")];
    const { telling } = await open(clock, '[{ from: "10:00", to: "10:30", timeZone: UTC, groups: [pg_dump] }]', () => spikes);
    const alert: Notification = {
      ...{ id: "a1", key: "a1", status: "firing", origin: "alert", name: "CpuHot", title: "CpuHot", server: "web1" },
      ...{ about: { resource: "cpu" }, figures: {}, top: [], links: {}, startedAtMs: clock.wallMs(), culprits: [["pg_dump"]] },
    };
    await telling.notifications.notify(alert);
    assert.equal(telling.silences.held().length, 1);
    spikes[0] = spikeBy("restore");
    await clock.advance(1800);
    await eventually(() => web.received.length > 0);
    assert.equal(JSON.parse(web.received[0]?.body ?? "").subject, "web1: CpuHot, 90 % of the rise is restore");
    await telling.stop();
  });

  it("knows which names a silence can have", async () => {
    const { telling } = await open(new ManualClock(), "[]");
    for (const name of ["HighLoad", "unclean-end"]) assert.equal(telling.silences.problemOf(name), undefined);
    assert.equal(telling.silences.problemOf("HighLaod"), 'no trigger has the name "HighLaod"; did you mean HighLoad?');
    await telling.stop();
  });
});
