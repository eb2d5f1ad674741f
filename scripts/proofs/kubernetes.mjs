/**
 * `npm run proof -- kubernetes`: Helm and kustomize make the objects of deploy/kubernetes/, and a real Alertmanager, with the shipped receiver,
 * calls the Culprit of the node that an alert is about.
 *
 * Wants Go, which builds all three; that takes some minutes.
 */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, parseAllDocuments, stringify } from "yaml";
import { root } from "../lib/project.mjs";
import { must, requirePrograms } from "../lib/release/programs.mjs";
import { runQuietly } from "../lib/run.mjs";

const helm = "helm.sh/helm/v3/cmd/helm@v3.19.4";
const kustomize = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1";
const alertmanager = "github.com/prometheus/alertmanager@v0.35.0";
const chart = "deploy/helm/culprit";
/** What the Secret holds. */
const token = "of-the-whole-cluster-0123456789abcdef";

/** @type {import("../lib/proofs.mjs").Proof} */
export const proof = {
  proves: "Helm and kustomize make the same objects, and Alertmanager reaches the Culprit of the alert's node",
  async run({ folder, tell }) {
    requirePrograms([{ program: "go", what: "Helm, kustomize and Alertmanager", from: "https://go.dev/dl" }]);
    tell("building Helm and kustomize...");
    const env = { ...process.env, GOBIN: join(folder, "bin"), GOFLAGS: "-modcacherw" };
    for (const module of [helm, kustomize]) await must(`go install ${module}`, runQuietly("go", ["install", module], env));
    const seen = await compareObjects(join(folder, "bin"));
    tell("building Alertmanager...");
    const program = await buildAlertmanager(folder, env);
    await callTheRightOne(program, tell);
    const versions = [helm, kustomize, alertmanager].map((one) => one.replace(/^.*?(\w+)(?:\/v5)?@/, "$1 "));
    return `${versions.join(", ")}: ${seen} objects equal; of two Culprits the alert's own got it, with the shared token`;
  },
};

/** @param {string} bin */
async function compareObjects(bin) {
  const run = async (/** @type {string} */ program, /** @type {string[]} */ ...args) =>
    objects((await must(program, runQuietly(join(bin, program), args))).output);
  await must("helm lint", runQuietly(join(bin, "helm"), ["lint", "--strict", chart]));
  const template = ["template", "culprit", chart, "--namespace=culprit", "--kube-version=1.34.0"];
  const byHelm = await run("helm", ...template);
  const { Namespace, ...byKustomize } = await run("kustomize", "build", "deploy/kubernetes");
  assert.equal(Namespace.metadata.name, "culprit");
  assert.deepEqual(byKustomize, byHelm);
  const without = await run("helm", ...template, "--set=podMonitor.enabled=false", "--set=networkPolicy.enabled=false");
  assert.deepEqual(Object.keys(without).sort(), ["ConfigMap", "DaemonSet", "ServiceAccount"]);
  return Object.keys(byHelm).length;
}

/** @param {string} text @returns {Record<string, any>} by kind */
function objects(text) {
  const documents = parseAllDocuments(text).map((document) => document.toJS());
  return Object.fromEntries(documents.filter((one) => one !== null).map((one) => [one.kind, one]));
}

/**
 * From the module's sources, whose pages are not among them.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function buildAlertmanager(folder, env) {
  const { output } = await must("go mod download", runQuietly("go", ["mod", "download", "-json", alertmanager], env));
  const sources = join(folder, "alertmanager-sources");
  cpSync(JSON.parse(output.slice(output.indexOf("{"))).Dir, sources, { recursive: true });
  await must("chmod", runQuietly("chmod", ["-R", "u+w", sources]));
  mkdirSync(join(sources, "ui", "app", "dist"), { recursive: true });
  writeFileSync(join(sources, "ui", "app", "dist", "index.html"), "");
  const program = join(folder, "bin", "alertmanager");
  await must("go build", runQuietly("go", ["-C", sources, "build", "-o", program, "./cmd/alertmanager"], env));
  return program;
}

/**
 * Two Culprits that share a token, as two nodes do, and one Alertmanager with the shipped route and receiver.
 *
 * @param {string} program
 * @param {(line: string) => void} tell
 */
