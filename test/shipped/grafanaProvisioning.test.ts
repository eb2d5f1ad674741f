// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { convertTemplate, folderTitle } from "../../grafana/src/alerts.ts";
import { prometheusUid } from "../../grafana/src/variables.ts";
import { packageRoot } from "../support/paths.ts";
import { knownFamilies, selectorsOf } from "./support/families.ts";

const folder = join(packageRoot(), "grafana", "provisioning");

interface Provisioning {
  readonly apiVersion: number;
  readonly datasources?: readonly Record<string, unknown>[];
  readonly providers?: readonly Record<string, unknown>[];
  readonly contactPoints?: readonly {
    readonly name: string;
    readonly receivers: readonly { readonly uid: string; readonly type: string; readonly settings: Record<string, unknown> }[];
  }[];
  readonly policies?: readonly Route[];
  readonly muteTimes?: readonly { readonly name: string }[];
  readonly groups?: readonly {
    readonly name: string;
    readonly folder: string;
    readonly interval: string;
    readonly rules: readonly GrafanaRule[];
  }[];
}

interface Route {
  readonly receiver: string;
  readonly object_matchers?: readonly (readonly [string, string, string])[];
  readonly group_wait?: string;
  readonly continue?: boolean;
  readonly mute_time_intervals?: readonly string[];
  readonly routes?: readonly Route[];
}

