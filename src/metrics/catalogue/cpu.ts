import { counter, type Family, gauge } from "../family.ts";

/** On a machine with more CPUs than this the per-CPU series would outweigh everything else. */
const mostCores = 128;

const coreUsage: Family = {
  name: "culprit_cpu_core_usage_ratio",
  help: "Share of the window in which this CPU was busy, 0 to 1 (the first 128 CPUs).",
  type: "gauge",
  labels: ["cpu"],
  *points({ window }) {
    if (window === undefined) return;
    for (const [cpu, value] of window.coreUsageRatios) if (cpu < mostCores) yield { labels: { cpu: String(cpu) }, value };
  },
};

/** The CPU of the whole machine. */
export const cpuFamilies: readonly Family[] = [
  gauge(
    "culprit_cpu_usage_ratio",
    "Share of all CPUs that was busy, 0 to 1, mean over the window.",
    (view) => view.window?.cpuUsageRatio?.mean,
  ),
  gauge(
    "culprit_cpu_usage_peak_ratio",
    "Share of all CPUs that was busy, 0 to 1, in the busiest second of the window.",
    (view) => view.window?.cpuUsageRatio?.peak,
  ),
  coreUsage,
  gauge("culprit_cpu_cores", "Number of CPUs that are online.", (view) => view.snapshot?.host.cpu?.cores),
  counter(
    "culprit_cpu_busy_seconds_total",
    "CPU seconds that the machine was busy since Culprit started.",
    // a machine whose usage nobody can tell was not idle
    (view) => (view.window?.busyCores === undefined ? undefined : view.snapshot?.host.cpu?.busySeconds),
  ),
];
