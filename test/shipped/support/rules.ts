import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../support/paths.ts";

/** A rule as it is shipped; a recording rule has no alert's name. */
export interface ShippedRule {
  readonly file: string;
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

type WrittenRule = Omit<ShippedRule, "file" | "labels" | "annotations"> & Partial<Pick<ShippedRule, "labels" | "annotations">>;

/** A rule that alerts. */
export interface ShippedAlert extends ShippedRule {
  readonly alert: string;
}

/** YAML files below a folder, as paths from the package's root. */
export function yamlFilesBelow(directory: string): readonly string[] {
  return readdirSync(join(packageRoot(), directory), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => join(directory, file))
    .sort();
}

/** The text of a shipped file. */
export function shippedText(file: string): string {
  return readFileSync(join(packageRoot(), file), "utf8");
}

/** All rules; anchors and merges are resolved, as Prometheus does. */
export function shippedRules(): readonly ShippedRule[] {
  return yamlFilesBelow("prometheus/rules").flatMap((file) => {
    const { groups } = parse(shippedText(file), { merge: true }) as { groups: { rules: WrittenRule[] }[] };
    return groups.flatMap(({ rules }) =>
      rules.map(({ labels = {}, annotations = {}, ...rule }) => ({ ...rule, labels, annotations, file })),
    );
  });
}

/** All alerts. */
export function shippedAlerts(): readonly ShippedAlert[] {
  return shippedRules().flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));
}

/** Switches on what is commented out: the line of `setting` and those below it that belong to it. */
export function switchedOn(text: string, setting: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.trimStart().startsWith(`#${setting}`));
  if (start < 0) throw new Error(`there is no #${setting}`);
  const indent = (lines[start] ?? "").indexOf("#");
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const isSetting = at === start || (line.charAt(indent) === "#" && /^(-| {2})/.test(line.slice(indent + 1)));
    if (line.slice(0, indent).trim() !== "" || !isSetting) break;
    lines[at] = `${line.slice(0, indent)}${line.slice(indent + 1)}`;
  }
  return lines.join("\n");
}