interface GrafanaRule {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly { readonly refId: string; readonly datasourceUid: string; readonly model: Record<string, unknown> }[];
  readonly for: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

const files = new Map(
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yml"))
    .map((file) => [file, parse(readFileSync(join(folder, file), "utf8")) as Provisioning]),
);
const all = [...files.values()];
const optional = (file: string) => files.get(join("optional", "alerting", file));

/** The alerts that Prometheus has, which are where Grafana's come from. */
function prometheusAlerts(): readonly { readonly alert: string; readonly expr: string; readonly labels: Record<string, string> }[] {
  const rules = join(packageRoot(), "prometheus", "rules");
  return readdirSync(rules).flatMap((file) => {
    const { groups } = parse(readFileSync(join(rules, file), "utf8"), { merge: true });
    return groups.flatMap((group: { rules: { alert?: string }[] }) => group.rules.filter(({ alert }) => alert !== undefined));
  });
}

describe("what is provisioned in Grafana", () => {
  it("is what Grafana reads: version 1 everywhere, and nothing in a folder that it reads by itself but data sources and dashboards", () => {
    for (const [file, { apiVersion }] of files) assert.equal(apiVersion, 1, file);
    assert.deepEqual(readdirSync(folder).sort(), ["dashboards", "datasources", "optional"]);
  });

  it("has the data sources that dashboards and alerts name by uid", () => {
    const sources = all.flatMap(({ datasources = [] }) => datasources);
    assert.deepEqual(
      sources.map(({ uid, type, url }) => ({ uid, type, url })),
      [
        { uid: prometheusUid, type: "prometheus", url: "${PROMETHEUS_URL}" },
        { uid: "culprit-alertmanager", type: "alertmanager", url: "${ALERTMANAGER_URL}" },
      ],
    );
    const { scrape_interval: scraped } = parse(readFileSync(join(packageRoot(), "prometheus", "prometheus.yml"), "utf8")).global;
    assert.equal(
      (sources[0]?.jsonData as { timeInterval?: string } | undefined)?.timeInterval,
      scraped,
      "$__rate_interval fits the shipped scrape interval",
    );
  });

  it("finds in the compose file the variables that it asks for and the dashboards where it looks for them", () => {
    const { grafana } = parse(readFileSync(join(packageRoot(), "docker-compose.yml"), "utf8"), { merge: true }).services;
    for (const { url } of all.flatMap(({ datasources = [] }) => datasources)) {
      const name = /^\$\{(\w+)\}$/.exec(String(url))?.[1] ?? "";
      assert.match(String(grafana.environment[name]), /^http:\/\/\w+:\d+$/, name);
    }
    const [provider] = all.flatMap(({ providers = [] }) => providers);
    const path = (provider?.options as { path: string } | undefined)?.path;
    assert.ok(grafana.volumes.includes(`./grafana/dashboards:${path}:ro`), path);
  });

  it("puts dashboards and alerts into one folder, by its title", () => {
    const [provider] = all.flatMap(({ providers = [] }) => providers);
    assert.equal(provider?.folder, folderTitle);
    assert.equal(provider?.folderUid, undefined);
    for (const { folder: title } of all.flatMap(({ groups = [] }) => groups)) assert.equal(title, folderTitle);
  });

  it("holds no password and no token: they come from files and the environment", () => {
    for (const [file] of files) {
      const text = readFileSync(join(folder, file), "utf8");
      assert.doesNotMatch(text, /password|hooks\.slack\.com|https:\/\//i, file);
    }
    for (const { receivers } of all.flatMap(({ contactPoints = [] }) => contactPoints))
      for (const { type, settings } of receivers)
        for (const name of ["url", "authorization_credentials", "addresses"])
          if (name in settings) assert.match(String(settings[name]), /^\$\{\w+\}(\/webhook)?$|^\$__file\{\/.+\}$/, `${type}: ${name}`);
  });

  it("has contact points for mail, Slack, Teams and Culprit's webhook, and policies that know them", () => {
    const points = all.flatMap(({ contactPoints = [] }) => contactPoints);
    const receivers = points.flatMap((point) => point.receivers);
    assert.deepEqual(receivers.map(({ type }) => type).sort(), ["email", "slack", "teams", "webhook"]);
    assert.equal(new Set(receivers.map(({ uid }) => uid)).size, receivers.length);
    const [root] = optional("policies.yml")?.policies ?? [];
    assert.ok(root !== undefined);
    const mutes = optional("policies.yml")?.muteTimes?.map(({ name }) => name) ?? [];
    for (const { receiver, mute_time_intervals: muted = [] } of [root, ...(root.routes ?? [])]) {
      assert.ok(
        points.some(({ name }) => name === receiver),
        receiver,
      );
      for (const name of muted) assert.ok(mutes.includes(name), name);
    }
  });

  it("captures at once and lets the alert go on to the people; what is only information wakes nobody", () => {
    const routes = optional("policies.yml")?.policies?.[0]?.routes ?? [];
    const [capture, people, nobody] = routes;
    assert.deepEqual(capture?.object_matchers, [["capture", "=", "true"]]);
    assert.deepEqual([capture?.continue, capture?.group_wait], [true, "0s"]);
    const severities = new Set(prometheusAlerts().map(({ labels }) => labels.severity));
    for (const severity of severities) {
      const isFor = (route: Route | undefined) => new RegExp(`^(${route?.object_matchers?.[0]?.[2]})$`).test(severity ?? "");
      assert.notEqual(isFor(people), isFor(nobody), `${severity} goes to one of the two`);
    }
    assert.equal(people?.mute_time_intervals, undefined);
    assert.ok((nobody?.mute_time_intervals ?? []).length > 0);
  });

  it("has every alert of Prometheus as a rule of Grafana's, with uids and titles of their own", () => {
    const rules = optional("rules.yml")?.groups?.flatMap((group) => group.rules) ?? [];
    const alerts = prometheusAlerts();
    assert.ok(alerts.length > 10);
    assert.deepEqual(rules.map(({ data }) => data[0]?.model.expr).sort(), alerts.map(({ expr }) => expr).sort());
    assert.equal(new Set(rules.map(({ uid }) => uid)).size, rules.length);
    assert.equal(new Set(rules.map(({ title }) => title)).size, rules.length);
    const known = knownFamilies();
    for (const { uid, data, condition, annotations, labels } of rules) {
      assert.match(uid, /^[a-z0-9-]{1,40}$/);
      assert.equal(condition, data.at(-1)?.refId);
      assert.deepEqual(
        data.map(({ datasourceUid }) => datasourceUid),
        [prometheusUid, "__expr__", "__expr__"],
      );
      assert.ok(labels.severity !== undefined && annotations.summary !== undefined && annotations.description !== undefined, uid);
      for (const text of Object.values(annotations)) assert.doesNotMatch(text, /\$|\bquery\s*\|/, uid);
      for (const { names } of selectorsOf(String(data[0]?.model.expr)))
        for (const name of names) assert.ok(known.has(name) || name.startsWith("instance:"), `${uid}: ${name}`);
    }
  });

  it("writes templates as Grafana understands them: no queries, no dollar signs, and a word where to look instead", () => {
    assert.equal(
      convertTemplate("CPU of {{ $labels.instance }} is {{ $value | humanizePercentage }}"),
      "CPU of {{ .Labels.instance }} is {{ with .Values.query }}{{ .Value | humanizePercentage }}{{ else }}(no value){{ end }}",
    );
    const withQuery = 'A {{ with printf `x{a="}}"}` $labels.a | query }}{{ if eq 1 1 }}B{{ end }}{{ else }}C{{ end }} D';
    assert.equal(convertTemplate(withQuery), "A D");
    assert.equal(
      convertTemplate('{{ if eq $labels.a "x" }}B{{ else }}C{{ end }}'),
      '{{ if eq (print .Labels.a) "x" }}B{{ else }}C{{ end }}',
    );
    assert.equal(convertTemplate("{{ or $externalLabels.runbooks_url `docs/runbooks.md` }}#a"), "docs/runbooks.md#a");
    assert.throws(() => convertTemplate("{{ $externalURL }}"), /no equivalent/);
  });
});
