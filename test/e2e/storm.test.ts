import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Archive } from "../../src/model/capture.ts";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { freePort, TestMachine, waitFor } from "./machine.ts";

const shipped = (file: string) => readFileSync(join(packageRoot(), file), "utf8");

/** A line of the audit that speaks of an alert that fires. */
interface AuditedAlert {
  readonly event: string;
  readonly status?: string;
  readonly fingerprint: string;
  readonly result: string;
  readonly archiveId?: string;
}

describe("a storm of real alerts by a real Alertmanager", () => {
  let machine: TestMachine;
  let url: string;
  let alertmanagerPort: number;
  beforeEach(async function () {
    requireServer(this, "prometheus-alertmanager");
    machine = new TestMachine();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    alertmanagerPort = await freePort();
    machine.write("targets/fleet.yml", `- targets: ["127.0.0.1:${port}"]\n  labels: { instance: web1 }\n`);
    // the archive waits for the seconds after: what comes meanwhile can join
    await machine.startCulprit(
      port,
      "web: { auth: always }\nidentity: { names: [web1] }\nhosts: { files: [targets/*.yml] }\nsample: { window: 5s }\ncapture: { after: 30s }\ntriggers: []\n",
    );
    const token = machine.path("culprit.token");
    const made = machine.culprit("token", "write", token, "--scope=capture", `--storage.path=${machine.path("data")}`);
    assert.equal(made.status, 0, made.stderr);
    cpSync(join(packageRoot(), "alertmanager", "templates"), machine.path("templates"), { recursive: true });
    machine.write("alertmanager.yml", shipped("alertmanager/alertmanager.yml").replaceAll("http://127.0.0.1:10054", url));
    machine.start("prometheus-alertmanager", [
      `--config.file=${machine.path("alertmanager.yml")}`,
      `--storage.path=${machine.path("alertmanager")}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      "--cluster.listen-address=",
    ]);
    await waitFor("Alertmanager", async () => (await fetch(`http://127.0.0.1:${alertmanagerPort}/-/ready`)).ok);
  });
  afterEach(() => machine?.close());

  const headers = () => ({ Authorization: `Bearer ${machine.adminToken}`, Accept: "application/json" });

  async function archives(): Promise<readonly Archive[]> {
    const answer = (await (await fetch(`${url}/archives`, { headers: headers() })).json()) as { archives: readonly Archive[] };
    return answer.archives;
  }

  function alertsHeard(): readonly AuditedAlert[] {
    const lines = readFileSync(machine.path("data", "audit.jsonl"), "utf8").trimEnd().split("\n");
    return lines
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as AuditedAlert)
      .filter(({ event, status }) => event === "alert" && status === "firing");
  }

  it("of two hundred hosts that nobody knows here is one archive", async function () {
    this.timeout(180_000);
    const alerts = Array.from({ length: 200 }, (_, at) => ({
      labels: { alertname: "HostDown", instance: `stranger${at}`, severity: "critical", capture: "true" },
    }));
    const posted = await fetch(`http://127.0.0.1:${alertmanagerPort}/api/v2/alerts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(alerts),
    });
    assert.equal(posted.status, 200, await posted.text());
    const first = await waitFor("all of them", async () => {
      const results = new Map<string, AuditedAlert>();
      for (const alert of alertsHeard()) if (!results.has(alert.fingerprint)) results.set(alert.fingerprint, alert);
      return results.size === 200 && [...results.values()];
    });
    const of = (wanted: string) => first.filter(({ result }) => result === wanted).map(({ fingerprint }) => fingerprint);
    assert.equal(of("captured").length, 1);
    // on a slow machine the last of them come when the archive is written already
    assert.equal(of("joined").length + of("cooldown").length, 199);
    assert.equal(new Set(first.map(({ archiveId }) => archiveId)).size, 1);
    const archive = await waitFor("the archive", async () => (await archives())[0]);
    assert.equal((await archives()).length, 1);
    assert.deepEqual(new Set(archive.joined?.map(({ fingerprint }) => fingerprint)), new Set(of("joined")));
  });
});
