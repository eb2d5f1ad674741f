// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
/** Culprits: who used what in the chosen range, and who made the spikes. */
import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { captures, spikes } from "./annotations.ts";
import { dashboard } from "./dashboard.ts";
import { livePageOfRow, pageOfRow } from "./links.ts";
import { graph, type Steps } from "./panels.ts";
import { lineLabels, lineLegend, meanOverRange, nameWho, select, selectLines, topLines, who, withSpikeStart } from "./promql.ts";
import { pageColumn, type TableSpec, table, type ValueColumn } from "./tables.ts";
import { processVariables } from "./variables.ts";

/** The dashboard. */
export function culprits(): Dashboard {
  return dashboard({
    uid: "culprit-culprits",
    title: "Culprit / Culprits",
    description:
      "Who used CPU, memory, disks and run queue in the chosen range, and who made the spikes. Means are over the time in which the host was seen, so that a burst counts for what it was.",
    from: "now-6h",
    variables: processVariables(),
    annotations: [spikes, captures],
    sections: [
      { title: "Who used what in this range", panels: [cpuTable(), memoryTable(), diskTable(), loadTable()] },
      {
        title: "The top lines over time",
        panels: [
          lines("CPU", "suffix: cores", "culprit_process_cpu_cores", "Cores used"),
          lines("Memory", "decbytes", "culprit_process_memory_bytes", "Resident memory"),
          lines("Writes", "Bps", "culprit_process_written_bytes_per_second", "Bytes per second written"),
          lines("Reads", "Bps", "culprit_process_read_bytes_per_second", "Bytes per second read"),
        ],
      },
      { title: "Who made the spikes", panels: [spikeTable(), spikeShares(), spikeCounts()] },
      { title: "How much has a name", panels: [coverage(), dropped()] },
    ],
  });
}

const rowLabels: TableSpec["labels"] = [
  ["process", { name: "Process", links: [livePageOfRow] }],
  ["unit", { name: "Unit" }],
  ["container", { name: "Container" }],
  ["user", { name: "User", width: 90 }],
  ["instance", { name: "Host", width: 110 }],
  pageColumn,
];

const perRow = `on (${lineLabels})`;
const perHost = "on (instance) group_left ()";

/** The top lines by their mean; the other columns are of the same lines. */
function topByMean(metric: string): { readonly mean: string; readonly ofThose: (expr: string) => string } {
  const mean = `topk($top, ${meanOverRange(selectLines(metric))})`;
  return { mean, ofThose: (expr) => `(${expr}) and ${perRow} ${mean}` };
}

function highest(metric: string): string {
  return `max by (${lineLabels}) (max_over_time(${selectLines(metric)}[$__range]))`;
}

function bar(name: string, expr: string, unit: string, steps?: Steps): ValueColumn {
  return { name, expr, unit, bar: true, ...(steps === undefined ? {} : { steps }) };
}

function cpuTable(): Panel {
  const { mean, ofThose } = topByMean("culprit_process_cpu_cores");
  const machine = `sum by (instance) (sum_over_time(${select("culprit_process_cpu_cores")}[$__range]) / on (job, instance) group_left () count_over_time(${select("culprit_cpu_cores")}[$__range]))`;
  const share = `${mean} / ${perHost} ${machine}`;
  return table({
    title: "CPU",
    description:
      "Who used the CPU: cores on average over the range, share of what the host was busy with, CPU time in all, and cores in the busiest second.",
    span: 24,
    labels: rowLabels,
    values: [
      bar("Mean", mean, "suffix: cores"),
      { name: "Share of the host", expr: share, unit: "percentunit", width: 156 },
      {
        name: "CPU time",
        expr: `${share} * ${perHost} sum by (instance) (increase(${select("culprit_cpu_busy_seconds_total")}[$__range]))`,
        unit: "s",
        width: 100,
      },
      { name: "Busiest second", expr: ofThose(highest("culprit_process_cpu_peak_cores")), unit: "suffix: cores", width: 132 },
    ],
    sortBy: "Mean",
  });
}

function memoryTable(): Panel {
  const { mean, ofThose } = topByMean("culprit_process_memory_bytes");
  return table({
    title: "Memory",
    description: "Who had the memory: resident bytes on average over the range, and at most.",
    span: 24,
    labels: rowLabels,
    values: [
      bar("Mean", mean, "decbytes"),
      { name: "At most", expr: ofThose(highest("culprit_process_memory_bytes")), unit: "decbytes", width: 110 },
    ],
    sortBy: "Mean",
  });
}

