import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { knownMetrics, unknownNames } from "./support/knownMetrics.ts";
import { askedQuery, queriesOf } from "./support/promqlNames.ts";
import { shippedAlerts, shippedRules, shippedText, switchedOn, yamlFilesBelow } from "./support/rules.ts";

function run(program: string, ...args: string[]): string {
  const done = spawnSync(program, args, { cwd: packageRoot(), encoding: "utf8" });
  assert.equal(done.status, 0, `${program} ${args.join(" ")}:\n${done.stdout}${done.stderr}`);
  return done.stdout + done.stderr;
}

interface RuleTest {
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly eval_time: string;
    readonly exp_alerts: readonly {
      readonly exp_labels: Readonly<Record<string, string>>;
      readonly exp_annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

const ruleTests = () =>
  yamlFilesBelow("prometheus/tests").flatMap((file) =>
    (parse(shippedText(file), { merge: true }) as { tests: RuleTest[] }).tests.flatMap((test) => test.alert_rule_test),
  );

describe("what is shipped for Prometheus", () => {
  const newDirectory = tempDirectories();

  it("passes promtool's check of the configuration and its rules", function () {
    requireServer(this, "promtool");
    run("promtool", "check", "config", "prometheus/prometheus.yml");
    assert.doesNotMatch(run("promtool", "check", "rules", ...yamlFilesBelow("prometheus/rules")), /duplicate|warning/i);
  });

  it("passes its own rule tests: silent just before, firing just after", function () {
    requireServer(this, "promtool");
    // hours of samples: ten seconds of a CPU that has nothing else to do
    this.timeout(180_000);
    run("promtool", "test", "rules", ...yamlFilesBelow("prometheus/tests"));
  });

  it("can be told the credentials that a web-config file asks for, and where the runbooks are", async function () {
    requireServer(this, "promtool");
    const folder = await newDirectory();
    cpSync(join(packageRoot(), "prometheus"), folder, { recursive: true });
    const settings = ["scheme", "tls_config", "basic_auth", "runbooks_url", "replica"];
    let text = shippedText("prometheus/prometheus.yml");
    // each stands in both jobs, the last two once
    for (const setting of [...settings, ...settings.slice(0, 3)]) text = switchedOn(text, setting);
    assert.doesNotMatch(text, /^\s*#[a-z]/m, "something is still commented out");
    writeFileSync(join(folder, "prometheus.yml"), text);
    for (const file of ["culprit-ca.pem", "culprit.password"]) writeFileSync(join(folder, file), "");
    run("promtool", "check", "config", join(folder, "prometheus.yml"));
  });

  it("takes the links' labels off the alerts again, and those that tell the two of a pair apart", () => {
    const { global, alerting } = parse(shippedText("prometheus/prometheus.yml")) as {
      global: { external_labels: Record<string, string> };
      alerting: { alert_relabel_configs: { action: string; regex: string }[] };
    };
    const [relabel] = alerting.alert_relabel_configs;
    assert.equal(relabel?.action, "labeldrop");
    const dropped = new RegExp(`^(?:${relabel?.regex})$`);
    assert.deepEqual(
      Object.keys(global.external_labels).filter((name) => !dropped.test(name)),
      [],
    );
    for (const name of ["runbooks_url", "replica", "prometheus_replica"]) assert.match(name, dropped);
    for (const name of ["instance", "severity", "job"]) assert.doesNotMatch(name, dropped);
  });

  it("takes what tells the Prometheis of a pair apart off the alerts, for two alerts would be told twice", () => {
    const text = switchedOn(shippedText("prometheus/prometheus.yml"), "replica");
    const { global, alerting } = parse(text) as {
      global: { external_labels: Record<string, string> };
      alerting: { alert_relabel_configs: { action: string; regex: string }[] };
    };
    assert.equal(global.external_labels.replica, "a");
    const [drop] = alerting.alert_relabel_configs.filter(({ action }) => action === "labeldrop");
    // the second is what the Prometheus operator calls it
    for (const name of ["replica", "prometheus_replica"]) assert.match(name, new RegExp(`^(?:${drop?.regex})$`));
  });

  it("speaks of metrics and labels that exist, in every expression", () => {
    const rules = shippedRules();
    const known = knownMetrics(rules);
    assert.ok(rules.length > 30);
    for (const { alert, record, expr } of rules) assert.deepEqual(unknownNames(expr, known), [], alert ?? record);
  });

  it("speaks of metrics and labels that exist, in every query of an annotation", () => {
    const rules = shippedRules();
    const known = knownMetrics(rules);
    let seen = 0;
    for (const { alert, annotations } of shippedAlerts()) {
      for (const query of Object.values(annotations).flatMap(queriesOf)) {
        seen++;
        assert.deepEqual(unknownNames(askedQuery(query, {}), known), [], alert);
      }
    }
    assert.ok(seen > 100, `${seen} queries`);
  });

  it("tests every alert that it ships in each of its severities: silent, firing, and the text", () => {
    const tests = ruleTests();
    for (const { alert, labels } of shippedAlerts()) {
      const own = tests.filter(({ alertname }) => alertname === alert);
      const fires = ({ exp_alerts }: (typeof own)[number]) => exp_alerts.some((one) => one.exp_labels.severity === labels.severity);
      const first = own.findIndex(fires);
      assert.ok(first >= 0, `no test in which ${alert} fires as ${labels.severity}`);
      assert.ok(
        own.slice(0, first).some((test) => !fires(test)),
        `no test in which ${alert} is silent before it fires as ${labels.severity}`,
      );
    }
  });

  it("tests what is said of a culprit, and that there is none", () => {
    const tests = ruleTests();
    for (const { alert, annotations } of shippedAlerts()) {
      const said = tests
        .filter(({ alertname }) => alertname === alert)
        .flatMap(({ exp_alerts }) => exp_alerts.map((one) => one.exp_annotations.description ?? ""));
      const [nobody] = /No(?:ne| process| single process)[^{}]*?(?=[.,{])/.exec(annotations.description ?? "") ?? [];
      assert.ok(nobody !== undefined, `${alert} has no words for it that there is no culprit`);
      assert.ok(
        said.some((text) => text.includes(nobody)),
        `no test in which ${alert} says "${nobody}"`,
      );
    }
  });
});
