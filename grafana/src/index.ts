/** Everything that is generated; `npm run dashboards` writes it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { parse } from "yaml";
import { type RuleFile, ruleProvisioning } from "./alerts.ts";
import { captures } from "./captures.ts";
import { culprits } from "./culprits.ts";
import { fleet } from "./fleet.ts";
import { host } from "./host.ts";
import { itself } from "./itself.ts";

/** All dashboards, made anew at each call, for the builders of the library are mutable. */
export function allDashboards(): readonly Dashboard[] {
  return [fleet(), host(), culprits(), captures(), itself()];
}

/** Where the generated alert rules are: beside the folder that Grafana reads, to be switched on by those who want them. */
export const rulesPath = "grafana/provisioning/optional/alerting/rules.yml";

/** Path and text of every generated file; `project` is the folder of package.json, where the rules of Prometheus are read. */
export function generatedFiles(project: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const dashboard of allDashboards())
    files.set(`grafana/dashboards/${dashboard.uid}.json`, `${JSON.stringify(dashboard, undefined, 2)}\n`);
  files.set(rulesPath, ruleProvisioning(readRuleFiles(join(project, "prometheus", "rules"))));
  return files;
}

function readRuleFiles(folder: string): readonly RuleFile[] {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.sort().map((name) => parse(readFileSync(join(folder, name), "utf8"), { merge: true }) as RuleFile);
}
