import assert from "node:assert/strict";
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
});
