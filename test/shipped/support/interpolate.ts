/** Variables in queries, replaced as Grafana's Prometheus data source does it (packages/grafana-prometheus, escaping.ts). */
import type { VariableFile } from "./dashboards.ts";

/** The time range of a dashboard, and how wide its panels are. */
export interface View {
  readonly fromMs: number;
  readonly toMs: number;
  readonly maxDataPoints: number;
  /** timeInterval of the data source. */
  readonly scrapeSeconds: number;
}

/** What a variable stands for: one text, or several of a variable that allows it. */
export type Chosen = string | readonly string[];

/** As Grafana finds variables: $name, [[name]], ${name}, ${name.field:format}. */
const references = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}/g;

/**
 * A query as it is sent. Throws for a variable that the dashboard has not: Grafana would send its name.
 *
 * `minSeconds` is the least interval of the panel.
 */
export function interpolate(
  text: string,
  variables: readonly VariableFile[],
  chosen: ReadonlyMap<string, Chosen>,
  view: View,
  minSeconds = view.scrapeSeconds,
): string {
  const builtIn = builtInVariables(view, minSeconds);
  return text.replace(references, (whole, plain: string | undefined, bracket: string | undefined, _, braced: string | undefined) => {
    const name = plain ?? bracket ?? braced ?? "";
    const format = whole.startsWith("${") ? /:([^}]+)\}$/.exec(whole)?.[1] : undefined;
    const known = builtIn.get(name);
    if (known !== undefined) return known;
    const variable = variables.find((one) => one.name === name);
    // $1 is what label_replace has found
    if (variable === undefined && /^\d+$/.test(name)) return whole;
    if (variable === undefined) throw new Error(`there is no variable ${name} for ${text}`);
    const value = chosen.get(name);
    if (value === undefined) throw new Error(`nothing was chosen for ${name}`);
    return formatValue(value, variable, format);
  });
}

/** The distance of two points of a graph. */
export function stepSeconds({ fromMs, toMs, maxDataPoints }: View, minSeconds: number): number {
  const seconds = (toMs - fromMs) / 1000;
  return Math.max(minSeconds, Math.ceil(seconds / maxDataPoints), Math.ceil(seconds / 11_000));
}

function builtInVariables(view: View, minSeconds: number): ReadonlyMap<string, string> {
  const rangeSeconds = Math.round((view.toMs - view.fromMs) / 1000);
  const step = stepSeconds(view, minSeconds);
  return new Map([
    ["__interval", `${step}s`],
    ["__interval_ms", String(step * 1000)],
    ["__range", `${rangeSeconds}s`],
    ["__range_s", String(rangeSeconds)],
    ["__range_ms", String(rangeSeconds * 1000)],
    // never less than four scrapes, whatever the zoom
    ["__rate_interval", `${Math.max(step + view.scrapeSeconds, 4 * view.scrapeSeconds)}s`],
  ]);
}

function formatValue(value: Chosen, variable: VariableFile, format: string | undefined): string {
  const isAll = value === "$__all" || (Array.isArray(value) && value[0] === "$__all");
  if (isAll) {
    if (variable.allValue === undefined) throw new Error(`All of ${variable.name} must be given as its values`);
    return variable.allValue;
  }
  const texts = typeof value === "string" ? [value] : value;
  if (format === "raw") return texts.join(",");
  if (format === "regex") return texts.length === 1 ? escapeRegex(texts[0] ?? "") : `(${texts.map(escapeRegex).join("|")})`;
  if (format !== undefined) throw new Error(`this test does not know the format ${format}`);
  if (variable.multi !== true && variable.includeAll !== true) return texts.map(escapeText).join(",");
  const escaped = texts.map(escapeSpecial);
  return escaped.length === 1 ? (escaped[0] ?? "") : `(${escaped.join("|")})`;
}

function escapeText(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/'/g, "\\\\'");
}

/** Twice, for it stands in a string of PromQL. */
function escapeSpecial(text: string): string {
  return text.replace(/\\/g, "\\\\\\\\").replace(/[$^*{}[\]+?.()|]/g, "\\\\$&");
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}/]/g, "\\$&");
}
