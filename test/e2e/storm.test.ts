import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Archive, JoinedAlert } from "../../src/model/capture.ts";
import { MadeMachine } from "../support/madeMachine.ts";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { freePort, TestMachine, untar, waitFor } from "./machine.ts";

const shipped = (file: string) => readFileSync(join(packageRoot(), file), "utf8");

/** A line of the audit that speaks of an alert that fires. */
interface AuditedAlert {
  readonly event: string;
  readonly status?: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly result: string;
  readonly archiveId?: string;
  readonly reason?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A machine made of files on which time goes by as it does here, whatever else this one has to do: idle until it is told to burn. */
class LivingMachine {
  readonly machine = new MadeMachine();
  readonly #timer = setInterval(() => this.#pass(), 100);
  #lastMs = performance.now();
  #isBurning = false;
  #ticks = 100;
  #stalledMicroseconds = 1000;

  constructor() {
    this.machine.process(300, {
      comm: "storm-burner",
      commandLine: "/opt/storm-burner\0",
      cgroup: "0::/system.slice/storm.service\n",
      threads: 8,
    });
  }

  burn(): void {
    this.#isBurning = true;
    this.machine.write("proc/loadavg", "9.00 7.00 3.00 9/200 900\n");
    this.machine.process(300, { state: "R" });
  }

  remove(): void {
    clearInterval(this.#timer);
    this.machine.remove();
  }

  #pass(): void {
    const nowMs = performance.now();
    const seconds = (nowMs - this.#lastMs) / 1000;
    this.#lastMs = nowMs;
    const busyRatio = this.#isBurning ? 0.98 : 0.02;
    this.machine.pass(seconds, busyRatio);
    if (!this.#isBurning) return;
    this.#ticks += Math.round(seconds * 4 * busyRatio * 100);
    this.machine.process(300, { userTicks: this.#ticks });
    this.#stalledMicroseconds += Math.round(seconds * 900_000);
    this.machine.pressure("cpu", this.#stalledMicroseconds, 0);
  }
}

describe("a storm of real alerts by a real Alertmanager", () => {
  let machine: TestMachine;
  let made: LivingMachine;
  let url: string;
  let alertmanagerPort: number;
  beforeEach(async function () {
    requireServer(this, "prometheus", "prometheus-alertmanager");
    machine = new TestMachine();
    made = new LivingMachine();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    alertmanagerPort = await freePort();
    machine.write("targets/fleet.yml", `- targets: ["127.0.0.1:${port}"]\n  labels: { instance: web1 }\n`);
    // the archive waits for the seconds after: what comes meanwhile can join
    await machine.startCulprit(
      port,
      "web: { auth: always }\nidentity: { names: [web1] }\nhosts: { files: [targets/*.yml] }\nsample: { window: 5s }\ncapture: { after: 30s }\ntriggers: []\n",
      [`--path.procfs=${made.machine.root.procfs}`, `--path.sysfs=${made.machine.root.sysfs}`, `--path.rootfs=${made.machine.root.rootfs}`],
    );
    const token = machine.path("culprit.token");
    const written = machine.culprit("token", "write", token, "--scope=capture", `--storage.path=${machine.path("data")}`);
    assert.equal(written.status, 0, written.stderr);
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
  afterEach(async () => {
    await machine?.close();
    made?.remove();
  });

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

  it("about one spike is one archive that lists them all, as the shipped rules raise them", async function () {
    this.timeout(300_000);
    const prometheusPort = await freePort();
    for (const name of ["culprit", "spikes"]) {
      machine.write(`rules/${name}.yml`, shipped(`prometheus/rules/${name}.yml`).replaceAll("for: 1m", "for: 1s"));
    }
    machine.write(
      "prometheus.yml",
      shipped("prometheus/prometheus.yml").replaceAll("15s", "1s").replace("127.0.0.1:9093", `127.0.0.1:${alertmanagerPort}`),
    );
    const metric = async (name: string) => {
      const line = (await (await fetch(`${url}/metrics`)).text()).split("\n").find((one) => one.startsWith(`${name} `));
      return Number(line?.slice(name.length));
    };
    // a rise needs something to rise from
    await waitFor("some quiet seconds", async () => (await metric("culprit_samples_total")) > 20);
    made.burn();
    // all of them can fire then, at once
    await waitFor("the spike and the load", async () => {
      const isBusy = (await metric("culprit_load5")) > 4 && (await metric("culprit_cpu_usage_ratio")) > 0.92;
      return isBusy && (await metric('culprit_spike_active{resource="cpu"}')) === 1;
    });
    machine.start("prometheus", [
      `--config.file=${machine.path("prometheus.yml")}`,
      `--storage.tsdb.path=${machine.path("tsdb")}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]);
    const wanted = ["HighCpuUsage", "HighLoad", "Spike cpu"];
    const nameOf = ({ name, labels: { resource = "" } }: Pick<AuditedAlert, "name" | "labels">) =>
      name === "Spike" ? `Spike ${resource}` : name;
    const ofSpike = await waitFor("the alerts", async () => {
      const heard = alertsHeard().filter((alert) => wanted.includes(nameOf(alert)));
      return wanted.every((name) => heard.some((alert) => nameOf(alert) === name)) && heard;
    });
    assert.equal(new Set(ofSpike.map(({ archiveId }) => archiveId)).size, 1, JSON.stringify(ofSpike));
    // another one of the same spike, such as that of its pressure, may have come first
    assert.ok(ofSpike.filter(({ result }) => result === "captured").length <= 1, JSON.stringify(ofSpike));
    assert.ok(
      ofSpike.every(({ result, reason = "" }) => result === "captured" || /^it is about the same spike/.test(reason)),
      JSON.stringify(ofSpike),
    );
    const id = ofSpike[0]?.archiveId;
    const archive = await waitFor("the archive", async () => (await archives()).find((one) => one.id === id));
    const listed = [{ name: archive.name }, ...(archive.joined ?? [])].map(({ name }) => name);
    for (const name of ["HighCpuUsage", "HighLoad", "Spike"]) assert.ok(listed.includes(name), listed.join());
    const files = await untar(new Uint8Array(await (await fetch(`${url}/archives/${id}.tar.gz`, { headers: headers() })).arrayBuffer()));
    const { joined } = JSON.parse(files.get("manifest.json") ?? "{}") as { joined: readonly JoinedAlert[] };
    assert.deepEqual(joined, archive.joined);
    for (const { fingerprint, judged } of joined) {
      assert.ok(files.get("summary.txt")?.includes(fingerprint) && files.get("report.html")?.includes(fingerprint), fingerprint);
      assert.match(judged ?? "", /storm-burner/);
    }
  });

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
