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
    const yaml = "web: { auth: always }\ncapture: { after: 5s }\n";
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

  it("lets no secret of a command line through: not into an archive, a metric, an answer or a log line", async function () {
    this.timeout(60_000);
    const secret = "correct-horse-battery";
    const port = await freePort();
    const burners = machine.startBurners("keeper", 1, ["--", "--password", secret, `TOKEN=${secret}`, `https://me:${secret}@example.org/`]);
    const culprit = await machine.startCulprit(port, "web: { auth: always }\nlog: { level: debug }\n");
    const base = `http://127.0.0.1:${port}`;
    const headers = { Authorization: `Bearer ${machine.adminToken}`, Accept: "application/json" };
    const asked = await fetch(`${base}/archives`, {
      method: "POST",
      headers,
      body: new URLSearchParams({ reason: `look, --password ${secret}` }),
    });
    assert.equal(asked.status, 202);
    const answers = [await asked.text()];
    const archive = await waitFor("the archive", async () => {
      const tried = await fetch(`${base}/archives/latest.tar.gz`, { headers });
      return tried.status === 200 && tried;
    });
    const files = await untar(new Uint8Array(await archive.arrayBuffer()));
    assert.match(files.get("processes.txt") ?? "", /keeper .*--password \*\*\*/, "the process is shown, without its secret");
    for (const path of ["/metrics", "/archives", "/", "/archives/nothing.tar.gz"])
      answers.push(await (await fetch(base + path, { headers })).text());
    for (const [name, text] of files) assert.ok(!text.includes(secret), `${name} has the secret`);
    for (const text of answers) assert.ok(!text.includes(secret), `an answer has the secret: ${text.slice(0, 200)}`);
    assert.ok(!culprit.output().includes(secret), "the log has the secret");
    assert.equal(burners.length, 1);
  });
});
