import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Registry } from "prom-client";
import { parse } from "yaml";
import { catalogue } from "../../src/metrics/catalogue/index.ts";
import { createEvents } from "../../src/metrics/events.ts";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";

function run(program: string, ...args: string[]): string {
  const done = spawnSync(program, args, { cwd: packageRoot(), encoding: "utf8" });
  assert.equal(done.status, 0, `${program} ${args.join(" ")}:\n${done.stdout}${done.stderr}`);
  return done.stdout + done.stderr;
}

function filesBelow(directory: string): string[] {
  return readdirSync(join(packageRoot(), directory), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => join(directory, file));
}

/** Every name that /metrics can show, with the endings of histograms. */
function knownMetrics(): ReadonlySet<string> {
  const registry = new Registry();
  createEvents(registry);
  const names = new Set(catalogue.map((family) => family.name));
  for (const { name, type } of registry.getMetricsAsArray() as unknown as { name: string; type: string }[]) {
    names.add(name);
    if (type === "histogram") for (const ending of ["_bucket", "_sum", "_count"]) names.add(name + ending);
  }
  return names;
}

describe("what is shipped for Prometheus and Alertmanager", () => {
  it("passes promtool's check of the configuration and its rules", function () {
    requireServer(this, "promtool");
    run("promtool", "check", "config", "prometheus/prometheus.yml");
  });

  it("passes its own rule tests: silent just before, firing just after", function () {
    requireServer(this, "promtool");
    run("promtool", "test", "rules", ...filesBelow("prometheus/tests"));
  });

  it("passes amtool's check of the configuration", function () {
    requireServer(this, "amtool");
    run("amtool", "check-config", "alertmanager/alertmanager.yml");
  });

  it("speaks of metrics that exist", () => {
    const known = knownMetrics();
    const named = filesBelow("prometheus/rules").flatMap((file) => {
      const text = readFileSync(join(packageRoot(), file), "utf8");
      return [...text.matchAll(/\bculprit_[a-z0-9_]+/g)].map((match) => match[0]);
    });
    assert.ok(named.length > 5);
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
  });

  it("tests every rule that it ships", () => {
    const alertsIn = (file: string) => {
      const { groups } = parse(readFileSync(join(packageRoot(), file), "utf8")) as { groups: { rules: { alert?: string }[] }[] };
      return groups.flatMap((group) => group.rules.flatMap((rule) => rule.alert ?? []));
    };
    const tested = filesBelow("prometheus/tests").map((file) => readFileSync(join(packageRoot(), file), "utf8"));
    for (const alert of filesBelow("prometheus/rules").flatMap(alertsIn)) {
      assert.ok(
        tested.some((text) => text.includes(`alertname: ${alert}`)),
        `no test of ${alert}`,
      );
    }
  });
});
