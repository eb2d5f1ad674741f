import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { getPriority } from "node:os";
import { requireRoot } from "../support/servers.ts";
import { freePort, TestMachine, untarFile, waitFor } from "./machine.ts";

const loops = 24;

describe("A machine that two dozen busy loops keep busy", function () {
  this.timeout(180_000);

  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });
  afterEach(() => machine.close());

  it("gets its archive meanwhile, with their name, for Culprit goes before them", async function () {
    requireRoot(this);
    const port = await freePort();
    const culprit = await machine.startCulprit(port, "web: { auth: always }\ncapture: { after: 1s }\ntriggers: []\n");
    const { pid = 0 } = culprit.child;
    for (const thread of readdirSync(`/proc/${pid}/task`)) assert.equal(getPriority(Number(thread)), -10, `thread ${thread}`);
    const before = await samplesOf(port);
    const burner = machine.write("busy-looper.sh", "while :; do :; done\n");
    for (let loop = 0; loop < loops; loop++) machine.start("/bin/sh", [burner]);
    const headers = { Authorization: `Bearer ${machine.adminToken}`, "Content-Type": "application/json" };
    const alert = { status: "firing", labels: { alertname: "HighCpuUsage" }, startsAt: new Date().toISOString() };
    const beganMs = Date.now();
    const answer = await fetch(`http://127.0.0.1:${port}/webhook`, { method: "POST", headers, body: JSON.stringify({ alerts: [alert] }) });
    const { results } = (await answer.json()) as { results: readonly { archiveId: string }[] };
    const path = machine.path("data", "archives", `${results[0]?.archiveId}.tar.gz`);
    const files = await waitFor("the archive", () => untarFile(path), 120);
    const { process: named } = JSON.parse(files.get("manifest.json") ?? "{}") as { process?: string };
    assert.match(named ?? "", /busy-looper/);
    const seconds = (Date.now() - beganMs) / 1000;
    const taken = (await samplesOf(port)) - before;
    assert.ok(taken >= seconds / 4, `${taken} samples in ${seconds} s`);
  });
});

async function samplesOf(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^culprit_samples_total (\d+)$/m.exec(text)?.[1] ?? 0);
}
