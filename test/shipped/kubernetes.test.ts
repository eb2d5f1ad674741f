import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { loadText } from "../config/support.ts";
import { importScript } from "../project/trees.ts";
import { packageRoot } from "../support/paths.ts";
import { kubernetesProblems } from "./support/kubernetesSchema.ts";
import { shippedText } from "./support/rules.ts";

interface Chart {
  renderChart(chart: string, values?: Readonly<Record<string, unknown>>): ReadonlyMap<string, string>;
  render(template: string, context: Readonly<Record<string, unknown>>): string;
}

const folder = "deploy/kubernetes";
const chart = join(packageRoot(), "deploy", "helm", "culprit");

describe("what is shipped for Kubernetes", () => {
  let charts: Chart;
  before(async () => {
    charts = await importScript<Chart>("lib/chart.mjs");
  });
  const object = (name: string) => parse(shippedText(`${folder}/${name}.yaml`));
  const pod = () => object("daemonset").spec.template.spec;

  it("is for kustomize what the Helm chart makes with its defaults: `npm run kubernetes` writes it", () => {
    const rendered = charts.renderChart(chart);
    assert.ok(rendered.size > 4);
    for (const [name, text] of rendered) assert.equal(shippedText(`${folder}/${name}`), text, name);
    const { resources } = object("kustomization");
    assert.deepEqual([...resources].sort(), [...rendered.keys(), "namespace.yaml"].sort());
    assert.deepEqual(readdirSync(join(packageRoot(), folder)).sort(), [...resources, "alertmanager.yml", "kustomization.yaml"].sort());
  });

  it("has nothing that Kubernetes' schema does not know, with the defaults and with other values", () => {
    const other = {
      image: { repository: "registry.example.org/culprit", tag: "1.2.3", pullPolicy: "Always" },
      imagePullSecrets: [{ name: "registry" }],
      priorityClassName: "system-node-critical",
      podMonitor: { enabled: true, interval: "1m", labels: {} },
    };
    const texts = [
      ...charts.renderChart(chart).values(),
      ...charts.renderChart(chart, other).values(),
      shippedText(`${folder}/namespace.yaml`),
    ];
    for (const text of texts) assert.deepEqual(kubernetesProblems(parse(text)), [], text);
    assert.match(texts.join(), /image: 'registry\.example\.org\/culprit:1\.2\.3'/);
  });

  it("would be told of a slip, a missing key and a wrong type", () => {
    const broken = object("daemonset");
    broken.spec.template.spec.hostPid = true;
    broken.spec.template.spec.containers[0].ports[0].containerPort = "10054";
    delete broken.spec.selector;
    assert.deepEqual(kubernetesProblems(broken), [
      "/spec must have required property 'selector'",
      "/spec/template/spec must NOT have additional properties: hostPid",
      "/spec/template/spec/containers/0/ports/0/containerPort must be integer",
    ]);
    assert.deepEqual(kubernetesProblems({ kind: "Gadget" }), ["Gadget: no schema"]);
  });

  it("sees the node, read-only, with two capabilities and nothing else", () => {
    const { hostPID, hostNetwork, hostIPC, containers, initContainers, volumes, automountServiceAccountToken } = pod();
    assert.deepEqual([hostPID, hostNetwork, hostIPC, automountServiceAccountToken], [true, undefined, undefined, false]);
    const [culprit] = containers;
    assert.deepEqual(culprit.securityContext.capabilities, { drop: ["ALL"], add: ["DAC_READ_SEARCH", "SYS_PTRACE"] });
    assert.deepEqual(initContainers[0].securityContext.capabilities, { drop: ["ALL"] });
    for (const { securityContext } of [culprit, ...initContainers]) {
      assert.equal(securityContext.runAsUser, 0, "other users of a container get no capabilities");
      assert.deepEqual([securityContext.privileged, securityContext.allowPrivilegeEscalation], [undefined, false]);
      assert.equal(securityContext.readOnlyRootFilesystem, true);
    }
    const hostPaths = new Map(
      volumes
        .filter((one: { hostPath?: object }) => one.hostPath)
        .map((one: { name: string; hostPath: object }) => [one.name, one.hostPath]),
    );
    assert.deepEqual([...hostPaths.keys()], ["storage", "proc", "sys", "root"]);
    for (const { name, readOnly } of culprit.volumeMounts)
      if (hostPaths.has(name)) assert.equal(readOnly ?? false, name !== "storage", `${name}: only the storage is written to`);
  });

  it("gives Culprit a configuration that it takes, and the flags of the compose file", () => {
    const config = loadText(object("configmap").data["culprit.yml"], { env: { NODE_NAME: "node7" } });
    assert.deepEqual(config.identity, { hostname: "node7", names: ["node7"] });
    assert.deepEqual(
      [config.web.auth, config.web.listenAddresses],
      ["always", [{ host: "0.0.0.0", port: pod().containers[0].ports[0].containerPort }]],
    );
    assert.ok(config.webhook.ignoreLabels.includes("culprit_address"), "a pod's new address makes no new incident");
    const compose = parse(shippedText("docker-compose.yml"), { merge: true }).services.culprit.command;
    assert.deepEqual(pod().containers[0].args, compose);
  });

  it("is scraped under the names that rules and Alertmanager's receiver go by", () => {
    const endpoints = object("podmonitor").spec.podMetricsEndpoints as {
      relabelings: { targetLabel: string; sourceLabels?: string[] }[];
    }[];
    for (const { relabelings } of endpoints)
      assert.deepEqual(relabelings.find(({ targetLabel }) => targetLabel === "instance")?.sourceLabels, [
        "__meta_kubernetes_pod_node_name",
      ]);
    const address = endpoints[0]?.relabelings.find(({ sourceLabels }) => sourceLabels?.includes("__address__"))?.targetLabel;
    const { receivers, route } = parse(shippedText(`${folder}/alertmanager.yml`));
    const [webhook] = receivers.find((one: { name: string }) => one.name === "culprit").webhook_configs;
    assert.equal(webhook.url, `http://{{ .GroupLabels.${address} }}/webhook`);
    assert.deepEqual(route.routes[0].group_by, ["..."], "only a label that is grouped by is a group label");
    assert.ok(webhook.http_config.authorization.credentials_file.includes(`/${pod().volumes[1].secret.secretName}/`));
  });

  it("has the version of package.json", () => {
    const { version } = JSON.parse(shippedText("package.json"));
    const { version: own, appVersion } = parse(shippedText("deploy/helm/culprit/Chart.yaml"));
    assert.deepEqual([own, appVersion], [version, version]);
  });

  it("is made by a renderer that refuses what it does not know, instead of leaving it as it is", () => {
    const context = { Values: { a: "", on: false }, Chart: { AppVersion: "1" } };
    assert.equal(charts.render("x: {{ .Values.a | default .Chart.AppVersion | quote }}", context), 'x: "1"');
    assert.equal(charts.render("{{- if .Values.on }}\nx: 1\n{{- end }}\ny: 2", context), "y: 2");
    assert.throws(() => charts.render('x: {{ include "name" . }}', context), /does not know \{\{ include/);
    assert.throws(() => charts.render("x: {{ .Values.b }}", context), /values\.yaml has no \.Values\.b/);
  });
});
