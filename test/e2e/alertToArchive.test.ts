import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { freePort, TestMachine, untar, waitFor } from "./machine.ts";

const shipped = (file: string) => readFileSync(join(packageRoot(), file), "utf8");

describe("from a real alert to an archive", () => {
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });
  afterEach(() => machine.close());

  it("names the process that made the shipped rule fire, through a real Prometheus and a real Alertmanager", async function () {
    requireServer(this, "prometheus", "prometheus-alertmanager");
    this.timeout(150_000);
    const [culpritPort, prometheusPort, alertmanagerPort] = [await freePort(), await freePort(), await freePort()];
    // a short window and short intervals, so that the test need not burn for minutes; everything else is as it is shipped
    await machine.startCulprit(culpritPort, "web: { auth: always }\nsample: { window: 5s }\ncapture: { after: 2s }\n");
    const written = machine.culprit(
      "token",
      "write",
      machine.path("culprit.token"),
      "--scope=capture",
      `--storage.path=${machine.path("data")}`,
    );
    assert.equal(written.status, 0, written.stderr);
    machine.write("rules/culprit.yml", shipped("prometheus/rules/culprit.yml").replaceAll("for: 1m", "for: 2s"));
    machine.write("targets/local.yml", shipped("prometheus/targets/local.yml").replace("10054", String(culpritPort)));
    machine.write(
      "prometheus.yml",
      shipped("prometheus/prometheus.yml").replaceAll("15s", "1s").replace("127.0.0.1:9093", `127.0.0.1:${alertmanagerPort}`),
    );
    machine.write("alertmanager.yml", shipped("alertmanager/alertmanager.yml").replace("127.0.0.1:10054", `127.0.0.1:${culpritPort}`));
    machine.start("prometheus-alertmanager", [
      `--config.file=${machine.path("alertmanager.yml")}`,
      `--storage.path=${machine.path("alertmanager")}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      "--cluster.listen-address=",
    ]);
    machine.start("prometheus", [
      `--config.file=${machine.path("prometheus.yml")}`,
      `--storage.tsdb.path=${machine.path("tsdb")}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]);
    const burners = machine.startBurners("hungry-burner", availableParallelism() + 1);

    const alert = await waitFor("the alert to reach Alertmanager", async () => {
      const alerts = (await (await fetch(`http://127.0.0.1:${alertmanagerPort}/api/v2/alerts`)).json()) as {
        fingerprint: string;
        labels: Record<string, string>;
        annotations: Record<string, string>;
      }[];
      return alerts.find((one) => one.labels.alertname === "HighCpuUsage");
    });
    assert.match(alert.annotations.description ?? "", /The top process is hungry-burner: \d\.\d\d cores\./);

    const link = `http://127.0.0.1:${culpritPort}/archives/alert/${alert.fingerprint}.tar.gz?wait=60`;
    const headers = { Authorization: `Bearer ${machine.adminToken}` };
    const answer = await waitFor("the alert's archive", async () => {
      const tried = await fetch(link, { headers });
      return tried.status === 200 && tried;
    });
    for (const burner of burners) await machine.stop(burner, "SIGKILL");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    assert.equal(answer.headers.get("etag"), `"${createHash("sha256").update(bytes).digest("hex")}"`);

    const files = await untar(bytes);
    assert.match(files.get("summary.txt") ?? "", /^.*`hungry-burner`/);
    assert.match(files.get("processes.txt") ?? "", /hungry-burner/);
    assert.match(files.get("commands/ps.txt") ?? "", /hungry-burner/);
    assert.match(files.get("commands/top.txt") ?? "", /hungry-bu/);
    const manifest = JSON.parse(files.get("manifest.json") ?? "{}");
    assert.equal(manifest.request.name, "HighCpuUsage");
    assert.equal(manifest.request.labels.instance, "localhost");
    for (const { part, result, sha256 } of manifest.parts) {
      if (result !== "ok") continue;
      assert.equal(
        createHash("sha256")
          .update(files.get(part) ?? "")
          .digest("hex"),
        sha256,
        part,
      );
    }
  });

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
