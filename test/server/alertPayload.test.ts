import assert from "node:assert/strict";
import type { ReceivedAlert } from "../../src/capture/contract.ts";
import { parseAlertPayload } from "../../src/server/alertPayload.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 10, 0, 0);
const context = { redact: (text: string) => text.replaceAll("hunter2", "***"), nowMs: NOW_MS };
const good = { status: "firing", labels: { alertname: "Hot" }, startsAt: "2026-11-21T09:00:00Z" };

async function parseOne(alert: object): Promise<ReceivedAlert> {
  const [reading] = (await parseAlertPayload(JSON.stringify({ alerts: [alert] }), context)).alerts;
  if (reading?.kind !== "usable") throw new Error(`not usable: ${JSON.stringify(reading)}`);
  return reading.alert;
}

describe("an alert payload", () => {
  it("says how many alerts the sender has cut off, as far as that is a number", async () => {
    const said = [7, 0, undefined, null, -3, 1.5, "many", 1e30];
    const payloads = await Promise.all(
      said.map((truncatedAlerts) => parseAlertPayload(JSON.stringify({ alerts: [good], truncatedAlerts }), context)),
    );
    assert.deepEqual(
      payloads.map(({ truncatedAlerts }) => truncatedAlerts),
      [7, 0, 0, 0, 0, 0, 0, 0],
    );
  });

  it("of Grafana is understood, version 1 and all", async () => {
    const payload = {
      receiver: "culprit",
      status: "firing",
      orgId: 1,
      alerts: [
        {
          status: "firing",
          labels: { alertname: "High load", grafana_folder: "Hosts", instance: "web1" },
          annotations: { summary: "load is 12" },
          startsAt: "2026-11-21T11:00:00+02:00",
          endsAt: "0001-01-01T00:00:00Z",
          generatorURL: "http://grafana:3000/alerting/grafana/abc/view?orgId=1",
          fingerprint: "57c6d9296de2ad39",
          silenceURL: "http://grafana:3000/alerting/silence/new",
          dashboardURL: "",
          panelURL: "",
          values: { A: 12.5, B: null },
          valueString: "[ var='A' ]",
        },
      ],
      groupLabels: { alertname: "High load" },
      commonLabels: {},
      commonAnnotations: {},
      externalURL: "http://grafana:3000/",
      version: "1",
      groupKey: "{}:{}",
      truncatedAlerts: 0,
      title: "[FIRING:1]",
      state: "alerting",
      message: "text",
    };
    const [reading] = (await parseAlertPayload(JSON.stringify(payload), context)).alerts;
    assert.deepEqual(reading, {
      kind: "usable",
      alert: {
        status: "firing",
        labels: { alertname: "High load", instance: "web1", grafana_folder: "Hosts" },
        annotations: { summary: "load is 12" },
        startsAtMs: Date.UTC(2026, 10, 21, 9, 0, 0),
        fingerprint: "57c6d9296de2ad39",
      },
    });
  });

  it("of an unfamiliar version with unknown fields is understood", async () => {
    const text = JSON.stringify({ version: "17", novelty: { deep: [1] }, alerts: [{ ...good, notification_reason: "new" }] });
    assert.equal((await parseAlertPayload(text, context)).alerts[0]?.kind, "usable");
  });

  it("gives the same fingerprint to the same labels in any order, and another one to others", async () => {
    const one = (await parseOne({ ...good, labels: { a: "1", b: "2" } })).fingerprint;
    assert.match(one, /^[0-9a-f]{16}$/);
    assert.equal((await parseOne({ ...good, labels: { b: "2", a: "1" } })).fingerprint, one);
    assert.notEqual((await parseOne({ ...good, labels: { a: "1", b: "3" } })).fingerprint, one);
  });

  it("replaces a fingerprint that could not be part of an address", async () => {
    for (const fingerprint of ["", "../../etc", "a b", "x".repeat(65), 7, null]) {
      assert.match((await parseOne({ ...good, fingerprint })).fingerprint, /^[0-9a-f]{16}$/, String(fingerprint));
    }
  });

  it("keeps an end that is known and ignores one that is not", async () => {
    assert.equal(
      (await parseOne({ ...good, status: "resolved", endsAt: "2026-11-21T09:30:00Z" })).endsAtMs,
      Date.UTC(2026, 10, 21, 9, 30, 0),
    );
    for (const endsAt of ["0001-01-01T00:00:00Z", "", null, "soon", 3]) {
      assert.equal("endsAtMs" in (await parseOne({ ...good, endsAt })), false, String(endsAt));
    }
  });

  it("takes the time of receipt where the start is the year 1", async () => {
    assert.equal((await parseOne({ ...good, startsAt: "0001-01-01T00:00:00Z" })).startsAtMs, NOW_MS);
  });

  it("rejects a start that is no time", async () => {
    for (const startsAt of ["", "2026-02-30T00:00:00Z", "2026-11-21", "2026-11-21T10:00:00", 1700000000, null]) {
      const [reading] = (await parseAlertPayload(JSON.stringify({ alerts: [{ ...good, startsAt }] }), context)).alerts;
      assert.equal(reading?.kind === "rejected" && reading.where, "alerts[0].startsAt", String(startsAt));
    }
  });

  it("rejects a status that is neither firing nor resolved", async () => {
    const [reading] = (await parseAlertPayload(JSON.stringify({ alerts: [{ ...good, status: "pending" }] }), context)).alerts;
    assert.ok(reading?.kind === "rejected" && /"firing"\|"resolved"/.test(reading.reason));
  });

  it("passes every label and annotation through redaction", async () => {
    const alert = await parseOne({ ...good, labels: { command: "mysql -phunter2" }, annotations: { note: "hunter2", number: 3 } });
    assert.deepEqual(alert.labels, { command: "mysql -p***" });
    assert.deepEqual(alert.annotations, { note: "***" });
  });

  it("does not show a secret in what it says about broken JSON", async () => {
    await assert.rejects(
      parseAlertPayload("hunter2", context),
      (error: Error) => !error.message.includes("hunter2") && error.message.includes("not JSON"),
    );
  });

  it("cuts what is too long and too many, and keeps what names the alert", async () => {
    const labels = {
      ...Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`l${index}`, "v"])),
      long: "x",
      alertname: "Hot",
      instance: "web1",
    };
    const alert = await parseOne({ ...good, labels, annotations: { text: "é".repeat(100_000) } });
    assert.equal(Object.keys(alert.labels).length, 128);
    assert.equal(alert.labels.alertname, "Hot");
    assert.equal(alert.labels.instance, "web1");
    assert.equal(alert.annotations.text?.length, 4096);
    assert.ok(alert.annotations.text?.endsWith("…"));
  });

  it("survives half a surrogate pair and a label named __proto__", async () => {
    const alert = await parseOne({ ...good, labels: { alertname: "a\ud800b", ["__proto__"]: "x" } });
    assert.equal(alert.labels.alertname, "a\ufffdb");
    assert.equal(Object.getPrototypeOf(alert.labels), Object.prototype);
  });

  it("that is nested too deeply, or holds too much of anything, is refused before it is parsed", async () => {
    const hostile = [
      [`{"alerts":${"[".repeat(1e6)}${"]".repeat(1e6)}}`, /more than 64 levels deep/],
      [`{"alerts":[[${"1,".repeat(1e6)}1]]}`, /more than 250000 values/],
      [`{"alerts":[${'{"a":'.repeat(1e5)}`, /more than 64 levels deep/],
      [`{"alerts":[${"1,".repeat(20_000)}1]}`, /alerts: expected at most 10000/],
      [`{"alerts":[],"more":[${"1,".repeat(20_000)}1]}`, /more than 10000 values beside its alerts/],
      [`{"alerts":[],"alerts":[]}`, /alerts twice/],
    ] as const;
    for (const [text, reason] of hostile) await assert.rejects(parseAlertPayload(text, context), reason);
  });

  it("is not mistaken in what it counts by brackets and commas in texts", async () => {
    const labels = { alertname: `${"[{,".repeat(1e4)}\\"` };
    assert.match((await parseOne({ ...good, labels })).labels.alertname ?? "", /^\[\{,\[\{,/);
  });

  it("rejects one alert of a million labels and takes its neighbour", async () => {
    const labels = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`l${index}`, "v"]));
    const readings = (await parseAlertPayload(JSON.stringify({ alerts: [{ ...good, labels }, good] }), context)).alerts;
    assert.deepEqual(
      readings.map(({ kind }) => kind),
      ["rejected", "usable"],
    );
  });

  it("rejects an alert that holds too much anywhere without parsing it, and takes its neighbour", async () => {
    const strange = `{"deep":${JSON.stringify(Array(5000).fill(1))}, "broken":}`;
    const { alerts } = await parseAlertPayload(`{"alerts":[${strange},${JSON.stringify(good)}]}`, context);
    assert.deepEqual(
      alerts.map(({ kind }) => kind),
      ["rejected", "usable"],
    );
    assert.deepEqual(alerts[0], { kind: "rejected", where: "alerts[0]", reason: "alerts[0]: expected at most 4000 values" });
  });

  it("is the same with blanks, escaped keys and other lists around its alerts", async () => {
    const texts = [
      ` { "alerts" : [ ${JSON.stringify(good, undefined, 2)} , ${JSON.stringify(good)} ] } `,
      `{"list":[1,[2,{"alerts":[3]}]],"\\u0061lerts":[${JSON.stringify(good)},${JSON.stringify(good)}],"text":"\\"alerts\\":["}`,
    ];
    for (const text of texts) {
      const { alerts } = await parseAlertPayload(text, context);
      assert.deepEqual(
        alerts.map(({ kind }) => kind),
        ["usable", "usable"],
        text,
      );
    }
    for (const text of ['{"alerts":[]}', '{"alerts":[ \n ]}']) assert.deepEqual((await parseAlertPayload(text, context)).alerts, [], text);
  });

  it("that is broken anywhere is refused as a whole", async () => {
    const one = JSON.stringify(good);
    const broken = [
      `{"alerts":[${one}`,
      `{"alerts":[${one}}`,
      `{"alerts":[${one}]`,
      `{"alerts":[${one},]}`,
      `{"alerts":[,${one}]}`,
      `{"alerts":[${one} ${one}]}`,
      `{"alerts":[${one},,${one}]}`,
      `{"alerts":[${one}]]}`,
      `{"alerts":[{"a":[}]}`,
      `{"alerts":[${one.slice(0, -1)}]}`,
      `{"alerts":[${one}]}}`,
      `{"alerts" [${one}]}`,
      `{"alerts":[${one}],}`,
      `{"alerts":["${one}]}`,
    ];
    for (const text of broken) await assert.rejects(parseAlertPayload(text, context), /is not JSON|is empty/, text);
  });

  it("lets others have their turn, and is given up when its sender has gone", async () => {
    const text = JSON.stringify({ alerts: Array.from({ length: 1000 }, () => good) });
    const gone = new AbortController();
    const parsing = parseAlertPayload(text, context, gone.signal);
    setImmediate(() => gone.abort(new Error("gone")));
    await assert.rejects(parsing, /gone/);
  });
});
