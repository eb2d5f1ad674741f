import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Registry } from "prom-client";
import { alertName, type MatchedAlert, QueueUnavailable, type ReceivedAlert, type Reception } from "../../src/capture/contract.ts";
import { loadConfig } from "../../src/config.ts";
import type { KnownHost } from "../../src/fleet/ownership.ts";
import { createEvents } from "../../src/metrics/events.ts";
import { createAlertReceiver } from "../../src/wiring/alerts.ts";
import { hostsOf } from "../../src/wiring/hosts.ts";
import { type FleetRelay, openRelay } from "../../src/wiring/relay.ts";
import { startWebServer, type WebServer } from "../notify/support/webServer.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";
import { tempDirectories } from "../support/tempDirectory.ts";

const ownNames = () => ["web1"];

function alert(name: string, instance: string | undefined, more: Partial<ReceivedAlert> = {}): ReceivedAlert {
  const labels = { alertname: name, ...(instance === undefined ? {} : { instance }) };
  return { status: "firing", labels, annotations: {}, startsAtMs: 1, fingerprint: `f${name}`, ...more };
}

describe("alerts of other hosts", () => {
  const tempDirectory = tempDirectories();
  let directory: string;
  let web: WebServer;
  let relay: FleetRelay | undefined;
  beforeEach(async () => {
    directory = await tempDirectory();
    web = await startWebServer();
    web.answer = (_, response) => response.writeHead(202).end();
  });
  afterEach(async () => {
    await relay?.stop();
    relay = undefined;
    await web.close();
  });

  async function open(yaml = "hosts: { files: [targets.yml] }\n") {
    await writeFile(join(directory, "culprit.yml"), yaml);
    const config = loadConfig({ argv: [`--config.file=${join(directory, "culprit.yml")}`, `--storage.path=${directory}`], env: {} });
    const known: readonly KnownHost[] = [
      { address: "127.0.0.1:1", instance: "web1" },
      { address: `127.0.0.1:${web.port}`, instance: "web2" },
    ];
    const hosts = hostsOf({ current: async () => (config.hosts.files.length === 0 ? undefined : known) }, ownNames);
    const registry = new Registry();
    const audited: unknown[] = [];
    const { log } = recordedLog();
    const audit = { record: (event: string, facts: unknown) => void audited.push([event, facts]) };
    const opened = await openRelay(config, { log, clock: new ManualClock(), events: createEvents(registry), audit, hosts });
    relay = opened;
    const here: MatchedAlert[][] = [];
    const receiver = createAlertReceiver(config, {
      hosts,
      relay: opened,
      captures: {
        async receive(alerts) {
          here.push([...alerts]);
          return alerts.map((one) => ({ ...one, result: "captured", archiveId: `a-${one.alert.fingerprint}` }));
        },
      },
      audit: { record() {} },
      notifications: { notify: async () => undefined },
      figures: () => ({}),
      log,
      flushRecording() {},
      countTruncated() {},
      server: "web1",
      contextOf: () => ({ top: [] }),
    });
    /** What becomes of them, by their names. */
    async function receive(alerts: readonly ReceivedAlert[], reception: Reception = {}) {
      const outcomes = await receiver.receive(alerts, reception);
      return Object.fromEntries(outcomes.map(({ alert: one, match, result, archiveId }) => [alertName(one), [result, match, archiveId]]));
    }
    return { relay: opened, receive, here, audited, registry };
  }

  const settled = async (opened: FleetRelay) => {
    while (opened.figures().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it("are split off a payload and passed on, each with what became of it", async () => {
    const { relay: opened, receive, here, audited, registry } = await open();
    const other = { kind: "other", host: "web2" };
    assert.deepEqual(await receive([alert("A", "web1:9100"), alert("B", "web2"), alert("C", undefined), alert("D", "web2:9100")]), {
      A: ["captured", { kind: "own" }, "a-fA"],
      B: ["relayed", other, undefined],
      C: ["captured", { kind: "unmatched" }, "a-fC"],
      D: ["relayed", other, undefined],
    });
    assert.deepEqual(
      here.map((alerts) => alerts.map((one) => alertName(one.alert))),
      [["A", "C"]],
    );
    assert.deepEqual(opened.figures(), { length: 2, dropped: 0 });
    opened.start();
    await settled(opened);
    assert.equal(web.received.length, 2);
    assert.match(await registry.metrics(), /culprit_relayed_alerts_total\{result="ok"\} 2\n/);
    assert.deepEqual(audited[0], [
      "relay",
      { host: "web2", result: "ok", reason: undefined, status: "firing", labels: { alertname: "B", instance: "web2" }, fingerprint: "fB" },
    ]);
  });

  it("are not handed to the captures at all when a payload has no others, and the end of one is passed on, too", async () => {
    const { receive, here, relay: opened } = await open();
    await receive([alert("B", "web2", { status: "resolved", endsAtMs: 2 })]);
    opened.start();
    await settled(opened);
    assert.deepEqual(here, []);
    assert.match(web.received[0]?.body ?? "", /"status":"resolved"/);
  });

  it("stay here when another Culprit has passed them on", async () => {
    const { receive, here, relay: opened } = await open();
    assert.deepEqual(await receive([alert("B", "web2")], { relayed: true }), { B: ["captured", { kind: "unmatched" }, "a-fB"] });
    assert.equal(here.length, 1);
    assert.deepEqual(opened.figures(), { length: 0, dropped: 0 });
  });

  it("are everybody's own where no list of hosts is configured", async () => {
    const { receive, here, relay: opened } = await open("{}\n");
    assert.deepEqual(await receive([alert("B", "web2")]), { B: ["captured", { kind: "own" }, "a-fB"] });
    assert.equal(here.length, 1);
    assert.equal(opened.fleet, undefined);
  });

  it("are refused when they cannot be kept, so that the sender tries again, and nothing of the payload is captured", async () => {
    const { receive, here } = await open();
    await rm(join(directory, "relay"), { recursive: true });
    await writeFile(join(directory, "relay"), "a file in the way");
    await assert.rejects(receive([alert("A", "web1"), alert("B", "web2")]), QueueUnavailable);
    assert.deepEqual(here, []);
  });

  it("are remembered over a restart: where they went, and what came of it", async () => {
    const first = await open();
    await first.receive([alert("B", "web2")]);
    assert.equal(first.relay.fleet?.whereIs("fB")?.isWaiting, true);
    first.relay.start();
    await settled(first.relay);
    await first.relay.stop();
    const second = await open();
    const { host, isWaiting, result } = second.relay.fleet?.whereIs("fB") ?? {};
    assert.deepEqual([host, isWaiting, result], ["web2", false, "ok"]);
    assert.equal(second.relay.fleet?.whereIs("fA"), undefined);
    await second.relay.stop();
    await writeFile(join(directory, "relayed.json"), "{ torn");
    const third = await open();
    assert.equal(third.relay.fleet?.whereIs("fB"), undefined);
  });
});