function diskTable(): Panel {
  const metric = (direction: string) => `culprit_process_${direction}_bytes_per_second`;
  const sumOf = (direction: string) => meanOverRange(selectLines(metric(direction)));
  const both = `${sumOf("read")} + ${perRow} ${sumOf("written")}`;
  const mean = `topk($top, ${both})`;
  return table({
    title: "Disk traffic",
    description: "Who read from storage and wrote to it: bytes per second on average over the range, both together first.",
    span: 24,
    labels: rowLabels,
    values: [
      bar("Read and written", mean, "Bps"),
      { name: "Read", expr: `${sumOf("read")} and ${perRow} ${mean}`, unit: "Bps", width: 110 },
      { name: "Written", expr: `${sumOf("written")} and ${perRow} ${mean}`, unit: "Bps", width: 110 },
      { name: "Written at most", expr: `${highest(metric("written"))} and ${perRow} ${mean}`, unit: "Bps", width: 140 },
    ],
    sortBy: "Read and written",
  });
}

function loadTable(): Panel {
  const { mean, ofThose } = topByMean("culprit_process_tasks");
  const ofState = (state: string) => meanOverRange(selectLines("culprit_process_tasks", `state="${state}"`));
  return table({
    title: "Load",
    description:
      "Who made the load: tasks that ran or were in uninterruptible sleep, on average over the range. Those in uninterruptible sleep are victims of something slow rather than culprits.",
    span: 24,
    labels: rowLabels,
    values: [
      bar("Tasks", mean, "short"),
      { name: "Running", expr: ofThose(ofState("running")), unit: "short", width: 110 },
      { name: "Waiting", expr: ofThose(ofState("uninterruptible")), unit: "short", width: 110 },
    ],
    sortBy: "Tasks",
  });
}

function lines(title: string, unit: string, metric: string, what: string): Panel {
  return graph({
    title: `${title} of the top lines`,
    description: `${what} by the lines with the highest values of the range: the same lines at every step, no more than chosen.`,
    unit,
    span: 12,
    height: 9,
    ofProcesses: true,
    targets: [{ expr: topLines(selectLines(metric)), legend: lineLegend }],
  });
}

const shares = select("culprit_spike_culprit_share_ratio", who, 'process=~"$process"');

function spikeTable(): Panel {
  const pageAtStart = { title: "Live page at the start", url: `${pageOfRow}/?at=\${__data.fields.Start}` };
  const each = `last_over_time((${withSpikeStart(nameWho(shares))})[$__range:15s])`;
  return table({
    title: "Share of the rise, spike by spike",
    description: "Each spike of the range with the lines that made it: their share of the rise over the resource's own baseline.",
    span: 24,
    labels: [
      ["start", { name: "Start", unit: "dateTimeAsIso", width: 170, links: [pageAtStart] }],
      ["resource", { name: "Resource", width: 108 }],
      ["who", { name: "Who" }],
      ["unit", { name: "Unit" }],
      ["container", { name: "Container" }],
      ["user", { name: "User", width: 90 }],
      ["instance", { name: "Host", width: 110 }],
      pageColumn,
    ],
    values: [
      {
        name: "Share of the rise",
        expr: `max by (start, resource, who, unit, container, user, instance) (${each})`,
        unit: "percentunit",
        bar: true,
        max: 1,
      },
    ],
    convert: { label: "start", to: "number" },
    sortBy: "Start",
    noValue: "no spike in this range",
  });
}

function spikeShares(): Panel {
  return graph({
    title: "Share of the rise",
    description: "Shares of the first three of each resource's newest spike, from the first verdict until five minutes after its end.",
    noValue: "no spike in this range",
    unit: "percentunit",
    span: 12,
    height: 9,
    max: 1,
    ofProcesses: true,
    targets: [{ expr: shares, legend: `{{resource}}: ${lineLegend}` }],
  });
}

function spikeCounts(): Panel {
  return graph({
    title: "Spikes",
    description: "Spikes that began, by resource.",
    noValue: "no spike in this range",
    unit: "none",
    span: 12,
    height: 9,
    bars: true,
    stacked: true,
    targets: [
      {
        expr: `sum by (instance, resource) (increase(${select("culprit_spikes_total")}[$__rate_interval]))`,
        legend: "{{resource}} · {{instance}}",
      },
    ],
  });
}

function coverage(): Panel {
  return graph({
    title: "Coverage",
    description:
      "Share of the busy CPU time, and of the tasks that make the load, whose process is known. Absent while a machine has next to nothing to do.",
    unit: "percentunit",
    span: 12,
    max: 1,
    targets: [{ expr: select("culprit_attribution_ratio"), legend: "{{resource}} · {{instance}}" }],
  });
}

function dropped(): Panel {
  return graph({
    title: "What has no name",
    description:
      "Cores that are not shown by name: other processes outside of the top, interrupts, and what nobody can be given (unattributed).",
    unit: "suffix: cores",
    span: 12,
    stacked: true,
    targets: [
      {
        expr: `sum by (instance, kind) (${select("culprit_process_cpu_cores", 'kind!~"process|short_lived"')})`,
        legend: "{{kind}} · {{instance}}",
      },
    ],
  });
}
