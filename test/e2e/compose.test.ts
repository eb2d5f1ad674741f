import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { mailPart } from "../shipped/support/mailPart.ts";
import { packageRoot } from "../support/paths.ts";
import { requireRoot, requireServer } from "../support/servers.ts";
import { ContainerEngine } from "./containerEngine.ts";
import { runsAsThePodOfTheDaemonSet, runsByItself } from "./imageAlone.ts";
import { freePort, TestMachine, untar, waitFor } from "./machine.ts";
import { makeStandInImages } from "./standInImages.ts";

/** What the build and the compose file take from the checkout. */
const shippedFiles = [
  ".dockerignore",
  "Dockerfile",
  "alertmanager",
  "deploy",
  "docker-compose.yml",
  "grafana",
  "package-lock.json",
  "package.json",
  "prometheus",
  "scripts",
  "src",
  "tsconfig.json",
];
/** All but Grafana, of which there is no package. */
const services = ["alertmanager", "culprit", "mail", "prometheus", "setup"];
/** Of this run alone: a network's files lie where those of every run do, and what a killed one has left must not answer for this one. */
const project = `culprit-compose-${process.pid}`;

describe("the shipped compose file", () => {
  let machine: TestMachine;
  let engine: ContainerEngine;

  before(function () {
    this.timeout(60_000);
    requireRoot(this);
    requireServer(this, "podman", "runc", "iptables", "docker-compose", "mmdebstrap");
    machine = new TestMachine();
    engine = new ContainerEngine(machine);
  });

  afterEach(async function () {
    this.timeout(60_000);
    if (this.currentTest?.state !== "failed") return;
    for (const service of services) console.error(`${service}:\n${await engine.logs(`${project}_${service}_1`)}`);
    for (const query of ["up", "culprit_cpu_usage_ratio", "ALERTS", "prometheus_notifications_errors_total"]) {
      const ask = ["promtool", "query", "instant", "http://localhost:9090", query];
      console.error(await engine.podman("exec", `${project}_prometheus_1`, ...ask).catch(String));
    }
  });

  after(async function () {
    this.timeout(60_000);
    await engine?.close();
    await machine?.close();
  });

  it("runs, and an alert of its stack becomes an archive and a mail that name a burner on the host; its image runs alone and as a pod, too", async function () {
    this.timeout(480_000);
    const folder = copyOfTheProject(machine);
    await engine.start();
    const compose = parse(readFileSync(join(folder, "docker-compose.yml"), "utf8"));
    const node = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(join(folder, "Dockerfile"), "utf8"))?.[1];
    const { prometheus, alertmanager, mail } = compose.services;
    await makeStandInImages(machine, engine, {
      node: node ?? "",
      prometheus: prometheus.image,
      alertmanager: alertmanager.image,
      mail: mail.image,
    });
    const [culpritPort, mailPort] = [await freePort(), await freePort()];
    const page = `http://127.0.0.1:${culpritPort}`;
    const variables = {
      COMPOSE_PROJECT_NAME: project,
      COMPOSE_PROFILES: "mail",
      CULPRIT_PORT: String(culpritPort),
      CULPRIT_URL: page,
      CULPRIT_NAME: "the-host",
      // not every machine that tests run on may lower it
      CULPRIT_OOM_SCORE_ADJ: "0",
      MAIL_PORT: String(mailPort),
      MAIL_TO: "on-call@example.org",
    };
    await engine.compose(folder, variables, "up", "--detach", "culprit");
    await waitFor("Culprit to be ready", async () => (await fetch(`${page}/-/ready`)).status === 200);
    assert.equal((await fetch(`${page}/archives`)).status, 401, "who comes without a token is not let in");

    // many, and before anybody looks: whatever else this machine does, they are the most of it when the alert fires
    const cores = availableParallelism();
    const burners = machine.startBurners("host-burner", cores * 4);
    await waitFor("Culprit to see the burners", async () => {
      const metrics = await (await fetch(`${page}/metrics`)).text();
      return Number(/^culprit_process_cpu_cores\{kind="process",process="host-burner",.*\} (\S+)$/m.exec(metrics)?.[1]) > cores * 0.6;
    });
    await engine.compose(folder, variables, "up", "--detach", ...services);
    const told = await waitFor("the mail of the alert", async () =>
      (await mailsOf(`http://127.0.0.1:${mailPort}`)).find((one) => /^Subject: .*High CPU Usage Detected/m.test(one)),
    );
    assert.match(told, /^To: on-call@example\.org/m);
    const message = mailPart(told, "text/plain");
    assert.match(message, /^The top process is host-burner: \d\.\d\d cores\.$/m);
    const silence = "/alerting/silence/new?alertmanager=Alertmanager&matcher=alertname%3DHighCpuUsage&matcher=instance%3Dlocalhost";
    assert.ok(message.includes(`http://127.0.0.1:3000${silence}\n`), message);
    const link = new RegExp(`${page}/archives/alert/[0-9a-f]+`).exec(message)?.[0];
    const token = (await engine.podman("exec", `${project}_culprit_1`, "cat", "/data/tokens/admin")).trim();
    const answer = await waitFor("the archive that the mail links to", async () => {
      const tried = await fetch(`${link}.tar.gz?wait=60`, { headers: { Authorization: `Bearer ${token}` } });
      return tried.status === 200 && tried;
    });
    const files = await untar(new Uint8Array(await answer.arrayBuffer()));
    for (const burner of burners) await machine.stop(burner, "SIGKILL");

    const summary = files.get("summary.txt") ?? "";
    assert.match(summary, /description: The top process is host-burner: (?:\d\.\d\d cores|\d+\.\d tasks on average)\./);
    assert.match(summary, /Most CPU since onset, in cores\n.* host-burner \(user root\)\n/, "it is the first of the list");
    assert.match(summary, /^Host +the-host, Linux/m);
    const [burner] = burners;
    assert.match(files.get("processes.txt") ?? "", new RegExp(`^ *${burner?.child.pid} .*host-burner`, "m"), "pids are the host's");
    assert.match(files.get("commands/ps.txt") ?? "", /host-burner/);
    const manifest = JSON.parse(files.get("manifest.json") ?? "{}");
    assert.equal(manifest.request.origin, "alert");
    // the burners set off HighLoad as well; they share one archive, and which of the two asked first is the stack's to say
    const alerts = [manifest.request, ...(manifest.joined ?? [])].map(({ name }: { name: string }) => name);
    assert.ok(alerts.includes("HighCpuUsage"), `its alerts are ${alerts.join(", ")}`);
    assert.ok(["HighCpuUsage", "HighLoad"].includes(manifest.request.name), manifest.request.name);
    assert.equal(manifest.request.labels.instance, "localhost");
    const metrics = await (await fetch(`${page}/metrics`)).text();
    const ownWrites =
      /^culprit_process_written_bytes_per_second\{kind="process",process="[^"]*",unit="[^"]*",container="",.*\} [0-9.e+-]+$/m;
    assert.match(metrics, ownWrites, "what processes outside of the container write is known");

    for (const service of services) {
      const [state = "", health = ""] = (
        await engine.podman(
          "inspect",
          "--format={{.State.Status}} {{.State.ExitCode}} {{.HostConfig.ReadonlyRootfs}}",
          `${project}_${service}_1`,
        )
      )
        .trim()
        .split("\n");
      assert.equal(state, service === "setup" ? "exited 0 true" : "running 0 true", `${service} ${health}`);
      // without systemd podman has no timer of its own for it
      if (service !== "setup") await engine.podman("healthcheck", "run", `${project}_${service}_1`);
    }
    await assert.rejects(engine.podman("exec", `${project}_culprit_1`, "touch", `/host/root${machine.path("touched")}`), /Read-only/);
    await engine.compose(folder, variables, "down", "--volumes", "--timeout=10");
    assert.equal((await engine.podman("volume", "ls", "--quiet")).trim(), "", "nothing is left behind");
    await runsByItself(engine, compose["x-culprit-image"].image);
    await runsAsThePodOfTheDaemonSet(machine, engine, compose["x-culprit-image"].image);
  });
});

