import assert from "node:assert/strict";
import { type DashboardFile, type PlacedQuery, queryOf } from "./dashboards.ts";
import { type Chosen, interpolate, stepSeconds, type View } from "./interpolate.ts";

/** A series of an answer: its labels, and its values by time in seconds. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: number])[];
}

/** Asks a Prometheus what Grafana would ask it. */
export class PrometheusApi {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  async range(query: string, fromMs: number, toMs: number, step: number): Promise<readonly Series[]> {
    const data = await this.#ask("query_range", { query, start: String(fromMs / 1000), end: String(toMs / 1000), step: String(step) });
    return seriesOf(data);
  }

  async instant(query: string, atMs: number): Promise<readonly Series[]> {
    return seriesOf(await this.#ask("query", { query, time: String(atMs / 1000) }));
  }

  /** Throws what Prometheus says where it cannot parse the query. */
  async parse(query: string): Promise<void> {
    await this.#ask("format_query", { query });
  }

  /** The options of a variable. */
  async options(query: string, regex: string | undefined, fromMs: number, toMs: number): Promise<readonly string[]> {
    const values = await this.#values(query, fromMs, toMs);
    if (regex === undefined || regex === "") return values;
    const pattern = new RegExp(regex.replace(/^\/|\/$/g, ""));
    return [...new Set(values.flatMap((value) => pattern.exec(value)?.[1] ?? []))];
  }

  async #values(query: string, fromMs: number, toMs: number): Promise<readonly string[]> {
    const labelValues = /^label_values\((?:(.+),\s*)?([a-zA-Z_][a-zA-Z0-9_]*)\)\s*$/.exec(query);
    const range = { start: String(fromMs / 1000), end: String(toMs / 1000) };
    if (labelValues !== null) {
      const [, selector, label] = labelValues;
      const match = selector === undefined ? {} : { "match[]": selector };
      return (await this.#ask(`label/${label}/values`, { ...range, ...match })) as string[];
    }
    const result = /^query_result\((.+)\)\s*$/s.exec(query)?.[1];
    assert.ok(result !== undefined, `this test does not know the query of a variable ${query}`);
    const series = await this.instant(result, toMs);
    return series.map(({ labels: { __name__ = "", ...labels }, values }) => {
      const inner = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
      return `${__name__}{${inner.join(",")}} ${values[0]?.[1]} ${toMs}`;
    });
  }

  async #ask(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const answer = await fetch(`${this.#base}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = (await answer.json()) as { status: string; error?: string; data: unknown };
    if (body.status !== "success") throw new Error(`${body.error}: ${parameters.query}`);
    return body.data;
  }
}

interface RawSeries {
  readonly metric: Record<string, string>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

function seriesOf(data: unknown): readonly Series[] {
  const { resultType, result } = data as { resultType: string; result: readonly RawSeries[] };
  assert.notEqual(resultType, "string");
  return result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
    labels: metric,
    values: values.map(([seconds, text]) => [seconds, Number(text)] as const),
  }));
}

/** A dashboard as a person opens it: everything is All. */
export class OpenDashboard {
  readonly #api: PrometheusApi;
  readonly dashboard: DashboardFile;
  readonly view: View;
  /** What is chosen in each variable. */
  readonly chosen = new Map<string, Chosen>();
  /** What could be chosen. */
  readonly options = new Map<string, readonly string[]>();

  constructor(api: PrometheusApi, dashboard: DashboardFile, view: View) {
    this.#api = api;
    this.dashboard = dashboard;
    this.view = view;
  }

  /** Asks for the options, each variable with what was chosen before it; what is not in `choices` is All, or the first. */
  async open(choices: Readonly<Record<string, string>> = {}): Promise<void> {
    const { list } = this.dashboard.templating;
    for (const variable of list) {
      const query = queryOf(variable);
      const choice = choices[variable.name];
      if (query === undefined) {
        this.chosen.set(variable.name, choice ?? variable.current?.value ?? "");
        continue;
      }
      const sent = interpolate(query, list, this.chosen, this.view);
      const options = await this.#api.options(sent, variable.regex, this.view.fromMs, this.view.toMs);
      this.options.set(variable.name, options);
      const all = variable.allValue === undefined ? options : "$__all";
      this.chosen.set(variable.name, choice ?? (variable.includeAll === true ? all : (options[0] ?? "")));
    }
  }

  /** The query as it is sent. */
  sent({ expr, panel }: PlacedQuery): string {
    return interpolate(expr, this.dashboard.templating.list, this.chosen, this.view, secondsOf(panel?.interval));
  }

  ask(query: PlacedQuery): Promise<readonly Series[]> {
    const { fromMs, toMs } = this.view;
    if (query.kind === "instant") return this.#api.instant(this.sent(query), toMs);
    return this.#api.range(this.sent(query), fromMs, toMs, stepSeconds(this.view, secondsOf(query.panel?.interval)));
  }
}

function secondsOf(interval: string | undefined): number {
  const match = /^(\d+)s$/.exec(interval ?? "15s");
  assert.ok(match !== null, `this test does not know the interval ${interval}`);
  return Number(match[1]);
}
