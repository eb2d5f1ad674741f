/** Host: each resource, and under it who it went to. */
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { captures, spikes } from "./annotations.ts";
import { dashboard, type Section } from "./dashboard.ts";
import { cpuSection, loadSection, memorySection, pressureSection } from "./hostCompute.ts";
import { diskSection, networkSection } from "./hostStorage.ts";
import { loadSteps, noneSteps, number, shareSteps, states } from "./panels.ts";
import { select } from "./promql.ts";
import { processVariables } from "./variables.ts";

/** The dashboard. */
export function host(): Dashboard {
  return dashboard({
    uid: "culprit-host",
    title: "Culprit / Host",
    description:
      "One host (or several): every resource with its top processes right under it, on the same vertical lines. Red marks are spikes and blue ones captures, with the culprit's name. A click on a graph leads to the host's live page at that moment; the address is made of the instance label, scheme and port are in the menu of the variables.",
    from: "now-1h",
    variables: processVariables(),
    annotations: [spikes, captures],
    sections: [now(), cpuSection(), memorySection(), diskSection(), networkSection(), loadSection(), pressureSection()],
  });
}

function now(): Section {
  return {
    title: "Now",
    panels: [
      number({
        title: "CPU",
        description: "Share of all CPUs that is busy, mean over Culprit's window of a minute.",
        unit: "percentunit",
        span: 4,
        steps: shareSteps,
        targets: [{ expr: select("culprit_cpu_usage_ratio"), legend: "{{instance}}" }],
      }),
      number({
        title: "Load per core",
        description: "Load average of 5 minutes divided by the number of CPUs: above 1, tasks wait.",
        unit: "short",
        span: 4,
        steps: loadSteps,
        targets: [{ expr: `${select("culprit_load5")} / ${select("culprit_cpu_cores")}`, legend: "{{instance}}" }],
      }),
      number({
        title: "Memory",
        description: "Share of memory that is not available, mean over Culprit's window of a minute.",
        unit: "percentunit",
        span: 4,
        steps: shareSteps,
        targets: [{ expr: select("culprit_memory_usage_ratio"), legend: "{{instance}}" }],
      }),
      number({
        title: "Fullest disk",
        description: "Share of the fullest file system that users cannot write to any more.",
        unit: "percentunit",
        span: 4,
        steps: shareSteps,
        targets: [{ expr: `max by (instance) (${select("culprit_pool_usage_ratio")})`, legend: "{{instance}}" }],
      }),
      number({
        title: "Spikes now",
        description: "Resources that are away from their own baseline.",
        unit: "none",
        span: 4,
        steps: noneSteps,
        targets: [{ expr: `sum by (instance) (${select("culprit_spike_active")})`, legend: "{{instance}}" }],
      }),
      number({
        title: "Above 90 % CPU",
        description: "How many seconds of the range had more than 90 % of all CPUs busy, by Culprit's reading of every single second.",
        unit: "s",
        span: 4,
        steps: [
          [null, "green"],
          [60, "yellow"],
          [600, "red"],
        ],
        targets: [
          {
            expr: `increase(${select("culprit_cpu_sample_usage_ratio_count")}[$__range]) - ignoring (le) increase(${select("culprit_cpu_sample_usage_ratio_bucket", 'le="0.9"')}[$__range])`,
            legend: "{{instance}}",
            kind: "instant",
          },
        ],
      }),
      states({
        title: "Triggers",
        description: "When each trigger of Culprit's configuration was over its threshold for as long as it must be.",
        unit: "none",
        span: 24,
        height: 6,
        on: ["firing", "red"],
        off: ["calm", "green"],
        targets: [{ expr: `max by (instance, trigger) (${select("culprit_trigger_active")})`, legend: "{{trigger}} · {{instance}}" }],
      }),
    ],
  };
}
