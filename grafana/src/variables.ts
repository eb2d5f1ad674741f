// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
/** The choices above a dashboard. */

import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { who } from "./promql.ts";

/** The data source that is chosen in the dashboard. */
export const source: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

/** The uid of the provisioned Prometheus. */
export const prometheusUid = "culprit-prometheus";

type Variable = DatasourceVariableBuilder | QueryVariableBuilder | CustomVariableBuilder | TextBoxVariableBuilder;

/** Data source, job and instance, and how links reach the hosts' pages. */
export function hostVariables(): Variable[] {
  return [datasource(), job(), instance()];
}

/** Those, and the processes. */
export function processVariables(): Variable[] {
  return [...hostVariables(), process(), top()];
}

/** How the page of a host is reached from its `instance` label; they are in the menu, for few ever need them. */
export function linkVariables(): Variable[] {
  return [scheme(), port()];
}

function datasource(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder("datasource")
    .label("Data source")
    .description("The Prometheus that scrapes Culprit.")
    .type("prometheus")
    .current({ text: "Prometheus", value: prometheusUid });
}

function query(name: string, label: string, description: string, text: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(source)
    .query({ query: text, refId: `variable-${name}` })
    .definition(text)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);
}

function withAll(variable: QueryVariableBuilder): QueryVariableBuilder {
  return variable
    .multi(true)
    .includeAll(true)
    .current({ text: ["All"], value: ["$__all"] });
}

function job(): QueryVariableBuilder {
  // the job that asks for node_exporter's families has none of culprit's, so it is not in this list
  return withAll(query("job", "Job", "Jobs that scrape Culprit.", "label_values(culprit_build_info, job)"));
}

function instance(): QueryVariableBuilder {
  // by `up`, so that a host that is down can be chosen, too
  return withAll(query("instance", "Host", "Hosts, by their instance label.", 'label_values(up{job=~"$job"}, instance)'));
}

function process(): QueryVariableBuilder {
  const text = `label_values(culprit_process_cpu_cores{job=~"$job",instance=~"$instance",${who}}, process)`;
  const description = "Processes that were shown by name; All has short-lived ones, too, which have none.";
  return withAll(query("process", "Process", description, text)).allValue(".*");
}

function top(): CustomVariableBuilder {
  return new CustomVariableBuilder("top")
    .label("Top")
    .description("How many lines are shown by name.")
    .values("5,10,20,40")
    .current({ text: "10", value: "10" });
}

function scheme(): CustomVariableBuilder {
  return new CustomVariableBuilder("scheme")
    .label("Page's scheme")
    .description("https where Culprit has a web config with TLS, or a proxy before it.")
    .values("http,https")
    .current({ text: "http", value: "http" })
    .hide(VariableHide.InControlsMenu);
}

/** Of an `instance` such as web1; one such as 10.0.0.1:10054 brings its own. */
function port(): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder("port")
    .label("Page's port")
    .description("Added in links to those hosts whose instance label has no port. Nothing where a proxy has the usual one.")
    .defaultValue(":10054")
    .current({ text: ":10054", value: ":10054" })
    .hide(VariableHide.InControlsMenu);
}
