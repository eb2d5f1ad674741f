/**
 * The Helm chart with its default values, without Helm: deploy/kubernetes/ is made so, and a test holds it to that. It knows what the chart uses
 * and refuses the rest; `npm run proof -- kubernetes` holds it against Helm itself.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

/** @typedef {Readonly<Record<string, unknown>>} Values */

/** Where the files are that kustomize reads, and the namespace that they name. */
const namespace = "culprit";
const note = "# Written by `npm run kubernetes` from deploy/helm/culprit: changes go there, or into an overlay.\n";

/**
 * @param {string} chart the folder of Chart.yaml
 * @param {Values} values instead of the chart's own, section by section
 * @returns {ReadonlyMap<string, string>} file names and texts; templates that are switched off are left out
 */
export function renderChart(chart, values = {}) {
  const { appVersion } = parse(readFileSync(join(chart, "Chart.yaml"), "utf8"));
  const context = {
    Values: { ...parse(readFileSync(join(chart, "values.yaml"), "utf8")), ...values },
    Chart: { AppVersion: appVersion },
    Release: { Namespace: namespace },
  };
  const names = readdirSync(join(chart, "templates")).sort();
  const rendered = names.map(
    (name) => /** @type {const} */ ([name, render(readFileSync(join(chart, "templates", name), "utf8"), context)]),
  );
  return new Map(rendered.filter(([, text]) => text.trim() !== "").map(([name, text]) => [name, note + text]));
}

/**
 * @param {string} template
 * @param {Values} context
 * @returns {string}
 */
export function render(template, context) {
  /** @type {string[]} */
  const lines = [];
  /** @type {boolean[]} */
  const conditions = [];
  for (const line of template.split("\n")) {
    const condition = /^\{\{- if (\S+) \}\}$/.exec(line)?.[1];
    if (condition !== undefined) conditions.push(Boolean(lookUp(condition, context)));
    else if (line === "{{- end }}") conditions.pop();
    else if (conditions.every(Boolean)) lines.push(renderLine(line, context));
  }
  return lines.join("\n");
}

/**
 * @param {string} line
 * @param {Values} context
 */
function renderLine(line, context) {
  const block = /^ *\{\{- toYaml (\S+) \| nindent (\d+) \}\}$/.exec(line);
  if (block !== null) return indent(toYaml(lookUp(block[1] ?? "", context)), Number(block[2]));
  const hashed = /^( *\S+: )\{\{ toYaml (\S+) \| sha256sum \}\}$/.exec(line);
  if (hashed !== null)
    return `${hashed[1]}${createHash("sha256")
      .update(toYaml(lookUp(hashed[2] ?? "", context)))
      .digest("hex")}`;
  return line.replace(/\{\{ (\S+)(?: \| default (\S+))?( \| quote)? \}\}|\{\{.*/g, (all, path, fallback, quote) => {
    if (path === undefined) throw new Error(`scripts/lib/chart.mjs does not know ${all.trim()}`);
    const own = lookUp(path, context);
    const value = fallback !== undefined && (own === "" || own === undefined) ? lookUp(fallback, context) : own;
    return quote === undefined ? String(value) : JSON.stringify(value);
  });
}

/**
 * @param {string} path `.Values.image.tag`
 * @param {Values} context
 * @returns {unknown}
 */
function lookUp(path, context) {
  if (!/^(?:\.\w+)+$/.test(path)) throw new Error(`scripts/lib/chart.mjs does not know ${path}`);
  /** @type {unknown} */
  let value = context;
  for (const key of path.slice(1).split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) throw new Error(`values.yaml has no ${path}`);
    value = /** @type {Record<string, unknown>} */ (value)[key];
  }
  return value;
}

/** @param {unknown} value as Helm writes it */
function toYaml(value) {
  return stringify(value, { lineWidth: 0, sortMapEntries: true, indentSeq: false }).trimEnd();
}

/** @param {string} text @param {number} width */
function indent(text, width) {
  return text.replace(/^/gm, " ".repeat(width));
}
