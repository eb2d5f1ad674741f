import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { hashSync } from "bcryptjs";
import { makeCertificates } from "../support/openssl.ts";
import { requireServer } from "../support/servers.ts";
import { freePort, TestMachine, waitFor } from "./machine.ts";

const password = "word of the scraper";

describe("one web configuration for Culprit, Prometheus, Alertmanager and curl", function () {
  this.timeout(120_000);
  let machine: TestMachine;
  let port: number;

  beforeEach(async function () {
    requireServer(this, "prometheus", "prometheus-alertmanager", "amtool", "curl", "openssl");
    machine = new TestMachine();
    makeCertificates(machine.directory, ["server", "client"]);
    port = await freePort();
  });
  afterEach(() => machine?.close());

  /** Starts a Culprit whose door is this file. */
  async function startCulprit(web: string): Promise<void> {
    machine.write("web.yml", web);
    machine.write("culprit.yml", "web: { auth: always, configFile: web.yml, users: { alerts: [capture] } }\ncapture: { after: 0 }\n");
    const culprit = machine.culpritLater("serve", `--storage.path=${machine.path("data")}`, `--web.listen-address=127.0.0.1:${port}`);
    await waitFor("Culprit", async () => {
      assert.equal(culprit.child.exitCode, null, culprit.output());
      return culprit.output().includes(`https://127.0.0.1:${port}/`);
    });
  }

  function curl(path: string, ...args: readonly string[]): string {
    const url = `https://127.0.0.1:${port}${path}`;
    const all = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--cacert", machine.path("ca.pem"), ...args, url];
    return execFileSync("curl", all, { encoding: "utf8" });
  }

  /** Starts a Prometheus that scrapes with these settings, and waits until the target is up. */
  async function scrapedBy(settings: string): Promise<void> {
    const prometheusPort = await freePort();
    machine.write(
      "prometheus.yml",
      `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: culprit
    scheme: https
    tls_config: { ca_file: ca.pem${settings.includes("cert_file") ? `, ${settings}` : ""} }
    ${settings.includes("cert_file") ? "" : settings}
    static_configs: [{ targets: ["127.0.0.1:${port}"] }]
`,
    );
    const prometheus = machine.start("prometheus", [
      `--config.file=${machine.path("prometheus.yml")}`,
      `--storage.tsdb.path=${machine.path("tsdb")}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]);
    await waitFor(
      "the target to be up",
      async () => {
        const answer = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/query?query=culprit_host_info`);
        const { data } = (await answer.json()) as { data: { result: unknown[] } };
        assert.ok(data.result.length > 0, prometheus.output().slice(-500));
        return true;
      },
      60,
    );
  }

  const tls = "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n";

  it("names and passwords: Prometheus scrapes, an alert becomes an archive, and nobody else comes in", async () => {
    const hash = hashSync(password, 10);
    await startCulprit(`${tls}basic_auth_users:\n  prometheus: ${hash}\n  alerts: ${hash}\n`);
    assert.deepEqual([curl("/metrics"), curl("/-/healthy"), curl("/metrics", "--user", `prometheus:${password}`)], ["401", "401", "200"]);
    const version = (flag: string) => curl("/metrics", "--user", `prometheus:${password}`, flag, "--write-out", "%{http_version}");
    assert.deepEqual([version("--http2"), version("--http1.1")], ["2", "1.1"]);
    await scrapedBy(`basic_auth: { username: prometheus, password: ${JSON.stringify(password)} }`);
    const alertmanagerPort = await freePort();
    machine.write(
      "alertmanager.yml",
      `route: { receiver: culprit, group_wait: 0s }
receivers:
  - name: culprit
    webhook_configs:
      - url: https://127.0.0.1:${port}/webhook
        http_config:
          tls_config: { ca_file: ${machine.path("ca.pem")} }
          basic_auth: { username: alerts, password: ${JSON.stringify(password)} }
`,
    );
    machine.start("prometheus-alertmanager", [
      `--config.file=${machine.path("alertmanager.yml")}`,
      `--storage.path=${machine.path("alertmanager")}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      "--cluster.listen-address=",
    ]);
    const alertmanager = `http://127.0.0.1:${alertmanagerPort}`;
    await waitFor("Alertmanager", async () => (await fetch(`${alertmanager}/-/ready`)).ok);
    execFileSync("amtool", [`--alertmanager.url=${alertmanager}`, "alert", "add", "HighLoad", "instance=localhost"]);
    await waitFor("the archive", async () => curl("/archives/latest.tar.gz", "--user", `prometheus:${password}`) === "200");
  });

  it("certificates: Prometheus shows its own, and whoever has none gets no word out of it", async () => {
    await startCulprit(`${tls}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n`);
    assert.throws(() => curl("/metrics"));
    assert.equal(curl("/metrics", "--cert", machine.path("client.pem"), "--key", machine.path("client.key")), "200");
    await scrapedBy("cert_file: client.pem, key_file: client.key");
  });

  it("commands of this machine come in by the same door", async () => {
    await startCulprit(`${tls}basic_auth_users:\n  prometheus: ${hashSync(password, 10)}\n`);
    const listed = machine.culprit(
      "silence",
      "list",
      `--config.file=${machine.path("culprit.yml")}`,
      `--storage.path=${machine.path("data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    );
    assert.deepEqual([listed.status, listed.stdout, listed.stderr], [0, "No silence.\n", ""]);
  });
});
