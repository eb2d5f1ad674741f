import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { selfSignedCertificate } from "../notify/support/certificate.ts";
import { startMailServer } from "../notify/support/mailServer.ts";
import { mailPart } from "../shipped/support/mailPart.ts";
import { mainPath, packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { Fatal, freePort, type Running, TestMachine, untar, waitFor } from "./machine.ts";

const shipped = (file: string) => readFileSync(join(packageRoot(), file), "utf8");

/** A Culprit on an address of its own, as on a host of its own. */
class FleetHost {
  readonly name: string;
  readonly address: string;
  readonly #machine: TestMachine;
  #running: Running | undefined;

  constructor(machine: TestMachine, name: string, address: string) {
    this.#machine = machine;
    this.name = name;
    this.address = address;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  get headers() {
    const token = readFileSync(this.#machine.path(this.name, "tokens", "admin"), "utf8").trim();
    return { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  }

  async start(yaml: string): Promise<void> {
    const file = this.#machine.write(
      `${this.name}.yml`,
      `web: { auth: always }\nidentity: { names: [${this.name}] }\nsample: { window: 5s }\ncapture: { after: 2s }\ntriggers: []\n${yaml}`,
    );
    const storage = this.#machine.path(this.name);
    const flags = [`--config.file=${file}`, `--storage.path=${storage}`, `--web.listen-address=${this.address}`];
    const running = this.#machine.start(process.execPath, [mainPath(), ...flags]);
    this.#running = running;
    await waitFor(`${this.name} to be ready`, async () => {
      if (running.child.exitCode !== null) throw new Fatal(`culprit ended with ${running.child.exitCode}: ${running.output()}`);
      return (await fetch(`${this.url}/-/ready`)).status === 200;
    });
  }

  async kill(): Promise<void> {
    if (this.#running !== undefined) await this.#machine.stop(this.#running, "SIGKILL");
  }

  /** Writes a token that this host accepts, for another one to send. */
  writeToken(file: string, scope: string): void {
    const written = this.#machine.culprit(
      "token",
      "write",
      this.#machine.path(file),
      `--scope=${scope}`,
      `--storage.path=${this.#machine.path(this.name)}`,
    );
    assert.equal(written.status, 0, written.stderr);
  }

  async json<Answer>(path: string): Promise<Answer> {
    return (await (await fetch(this.url + path, { headers: { ...this.headers, Accept: "application/json" } })).json()) as Answer;
  }

  /** The hosts that the alerts of its archives name; whoever was killed has an archive of that as well. */
  async instances(): Promise<readonly string[]> {
    const { archives } = await this.json<{ archives: { id: string; origin: string }[] }>("/archives");
    const ofAlerts = archives.filter(({ origin }) => origin === "alert");
    const labels = ofAlerts.map(async ({ id }) => {
      const answer = await fetch(`${this.url}/archives/${id}.tar.gz`, { headers: this.headers });
      const files = await untar(new Uint8Array(await answer.arrayBuffer()));
      return JSON.parse(files.get("manifest.json") ?? "{}").request.labels.instance as string;
    });
    return [...new Set(await Promise.all(labels))];
  }

  audit(): readonly {
    readonly event: string;
    readonly result?: string;
    readonly status?: string;
    readonly labels?: { instance?: string };
  }[] {
    return readFileSync(this.#machine.path(this.name, "audit.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = text.split("\n").find((one) => one.startsWith(`${name} `));
    assert.ok(line !== undefined, `${name} is missing`);
    return Number(line.slice(name.length + 1));
  }
}

describe("two Culprits and one webhook", () => {
  let machine: TestMachine;
  let here: FleetHost;
  let there: FleetHost;
  beforeEach(async () => {
    machine = new TestMachine();
    here = new FleetHost(machine, "host-a", `127.0.0.3:${await freePort()}`);
    there = new FleetHost(machine, "host-b", `127.0.0.2:${await freePort()}`);
    const entry = ({ name, address }: FleetHost) => `- targets: [${address}]\n  labels: { instance: ${name} }\n`;
    machine.write("targets/fleet.yml", entry(here) + entry(there));
  });
  afterEach(() => machine.close());

  const relayYaml = "hosts: { files: [targets/*.yml] }\nrelay: { tokens: [{ host: host-b, tokenFile: relay.token }] }\n";

  it("capture each host's alert on that host only, and the link in the message downloads it through the one that relays", async function () {
    requireServer(this, "prometheus", "prometheus-alertmanager");
    this.timeout(240_000);
    const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
    const mail = await startMailServer(selfSignedCertificate(), "none");
    try {
      await there.start("");
      there.writeToken("relay.token", "capture,read");
      await here.start(relayYaml);
      here.writeToken("culprit.token", "capture");
      const certainUrl = (text: string) => text.replaceAll("http://127.0.0.1:10054", here.url);
      cpSync(join(packageRoot(), "alertmanager", "templates"), machine.path("templates"), { recursive: true });
      machine.write("templates/culprit.tmpl", certainUrl(shipped("alertmanager/templates/culprit.tmpl")));
      machine.write("rules/culprit.yml", shipped("prometheus/rules/culprit.yml").replaceAll("for: 1m", "for: 2s"));
      machine.write(
        "prometheus.yml",
        shipped("prometheus/prometheus.yml").replaceAll("15s", "1s").replace("127.0.0.1:9093", `127.0.0.1:${alertmanagerPort}`),
      );
      machine.write(
        "alertmanager.yml",
        certainUrl(shipped("alertmanager/alertmanager.yml"))
          .replace("localhost:25", `localhost:${mail.port}`)
          .replaceAll(/group_wait: [1-9]\d*s/g, "group_wait: 2s")
          .replaceAll(/group_interval: \d+m/g, "group_interval: 2s"),
      );
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
      // many: whatever else this machine does, they are the most of it
      const burners = machine.startBurners("hungry-burner", availableParallelism() * 4);

      const alert = await waitFor("the alert of host-b to reach Alertmanager and to name the burner", async () => {
        const alerts = (await (await fetch(`http://127.0.0.1:${alertmanagerPort}/api/v2/alerts`)).json()) as {
          fingerprint: string;
          labels: Record<string, string>;
          annotations: Record<string, string>;
        }[];
        // at first the window still holds what was before
        const isNamed = /The top process is hungry-burner: \d\.\d\d cores\./;
        return alerts.find(
          ({ labels, annotations }) =>
            labels.alertname === "HighCpuUsage" && labels.instance === "host-b" && isNamed.test(annotations.description ?? ""),
        );
      });
      const link = await waitFor("a mail with its link", async () => {
        const texts = mail.mails.map(({ raw }) => mailPart(raw, "text/plain")).join("\n");
        return new RegExp(`The archive: (http:\\S+/archives/alert/${alert.fingerprint})\\s`).exec(texts)?.[1];
      });
      assert.ok(link.startsWith(here.url), `${link} leads to the one that relays`);
      const answer = await waitFor("the archive behind the link", async () => {
        const tried = await fetch(`${link}?wait=60`, { headers: here.headers });
        return tried.status === 200 && tried;
      });
      // what top shows: since Node 24 the kernel's name of its main thread is MainThread, whatever the program is called
      const comm = readFileSync(`/proc/${burners[0]?.child.pid}/comm`, "utf8").slice(0, 7);
      for (const burner of burners) await machine.stop(burner, "SIGKILL");
      const bytes = new Uint8Array(await answer.arrayBuffer());
      assert.equal(answer.headers.get("etag"), `"${createHash("sha256").update(bytes).digest("hex")}"`);
      const files = await untar(bytes);
      const manifest = JSON.parse(files.get("manifest.json") ?? "{}");
      assert.deepEqual([manifest.request.labels.instance, manifest.request.match], ["host-b", { kind: "own" }]);
      // where the load was high before, its alert came first and this one has joined
      const names = [manifest.request, ...manifest.joined].map(({ name }) => name);
      assert.ok(names.includes("HighCpuUsage"), names.join());
      assert.match(files.get("summary.txt") ?? "", /hungry-burner/);
      for (const name of ["processes.txt", "commands/ps.txt"]) assert.match(files.get(name) ?? "", /hungry-burner/);
      assert.ok((files.get("commands/top.txt") ?? "").includes(` ${comm}`), comm);
      for (const { part, result, sha256 } of manifest.parts) {
        const content = files.get(part) ?? "";
        if (result === "ok") assert.equal(createHash("sha256").update(content).digest("hex"), sha256, part);
      }

      await waitFor("the end of the alert to be relayed, too", async () =>
        there.audit().some(({ event, status, labels }) => event === "alert" && status === "resolved" && labels?.instance === "host-b"),
      );
      await waitFor("the archive of host-a's own alert", async () => (await here.instances()).length > 0);
      assert.deepEqual(await there.instances(), ["host-b"]);
      assert.deepEqual(await here.instances(), ["host-a"]);

      const results = here.audit().flatMap(({ event, result, labels }) => (event === "alert" ? [`${labels?.instance} ${result}`] : []));
      assert.ok(results.includes("host-b relayed") && results.includes("host-a captured"), results.join());
      assert.ok(!results.some((one) => one.startsWith("host-b ") && one !== "host-b relayed"), results.join());
      assert.ok(here.audit().some(({ event, result }) => event === "relay" && result === "ok"));
      assert.ok((await here.metric('culprit_relayed_alerts_total{result="ok"}')) >= 2);
      assert.equal(await there.metric('culprit_relayed_alerts_total{result="ok"}'), 0);
      assert.equal(await here.metric('culprit_queue_length{queue="relay"}'), 0);

      const { archives, hosts } = await here.json<{ archives: { host: string; url: string }[]; hosts: { result: string }[] }>(
        "/archives?fleet=1",
      );
      assert.deepEqual(
        hosts.map(({ result }) => result),
        ["ok", "ok"],
      );
      const listed = archives.find(({ host }) => host === "host-b");
      assert.ok(listed?.url.startsWith(there.url), "the list leads to where the archive is");
    } finally {
      await mail.close();
    }
  });

  it("keep the alert of a host that is down, over a SIGKILL of the relay, until that host is up again", async function () {
    this.timeout(120_000);
    await there.start("");
    there.writeToken("relay.token", "capture,read");
    await there.kill();
    await here.start(relayYaml);
    const alert = {
      status: "firing",
      labels: { alertname: "Down", instance: "host-b" },
      startsAt: new Date().toISOString(),
      fingerprint: "feedbeef",
    };
    const accepted = await fetch(`${here.url}/webhook`, {
      method: "POST",
      headers: here.headers,
      body: JSON.stringify({ version: "4", alerts: [alert] }),
    });
    assert.equal(accepted.status, 202);
    const { results } = (await accepted.json()) as { results: unknown[] };
    assert.deepEqual(results, [
      {
        fingerprint: "feedbeef",
        name: "Down",
        result: "relayed",
        match: { kind: "other", host: "host-b" },
        archiveUrl: `${here.url}/archives/alert/feedbeef.tar.gz`,
      },
    ]);
    await here.kill();
    await here.start(relayYaml);
    const waiting = await waitFor("the reason why it waits", async () => {
      const tried = await here.json<{ reason?: string }>("/archives/alert/feedbeef.tar.gz");
      return tried.reason?.includes("refused the connection") === true && tried.reason;
    });
    assert.match(waiting, /on its way to host-b/);
    assert.equal(await here.metric('culprit_queue_length{queue="relay"}'), 1);

    await there.start("");
    const answer = await waitFor("the archive", async () => {
      const tried = await fetch(`${here.url}/archives/alert/feedbeef.tar.gz?wait=60`, { headers: here.headers });
      return tried.status === 200 && tried;
    });
    const files = await untar(new Uint8Array(await answer.arrayBuffer()));
    assert.equal(JSON.parse(files.get("manifest.json") ?? "{}").request.name, "Down");
    assert.deepEqual(await here.instances(), []);
  });
});
