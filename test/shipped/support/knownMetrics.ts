import { Registry } from "prom-client";
import { catalogue } from "../../../src/metrics/catalogue/allFamilies.ts";
import { createEvents } from "../../../src/metrics/events.ts";
import { groupingsOf, selectorsOf } from "./promqlNames.ts";
import type { ShippedRule } from "./rules.ts";

/** What Prometheus adds to everything that it scrapes. */
const ofEveryTarget = ["instance", "job"];

/** Metrics by name, with the labels that they may have: those of /metrics, `up`, and what the rules record. */
export function knownMetrics(rules: readonly ShippedRule[]): ReadonlyMap<string, ReadonlySet<string>> {
  const registry = new Registry();
  createEvents(registry);
  const known = new Map<string, ReadonlySet<string>>([["up", new Set(ofEveryTarget)]]);
  const add = (name: string, labels: readonly string[]) => known.set(name, new Set([...ofEveryTarget, ...labels]));
  for (const { name, labels } of catalogue) add(name, labels);
  const events = registry.getMetricsAsArray() as unknown as { name: string; type: string; labelNames?: string[] }[];
  for (const { name, type, labelNames = [] } of events) {
    if (type === "histogram") for (const ending of ["_bucket", "_sum", "_count"]) add(name + ending, [...labelNames, "le"]);
    else add(name, labelNames);
  }
  for (const { record, expr } of rules) if (record !== undefined) add(record, [...labelsAfter(expr, known)]);
  return known;
}

/** Labels that the result of an expression may have: at most those of what it selects. */
export function labelsAfter(expression: string, known: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const named = selectorsOf(expression).flatMap(({ isNamed }) => [...known].filter(([name]) => isNamed(name)));
  return new Set(named.flatMap(([, labels]) => [...labels]));
}

/** What is wrong with the names in an expression; nothing, if all of them exist. */
export function unknownNames(expression: string, known: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const selectors = selectorsOf(expression);
  if (selectors.length === 0) return [`nothing is selected by ${expression}`];
  const all = labelsAfter(expression, known);
  return [
    ...selectors.flatMap(({ text, isNamed, labels }) => {
      const meant = [...known].filter(([name]) => isNamed(name));
      if (meant.length === 0) return [`no metric is called ${text}`];
      return meant.flatMap(([name, has]) => labels.filter((label) => !has.has(label)).map((label) => `${name} has no label ${label}`));
    }),
    ...groupingsOf(expression)
      .filter((label) => !all.has(label))
      .map((label) => `nothing has the label ${label} in ${expression}`),
  ];
}
