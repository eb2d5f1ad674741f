/**
 * Prometheus' alert rules as Grafana-managed ones, for those without Alertmanager: prometheus/rules stays the only place where they are
 * written.
 *
 * A rule becomes three steps, as Grafana's own importer makes them: the query, a sum that is 1 for whatever value came back (Prometheus
 * fires for every series that an expression returns, 0 included), and the threshold above 0. Grafana's templates cannot run queries, so
 * what is said by a query is left out, and the description says where to look instead.
 */
import { stringify } from "yaml";
import { prometheusUid } from "./variables.ts";

/** A rule of Prometheus, as far as it is used here. */
export interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A file of rules, parsed. */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly interval?: string; readonly rules: readonly Rule[] }[];
}

/** The folder of dashboards and alerts; by its title, for alert files cannot name a folder by its uid. */
export const folderTitle = "Culprit";

const header = `# Made by \`npm run dashboards\` from prometheus/rules: do not edit it here. README.md beside this folder says how to switch it on.
# The rules need the recorded series of prometheus/rules, so the Prometheus behind the data source must load those files.
`;

const whereToLook = "Who it was: the Host dashboard shows it, and the alert's archive where one is made.";

/** The text of a provisioning file with the alerts of all files. */
export function ruleProvisioning(files: readonly RuleFile[]): string {
  const groups = files.flatMap((file) => file.groups);
  const severities = new Map<string, number>();
  for (const { alert } of groups.flatMap((group) => group.rules)) {
    if (alert !== undefined) severities.set(alert, (severities.get(alert) ?? 0) + 1);
  }
  const converted = groups.flatMap(({ name, interval = "1m", rules }) => {
    const alerts = rules.flatMap((rule) => {
      if (rule.alert === undefined) return [];
      return [convert(rule.alert, rule, (severities.get(rule.alert) ?? 0) > 1)];
    });
    return alerts.length === 0 ? [] : [{ orgId: 1, name, folder: folderTitle, interval, rules: alerts }];
  });
  return header + stringify({ apiVersion: 1, groups: converted }, { lineWidth: 0, aliasDuplicateObjects: false });
}

function convert(alert: string, rule: Rule, isOneOfSeveral: boolean) {
  const severity = rule.labels?.severity ?? "none";
  const expression = (refId: string, model: object) => ({
    refId,
    relativeTimeRange: { from: 0, to: 0 },
    datasourceUid: "__expr__",
    model: { refId, datasource: { type: "__expr__", uid: "__expr__" }, ...model },
  });
  return {
    uid: `culprit-${alert}${isOneOfSeveral ? `-${severity}` : ""}`.toLowerCase(),
    // titles are unique within a folder
    title: isOneOfSeveral ? `${alert} (${severity})` : alert,
    condition: "threshold",
    data: [
      {
        refId: "query",
        relativeTimeRange: { from: 600, to: 0 },
        datasourceUid: prometheusUid,
        model: {
          refId: "query",
          datasource: { type: "prometheus", uid: prometheusUid },
          expr: rule.expr,
          instant: true,
          range: false,
          intervalMs: 15_000,
          maxDataPoints: 43_200,
        },
      },
      expression("any", { type: "math", expression: "is_number($query) || is_nan($query) || is_inf($query)" }),
      expression("threshold", {
        type: "threshold",
        expression: "any",
        conditions: [{ evaluator: { type: "gt", params: [0] } }],
      }),
    ],
    // no series means that the condition does not hold
    noDataState: "OK",
    execErrState: "Error",
    for: rule.for ?? "0s",
    annotations: convertAnnotations(rule.annotations ?? {}),
    labels: rule.labels ?? {},
  };
}

function convertAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const converted: Record<string, string> = {};
  for (const [name, template] of Object.entries(annotations)) {
    const kept = convertTemplate(template);
    const text = name === "description" && kept !== template ? `${kept} ${whereToLook}`.trim() : kept;
    if (text !== "") converted[name] = text;
  }
  return converted;
}

/** A template of Prometheus as Grafana understands it. */
export function convertTemplate(template: string): string {
  const kept = withoutQueries(template)
    .replace(/\{\{-?\s*or \$externalLabels\.grafana_url `[^`]*`\s*-?\}\}\//g, "{{ externalURL }}")
    .replace(/\{\{-?\s*or \$externalLabels\.\w+ `([^`]*)`\s*-?\}\}/g, "$1")
    // no dollar sign is left: provisioning takes $name for a variable of the environment
    .replace(/\$labels\./g, ".Labels.")
    // what is missing cannot be compared
    .replace(/\beq (\.Labels\.\w+)/g, "eq (print $1)")
    .replace(/\s+/g, " ")
    .trim();
  const whole = kept.replace(/\{\{-?\s*\$value\b([^{}]*?)\s*-?\}\}/g, (_, rest: string) => valueIfAny(rest));
  if (/\$\w/.test(whole) || /\{\{-?\s*(?:with|range)\b/.test(kept)) throw new Error(`no equivalent in Grafana's templates: ${whole}`);
  return whole;
}

/** Before there is data Grafana has no value, and shows the whole template as it is when a function meets nothing. */
function valueIfAny(rest: string): string {
  return `{{ with .Values.query }}{{ .Value${rest} }}{{ else }}(no value){{ end }}`;
}

/** An action of a template; braces within its strings do not end it. */
const actions = /(\{\{(?:`[^`]*`|"(?:[^"\\]|\\.)*"|[^`"}]|\}(?!\}))*\}\})/;

/** Takes out every block that begins with a query, up to its own end. */
function withoutQueries(template: string): string {
  let kept = "";
  let depth = 0;
  for (const piece of template.split(actions)) {
    const keyword = /^\{\{-?\s*(with|if|range|end)\b/.exec(piece)?.[1];
    if (depth > 0) {
      if (keyword === "end") depth -= 1;
      else if (keyword !== undefined) depth += 1;
    } else if (keyword !== undefined && keyword !== "end" && /\bquery\b/.test(piece)) depth = 1;
    else kept += piece;
  }
  return kept;
}
