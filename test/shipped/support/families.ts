import { Registry } from "prom-client";
import { catalogue } from "../../../src/metrics/catalogue/allFamilies.ts";
import { createEvents } from "../../../src/metrics/events.ts";

/** What can be on /metrics under one name. */
export interface KnownFamily {
  readonly type: string;
  readonly labels: readonly string[];
}

/** Every name that a query can have: Culprit's own, with the endings of histograms, and what Prometheus adds to a scrape. */
export function knownFamilies(): ReadonlyMap<string, KnownFamily> {
  const known = new Map<string, KnownFamily>();
  for (const { name, type, labels } of catalogue) known.set(name, { type, labels });
  const registry = new Registry();
  createEvents(registry);
  type Event = { readonly name: string; readonly type: string; readonly labelNames: readonly string[] };
  for (const { name, type, labelNames } of registry.getMetricsAsArray() as unknown as readonly Event[]) {
    if (type !== "histogram") known.set(name, { type, labels: labelNames });
    else {
      known.set(`${name}_bucket`, { type: "counter", labels: [...labelNames, "le"] });
      for (const ending of ["_sum", "_count"]) known.set(name + ending, { type: "counter", labels: labelNames });
    }
  }
  for (const name of ["up", "scrape_duration_seconds", "scrape_samples_scraped"]) known.set(name, { type: "gauge", labels: [] });
  return known;
}

/** A selector of a query: the names that it can match and the labels that it asks for. */
export interface Selector {
  readonly names: readonly string[];
  readonly labels: readonly string[];
}

/** Every selector of a query. All of ours have braces. */
export function selectorsOf(expr: string): readonly Selector[] {
  const withoutStrings = (text: string) => text.replace(/"[^"]*"/g, '""');
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)?\{((?:"[^"]*"|[^"{}])*)\}/g)].flatMap(([, name, matchers = ""]) => {
    const labels = [...withoutStrings(matchers).matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map((match) => match[1] ?? "");
    const byName = /__name__=~"([^"]*)"/.exec(matchers)?.[1]?.split("|");
    const names = name === undefined ? (byName ?? []) : [name];
    return names.length === 0 ? [] : [{ names, labels: labels.filter((label) => label !== "__name__") }];
  });
}
