import assert from "node:assert/strict";
import type { AlertOutcome, ReceivedAlert } from "../../src/capture/contract.ts";
import { loadConfig } from "../../src/config.ts";
import type { Notification } from "../../src/model/notification.ts";
import type { AlertMoment } from "../../src/triggers/context.ts";
import { createAlertReceiver } from "../../src/wiring/alerts.ts";
import { recordedLog } from "../support/recordedLog.ts";

const startsAtMs = Date.UTC(2026, 10, 21, 10, 0, 0);
const alert: ReceivedAlert = {
  status: "firing",
  labels: { alertname: "HighCpuUsage", instance: "web1" },
  annotations: { description: "CPU usage of web1 is 92.5%" },
  startsAtMs,
  fingerprint: "beef",
};

describe("alerts of Alertmanager", () => {
  /** What people are told and what is asked and written down, when these alerts come. */
  async function told(
    yaml: string,
    alerts: readonly ReceivedAlert[],
    result: AlertOutcome["result"] = "captured",
    truncatedAlerts: readonly (number | undefined)[] = [undefined],
  ) {
    const notified: { notification: Notification; cooldownSeconds: number }[] = [];
    const moments: AlertMoment[] = [];
    const flushes: number[] = [];
    const audited: string[] = [];
    const audits: unknown[] = [];
    const counted: number[] = [];
    const log = recordedLog();
    const readFile = (path: string) => {
      if (path.endsWith("culprit.yml")) return yaml;
      throw Object.assign(new Error("none"), { code: "ENOENT" });
    };
    const config = loadConfig({ argv: ["--config.file=culprit.yml"], env: {}, readFile });
    const receiver = createAlertReceiver(config, {
      hosts: {
        match: async (received) =>
          received.map((one) => ({ alert: one, match: result === "relayed" ? { kind: "other", host: "web2" } : { kind: "own" } })),
      },
      relay: { take: async (foreign) => foreign.map((one) => ({ ...one, result })) },
      captures: { receive: async (ours) => ours.map((one) => ({ ...one, result, archiveId: "a-1" })) },
      audit: {
        record: (event, facts) => {
          audited.push(event);
          audits.push(facts);
        },
      },
      notifications: {
        notify: async (notification, { cooldownSeconds = 0 } = {}) => void notified.push({ notification, cooldownSeconds }),
      },
      figures: () => ({ cpuRatio: 0.92, memoryRatio: 0.416, load: { load1: 4.26, load5: 3, load15: 2 } }),
      log: log.log,
      flushRecording: () => void flushes.push(1),
      countTruncated: (more) => void counted.push(more),
      server: "web1",
      contextOf: (moment) => {
        moments.push(moment);
        const peak = moment.subject?.resource === "io" ? { peak: "disk writes 120 MB/s" } : {};
        return { verdict: "`hog` took it all.", top: [], ...peak, page: "http://127.0.0.1:10054/?at=1" };
      },
    });
    for (const truncated of truncatedAlerts) {
      const results = await receiver.receive(alerts, truncated === undefined ? {} : { truncatedAlerts: truncated });
      assert.equal(results.length, alerts.length);
    }
    assert.equal(flushes.length, truncatedAlerts.length, "what is recorded is on the disk before the alert is");
    return { notified, moments, audited, audits, counted, lines: log.lines() };
  }

  it("are told by Alertmanager, and by Culprit only when webhook.notify says so", async () => {
    const silent = await told("{}", [alert]);
    assert.deepEqual([silent.notified, silent.audited], [[], ["alert"]]);
    const { notified, moments, audited } = await told(
      "web: { externalUrl: https://web1.example.org }\nwebhook: { notify: true, cooldown: 7m }",
      [alert],
    );
    assert.deepEqual(audited, ["alert"]);
    assert.deepEqual(moments, [{ subject: { resource: "cpu" }, startsAtMs, isOver: false }]);
    const [{ notification, cooldownSeconds } = { notification: undefined, cooldownSeconds: 0 }, ...more] = notified;
    assert.deepEqual([more, cooldownSeconds], [[], 420]);
    assert.deepEqual(notification, {
      ...{ id: `alert-beef-${startsAtMs}`, key: "alert a-1", status: "firing", origin: "alert" },
      ...{ name: "HighCpuUsage", title: "HighCpuUsage", server: "web1", what: "CPU 92 %", reason: "CPU usage of web1 is 92.5%" },
      about: { resource: "cpu" },
      figures: { cpuRatio: 0.92, memoryRatio: 0.416, load: { load1: 4.26, load5: 3, load15: 2 } },
      ...{ verdict: "`hog` took it all.", top: [], startedAtMs: startsAtMs },
      links: { page: "http://127.0.0.1:10054/?at=1", archive: "https://web1.example.org/archives/a-1.tar.gz" },
    });
  });

  it("say in their subject what it is with its figure, be it the machine's or the spike's, and their name where neither is known", async () => {
    const named = (alertname: string, more: Partial<ReceivedAlert> = {}): ReceivedAlert => ({
      ...{ ...alert, ...more, labels: { alertname }, annotations: {}, fingerprint: alertname },
    });
    const alerts = ["NodeMemoryHigh", "HighLoad", "DiskWritesHigh", "CpuPressure", "TargetDown"].map((name) => named(name));
    const over = named("CpuBusy", { status: "resolved", endsAtMs: startsAtMs + 60_000 });
    const { notified } = await told("webhook: { notify: true }", [...alerts, over]);
    assert.deepEqual(
      notified.map(({ notification }) => notification.what),
      ["Memory 42 %", "Load 4.3", "DiskWritesHigh, disk writes 120 MB/s", undefined, undefined, undefined],
    );
  });

  it("that Alertmanager cut off are counted and written down every time, and said once", async () => {
    const { audited, audits, counted, lines } = await told("{}", [alert], "captured", [7, 7, undefined, 7, 9]);
    assert.deepEqual(counted, [7, 7, 7, 9]);
    assert.deepEqual(audited.filter((event) => event === "alerts_truncated").length, 4);
    assert.deepEqual(audits[0], { truncatedAlerts: 7, names: ["HighCpuUsage"] });
    assert.deepEqual(
      lines.map((line) => [line.level, line.truncatedAlerts]),
      [
        ["warn", 7],
        ["warn", 9],
      ],
    );
  });

  it("have no end where the sender says that it was before the start", async () => {
    const over: ReceivedAlert = { ...alert, status: "resolved", endsAtMs: startsAtMs - 60_000 };
    const [{ notification } = { notification: undefined }] = (await told("webhook: { notify: true }", [over])).notified;
    assert.deepEqual([notification?.status, notification?.endedAtMs], ["resolved", undefined]);
  });

  it("have an end that is told of the same incident", async () => {
    const over: ReceivedAlert = { ...alert, status: "resolved", endsAtMs: startsAtMs + 60_000 };
    const { notified } = await told("webhook: { notify: true }", [over]);
    const [{ notification } = { notification: undefined }] = notified;
    assert.deepEqual(
      [notification?.id, notification?.status, notification?.endedAtMs],
      [`alert-beef-${startsAtMs}`, "resolved", startsAtMs + 60_000],
    );
  });

  it("of a pair of Prometheis are one incident to people: the second adds nothing, its end nothing either", async () => {
    const of = (replica: string, more: Partial<ReceivedAlert> = {}): ReceivedAlert => ({
      ...alert,
      labels: { ...alert.labels, replica },
      fingerprint: replica,
      startsAtMs: startsAtMs + (replica === "b" ? 4000 : 0),
      ...more,
    });
    const over = { status: "resolved", endsAtMs: startsAtMs + 60_000 } as const;
    const critical = of("a", { labels: { ...alert.labels, replica: "a", severity: "critical" }, fingerprint: "c" });
    const { notified } = await told("webhook: { notify: true }", [of("a"), of("b"), critical, of("a", over), of("b", over)]);
    const first = `alert-a-${startsAtMs}`;
    assert.deepEqual(
      notified.map(({ notification }) => notification.id),
      [first, first, `alert-c-${startsAtMs}`, first, `alert-b-${startsAtMs + 4000}`],
    );
  });

  it("of one archive are one trouble to people, and a louder one is told once more", async () => {
    const of = (alertname: string, severity: string): ReceivedAlert => ({
      ...alert,
      labels: { alertname, severity },
      fingerprint: `${alertname} ${severity}`,
    });
    const alerts = [of("HighCpuUsage", "warning"), of("HighLoad", "warning"), of("HighLoad", "critical")];
    const { notified } = await told("webhook: { notify: true }", alerts);
    const keys = notified.map(({ notification }) => notification.key);
    assert.deepEqual(keys, ["alert a-1 warning", "alert a-1 warning", "alert a-1 critical"]);
    assert.equal(new Set(notified.map(({ notification }) => notification.id)).size, 3, "each is told to be over by itself");
  });

  it("of another host are told by its own Culprit", async () => {
    const { notified, audited } = await told("webhook: { notify: true }", [alert], "relayed");
    assert.deepEqual([notified, audited], [[], ["alert"]]);
  });
});