async function callTheRightOne(program, tell) {
  const { TestMachine, freePort, waitFor } = await import(pathToFileURL(join(root, "dist", "test", "e2e", "machine.js")).href);
  /** @type {TestMachine[]} */
  const machines = [];
  try {
    const nodes = [];
    for (const hostname of ["node1", "node2"]) {
      const machine = new TestMachine();
      machines.push(machine);
      nodes.push(await startNode(machine, hostname, await freePort()));
    }
    const [other, own] = nodes;
    if (other === undefined || own === undefined) throw new Error("unreachable");
    const port = await freePort();
    const running = startAlertmanager(other.machine, program, port);
    const reached = async (/** @type {string} */ what, /** @type {() => Promise<unknown>} */ ask) => {
      if (!(await waitFor(what, ask).catch(() => false))) throw new Error(`waited for ${what} in vain:\n${running.output()}`);
    };
    await reached("Alertmanager to take an alert", () => postAlert(port, own));
    tell("waiting for the archive...");
    await reached("the archive of node2", async () => (await archivesOf(own)).some(({ name }) => name === "HighLoad"));
    assert.deepEqual(await archivesOf(other), [], "node1 has nothing to do with it");
  } finally {
    for (const machine of machines) await machine.close();
  }
}

/**
 * @typedef {import("../../test/e2e/machine.ts").TestMachine} TestMachine
 * @typedef {{ readonly machine: TestMachine, readonly port: number }} Node
 */

/**
 * With the shipped configuration and the shared token.
 *
 * @param {TestMachine} machine
 * @param {string} hostname
 * @param {number} port
 * @returns {Promise<Node>}
 */
async function startNode(machine, hostname, port) {
  const added = machine.culprit("token", "add", machine.write("token", token), "--scope=capture", `--storage.path=${machine.path("data")}`);
  assert.equal(added.status, 0, added.stderr);
  const { data } = parse(readFileSync(join(root, "deploy", "kubernetes", "configmap.yaml"), "utf8"));
  await machine.startCulprit(port, data["culprit.yml"].replace(/\$\{NODE_NAME\}/g, hostname));
  return { machine, port };
}

/**
 * @param {TestMachine} machine
 * @param {string} program
 * @param {number} port
 */
function startAlertmanager(machine, program, port) {
  const settings = parse(readFileSync(join(root, "deploy", "kubernetes", "alertmanager.yml"), "utf8"));
  const receiver = settings.receivers.find((/** @type {{ name: string }} */ one) => one.name === "culprit");
  receiver.webhook_configs[0].http_config.authorization.credentials_file = machine.write("alertmanager.token", token);
  return machine.start(program, [
    `--config.file=${machine.write("alertmanager.yml", stringify(settings))}`,
    `--storage.path=${machine.path("alertmanager")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ]);
}

/** @param {number} port @param {Node} node whose alert it is */
async function postAlert(port, node) {
  const labels = { alertname: "HighLoad", instance: "node2", culprit_address: `127.0.0.1:${node.port}`, capture: "true" };
  const body = JSON.stringify([{ labels, annotations: { summary: "Load on node2" }, startsAt: new Date().toISOString() }]);
  const headers = { "Content-Type": "application/json" };
  return (await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, { method: "POST", headers, body })).ok;
}

/** @param {Node} node @returns {Promise<readonly { readonly name: string }[]>} */
async function archivesOf({ machine, port }) {
  const headers = { Authorization: `Bearer ${machine.adminToken}`, Accept: "application/json" };
  return JSON.parse(await (await fetch(`http://127.0.0.1:${port}/archives`, { headers })).text()).archives;
}
