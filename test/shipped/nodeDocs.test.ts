import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../support/paths.ts";
import { requireServer } from "../support/servers.ts";
import { tempDirectories } from "../support/tempDirectory.ts";
import { shippedText } from "./support/rules.ts";

/** The examples of the section on archives. */
function examples(): readonly string[] {
  const [, section = ""] = shippedText("docs/node.md").split("## An archive for an alert of node-mixin\n");
  return [...(section.split(/^## /m)[0] ?? "").matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ""]) => text);
}

describe("the alerts of node-mixin that docs/node.md lets ask for an archive", function () {
  this.timeout(20_000);
  const newDirectory = tempDirectories();

  function run(program: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: packageRoot(), encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    return stdout.trim();
  }

  it("reach Culprit by one added label, and still nobody who was not told before", async function () {
    requireServer(this, "promtool", "amtool");
    const [rules = ""] = examples();
    const file = join(await newDirectory(), "rules.yml");
    writeFileSync(file, rules);
    run("promtool", "check", "rules", file);
    const [{ alert, labels }] = (parse(rules) as { groups: [{ rules: [{ alert: string; labels: Record<string, string> }] }] }).groups[0]
      .rules;
    const receivers = (given: Readonly<Record<string, string>>) =>
      run(
        "amtool",
        "config",
        "routes",
        "test",
        "--config.file=alertmanager/alertmanager.yml",
        ...Object.entries(given).map((one) => one.join("=")),
      );
    const { capture, ...before } = { ...labels, alertname: alert, instance: "web1", job: "node" } as Record<string, string>;
    assert.equal(capture, "true");
    assert.equal(receivers({ ...before, capture: "true" }), `culprit,${receivers(before)}`);
  });

  it("can be chosen in prometheus.yml instead, where the rules stay as they are", async function () {
    requireServer(this, "promtool");
    const [, relabel = ""] = examples();
    const { alerting } = parse(relabel) as { alerting: { alert_relabel_configs: Record<string, unknown>[] } };
    assert.deepEqual(alerting.alert_relabel_configs[0]?.target_label, "capture");
    const file = join(await newDirectory(), "prometheus.yml");
    writeFileSync(file, relabel);
    run("promtool", "check", "config", file);
  });
});
