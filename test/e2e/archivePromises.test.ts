import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { freePort, TestMachine, untar, waitFor } from "./machine.ts";

describe("from a request to an archive", () => {
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });
  afterEach(() => machine.close());

  it("keeps its word over a SIGKILL between the 202 and the archive", async function () {
    this.timeout(90_000);
    const port = await freePort();
    const yaml = "web: { auth: always }\ncapture: { after: 5s }\ntriggers: []\n";
    const first = await machine.startCulprit(port, yaml);
    const headers = { Authorization: `Bearer ${machine.adminToken}`, "Content-Type": "application/json" };
    const accepted = await fetch(`http://127.0.0.1:${port}/webhook`, {
      method: "POST",
      headers,
      body: JSON.stringify({
        version: "4",
        alerts: [
          {
            status: "firing",
            labels: { alertname: "Killed" },
            annotations: {},
            startsAt: new Date().toISOString(),
            fingerprint: "feedbeef",
          },
        ],
      }),
    });
    assert.equal(accepted.status, 202);
    await machine.stop(first, "SIGKILL");
    await machine.startCulprit(port, yaml);
    const answer = await waitFor("the archive after the restart", async () => {
      const tried = await fetch(`http://127.0.0.1:${port}/archives/alert/feedbeef.tar.gz?wait=30`, { headers });
      return tried.status === 200 && tried;
    });
    const files = await untar(new Uint8Array(await answer.arrayBuffer()));
    assert.equal(JSON.parse(files.get("manifest.json") ?? "{}").request.name, "Killed");
  });

  it("says in the archive, the audit, the answer and the metrics how many alerts Alertmanager cut off", async function () {
    this.timeout(90_000);
    const port = await freePort();
    await machine.startCulprit(port, "web: { auth: always }\ncapture: { after: 1s }\ntriggers: []\n");
    const headers = { Authorization: `Bearer ${machine.adminToken}`, "Content-Type": "application/json" };
    const alert = { status: "firing", labels: { alertname: "OneOfEight" }, annotations: {}, startsAt: new Date().toISOString() };
    const body = JSON.stringify({ version: "4", truncatedAlerts: 7, alerts: [{ ...alert, fingerprint: "feedbeef" }] });
    const accepted = await fetch(`http://127.0.0.1:${port}/webhook`, { method: "POST", headers, body });
    assert.equal(accepted.status, 202);
    assert.equal(((await accepted.json()) as { truncatedAlerts?: number }).truncatedAlerts, 7);
    const answer = await waitFor("the archive", async () => {
      const tried = await fetch(`http://127.0.0.1:${port}/archives/alert/feedbeef.tar.gz?wait=30`, { headers });
      return tried.status === 200 && tried;
    });
    const files = await untar(new Uint8Array(await answer.arrayBuffer()));
    const note = /7 more alerts of the same notification have no archive: Alertmanager cut them off/;
    assert.match((JSON.parse(files.get("manifest.json") ?? "{}") as { notes: readonly string[] }).notes.join("\n"), note);
    assert.match(files.get("summary.txt") ?? "", note);
    const audit = readFileSync(machine.path("data", "audit.jsonl"), "utf8").trim().split("\n");
    const records = audit.map((line) => JSON.parse(line) as { event: string; truncatedAlerts?: number; names?: readonly string[] });
    const [cutOff] = records.filter(({ event }) => event === "alerts_truncated");
    assert.deepEqual([cutOff?.truncatedAlerts, cutOff?.names], [7, ["OneOfEight"]]);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /^culprit_webhook_truncated_alerts_total 7$/m);
  });
});
