// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
/** Fleet: one row a host, the ones in trouble first. */
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboard } from "./dashboard.ts";
import { hostDashboard, pageOfRow } from "./links.ts";
import { graph, loadSteps, noneSteps, number, shareSteps } from "./panels.ts";
import { hosts, lineLegend, nameWho, select, who } from "./promql.ts";
import { pageColumn, table } from "./tables.ts";
import { hostVariables } from "./variables.ts";

const up = `max by (instance) (up{${hosts}})`;
const loadPerCore = `max by (instance) (${select("culprit_load5")} / ${select("culprit_cpu_cores")})`;
const activeSpikes = `sum by (instance) (${select("culprit_spike_active")})`;
const firing = `sum by (instance) (${select("culprit_trigger_active")})`;

/** The fullest of all shares, load per core among them; a label keeps the load from being taken for another's series. */
const worstShare = `max by (instance) ({__name__=~"culprit_cpu_usage_ratio|culprit_memory_usage_ratio|culprit_pool_usage_ratio",${hosts}} or label_replace(${select("culprit_load5")} / ${select("culprit_cpu_cores")}, "figure", "load", "", ""))`;

const orNone = `or ${up} * 0`;
const trouble = [
  `1000 * (1 - ${up})`,
  `on (instance) (100 * ${firing} ${orNone})`,
  `on (instance) (10 * ${activeSpikes} ${orNone})`,
  `on (instance) (${worstShare} ${orNone})`,
].join(" + ");

/** Whom the newest verdict of each host named: the newest by its last sample, then the largest share. */
const shares = `(${select("culprit_spike_culprit_share_ratio", who)} and ${select("culprit_spike_culprit_info")})`;
const newest = `max_over_time(timestamp(${shares})[$__range:15s]) + last_over_time(${shares}[$__range:15s])`;
const lastCulprit = `max by (instance, resource, who) (${nameWho(
  `last_over_time(${shares}[$__range:15s]) and topk by (job, instance) (1, ${newest})`,
)})`;

const now = (expr: string) => [{ expr, kind: "instant" as const }];

/** The dashboard. */
export function fleet(): Dashboard {
  return dashboard({
    uid: "culprit-fleet",
    title: "Culprit / Fleet",
    description:
      "All hosts, the ones in trouble first. A click on a host opens its dashboard. Links to a host's own page are made of its instance label; scheme and port are in the menu of the variables.",
    from: "now-3h",
    variables: hostVariables(),
    sections: [
      {
        title: "Now",
        panels: [
          number({
            title: "Hosts up",
            description: "Hosts whose Culprit answered the last scrape.",
            unit: "none",
            span: 6,
            steps: [[null, "green"]],
            targets: now(`count(${up} == 1) or vector(0)`),
          }),
          number({
            title: "Hosts down",
            description: "Hosts that Prometheus knows and could not scrape.",
            unit: "none",
            span: 6,
            steps: noneSteps,
            targets: now(`count(${up} == 0) or vector(0)`),
          }),
          number({
            title: "Hosts with a spike",
            description: "Hosts on which at least one resource is away from its own baseline.",
            unit: "none",
            span: 6,
            steps: [
              [null, "green"],
              [1, "orange"],
            ],
            targets: now(`count(${activeSpikes} > 0) or vector(0)`),
          }),
          number({
            title: "Hosts with a trigger firing",
            description: "Hosts on which at least one trigger of Culprit's configuration is over its threshold.",
            unit: "none",
            span: 6,
            steps: noneSteps,
            targets: now(`count(${firing} > 0) or vector(0)`),
          }),
        ],
      },
      { title: "Hosts", panels: [hostTable()] },
      {
        title: "Over time",
        panels: [
          graph({
            title: "CPU",
            description: "Share of all CPUs of each host that was busy, mean over Culprit's window.",
            unit: "percentunit",
            span: 12,
            max: 1,
            targets: [{ expr: select("culprit_cpu_usage_ratio"), legend: "{{instance}}" }],
          }),
          graph({
            title: "Load per core",
            description: "Load average of 5 minutes divided by the number of CPUs: above 1, tasks wait. Windows has no load.",
            unit: "short",
            span: 12,
            targets: [{ expr: loadPerCore, legend: "{{instance}}" }],
          }),
          graph({
            title: "Memory",
            description: "Share of memory that is not available, mean over Culprit's window.",
            unit: "percentunit",
            span: 12,
            max: 1,
            targets: [{ expr: select("culprit_memory_usage_ratio"), legend: "{{instance}}" }],
          }),
          graph({
            title: "Fullest disk",
            description: "The fullest file system of each host.",
            unit: "percentunit",
            span: 12,
            max: 1,
            targets: [{ expr: `max by (instance) (${select("culprit_pool_usage_ratio")})`, legend: "{{instance}}" }],
          }),
          graph({
            title: "Biggest CPU users of the fleet",
            description: "The ten lines, of all hosts together, that used most CPU in the range; the same ten at every step.",
            unit: "suffix: cores",
            span: 24,
            ofProcesses: true,
            targets: [
              {
                expr: `${select("culprit_process_cpu_cores", who)} and topk(10, max_over_time(${select("culprit_process_cpu_cores", who)}[$__range] @ end()))`,
                legend: lineLegend,
              },
            ],
          }),
        ],
      },
    ],
  });
}

function hostTable() {
  const host = "${__data.fields.Host:percentencode}";
  const livePage = { title: "Live page of ${__data.fields.Host}", url: `${pageOfRow}/` };
  const share = (name: string, expr: string) => ({
    name,
    expr,
    unit: "percentunit",
    width: 88,
    bar: true as const,
    max: 1,
    steps: shareSteps,
  });
  return table({
    title: "Hosts, by trouble",
    description:
      "One row a host. Trouble is 1000 for a host that is down, 100 for each trigger that fires, 10 for each spike that lasts, and the fullest of load per core, CPU, memory and disks. Disk is the fullest of the host, firing the number of triggers that do. The last culprit is the first of the host's newest spike in the range, with its share.",
    span: 24,
    height: 12,
    labels: [
      ["instance", { name: "Host", width: 130, links: [hostDashboard(host), livePage] }],
      ["who", { name: "Last culprit" }],
      ["resource", { name: "Spike of", width: 110 }],
      pageColumn,
    ],
    values: [
      { name: "Trouble", expr: trouble, unit: "locale", width: 100 },
      { name: "Up", expr: up, unit: "none", width: 50, words: { 0: ["down", "red"], 1: ["up", "green"] } },
      { name: "Load/core", expr: loadPerCore, unit: "short", width: 95, steps: loadSteps },
      share("CPU", `max by (instance) (${select("culprit_cpu_usage_ratio")})`),
      share("CPU peak", `max by (instance) (${select("culprit_cpu_usage_peak_ratio")})`),
      share("Memory", `max by (instance) (${select("culprit_memory_usage_ratio")})`),
      share("Disk", `max by (instance) (${select("culprit_pool_usage_ratio")})`),
      { name: "Spikes", expr: activeSpikes, unit: "none", width: 70, steps: noneSteps },
      { name: "Firing", expr: firing, unit: "none", width: 70, steps: noneSteps },
      { name: "Share", expr: lastCulprit, unit: "percentunit", width: 65 },
    ],
    sortBy: "Trouble",
  });
}