/** What came to the mail catcher. */
async function mailsOf(url: string): Promise<readonly string[]> {
  const { messages } = (await (await fetch(`${url}/api/v1/messages`)).json()) as { readonly messages: readonly { readonly ID: string }[] };
  return Promise.all(messages.map(async ({ ID }) => (await fetch(`${url}/api/v1/message/${ID}/raw`)).text()));
}

/** As it is shipped, but for the intervals: the test need not burn for minutes. */
function copyOfTheProject(machine: TestMachine): string {
  const folder = machine.path("project");
  mkdirSync(folder);
  for (const name of shippedFiles) cpSync(join(packageRoot(), name), join(folder, name), { recursive: true });
  change(join(folder, "prometheus/prometheus.yml"), /: 15s/g, ": 1s");
  change(join(folder, "prometheus/rules/culprit.yml"), /for: 1m/g, "for: 2s");
  change(join(folder, "alertmanager/alertmanager.yml"), /group_wait: 90s/g, "group_wait: 1s");
  change(join(folder, "deploy/compose/culprit.yml"), /^web:/m, "sample: { window: 5s }\ncapture: { after: 2s }\nweb:");
  return folder;
}

function change(path: string, before: RegExp, after: string): void {
  const text = readFileSync(path, "utf8");
  assert.match(text, before, path);
  writeFileSync(path, text.replace(before, after));
}
