/** The sections of the Host dashboard on CPU, memory, load and pressure. */
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Section } from "./dashboard.ts";
import { graph } from "./panels.ts";
import { allOthers, lineLabels, lineLegend, select, selectLines, topLines } from "./promql.ts";

/** The top lines of a family, stacked, with everybody else on top: as wide as the resource's own panel above it. */
export function stackedLines(spec: {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly metric: string;
}): Panel {
  const lines = selectLines(spec.metric);
  return graph({
    title: spec.title,
    description: `${spec.description} A line without a process is what short-lived processes of that unit or container used.`,
    unit: spec.unit,
    span: 24,
    height: 10,
    stacked: true,
    ofProcesses: true,
    targets: [
      { expr: topLines(lines), legend: lineLegend },
      { expr: allOthers(spec.metric, lines), legend: "all others · {{instance}}" },
    ],
  });
}

/** CPU and who it went to. */
export function cpuSection(): Section {
  const seconds = (metric: string) => `rate(${metric}[$__rate_interval])`;
  const upTo90 = select("culprit_cpu_sample_usage_ratio_bucket", 'le="0.9"');
  const all = select("culprit_cpu_sample_usage_ratio_count");
  return {
    title: "CPU",
    panels: [
      graph({
        title: "CPU usage",
        description: "Share of all CPUs that was busy: the mean over Culprit's window, and its busiest second.",
        unit: "percentunit",
        span: 24,
        max: 1,
        targets: [
          { expr: select("culprit_cpu_usage_ratio"), legend: "mean · {{instance}}" },
          { expr: select("culprit_cpu_usage_peak_ratio"), legend: "busiest second · {{instance}}" },
        ],
      }),
      stackedLines({
        title: "CPU by process",
        description: "Cores used by the top processes of the range; the whole stack is what the machine was busy with.",
        unit: "suffix: cores",
        metric: "culprit_process_cpu_cores",
      }),
      graph({
        title: "Each CPU",
        description: "Share of the window in which each CPU was busy (the first 128): one at 100 % is a single thread at its limit.",
        unit: "percentunit",
        span: 12,
        max: 1,
        targets: [{ expr: select("culprit_cpu_core_usage_ratio"), legend: "CPU {{cpu}} · {{instance}}" }],
      }),
      graph({
        title: "Seconds above 90 %",
        description:
          "Of each minute, how many seconds had more than 90 % of all CPUs busy. It counts every second, so no short spike is missed between two scrapes.",
        unit: "s",
        span: 12,
        max: 60,
        bars: true,
        targets: [{ expr: `60 * (1 - ${seconds(upTo90)} / ignoring (le) ${seconds(all)})`, legend: "{{instance}}" }],
      }),
    ],
  };
}

/** Memory, swap and who has it. */
export function memorySection(): Section {
  return {
    title: "Memory",
    panels: [
      graph({
        title: "Memory used",
        description: "Memory that is not available to programs (total less available), and all there is.",
        unit: "decbytes",
        span: 24,
        targets: [
          { expr: `${select("culprit_memory_total_bytes")} - ${select("culprit_memory_available_bytes")}`, legend: "used · {{instance}}" },
          { expr: select("culprit_memory_total_bytes"), legend: "total · {{instance}}", limit: true },
        ],
      }),
      stackedLines({
        title: "Memory by process",
        description: "Resident memory of the top processes of the range. Shared pages count for each that maps them.",
        unit: "decbytes",
        metric: "culprit_process_memory_bytes",
      }),
      graph({
        title: "Memory usage",
        description: "Share of memory that is not available: the mean over Culprit's window, and its fullest second.",
        unit: "percentunit",
        span: 12,
        max: 1,
        targets: [
          { expr: select("culprit_memory_usage_ratio"), legend: "mean · {{instance}}" },
          { expr: select("culprit_memory_usage_peak_ratio"), legend: "fullest second · {{instance}}" },
        ],
      }),
      graph({
        title: "Swap",
        description: "Swap in use and its size; 0 on a machine without swap.",
        unit: "decbytes",
        span: 12,
        targets: [
          { expr: select("culprit_swap_used_bytes"), legend: "used · {{instance}}" },
          { expr: select("culprit_swap_total_bytes"), legend: "size · {{instance}}", limit: true },
        ],
      }),
    ],
  };
}

/** Load and who makes it. */
export function loadSection(): Section {
  const lines = `sum by (job, kind, ${lineLabels}) (${selectLines("culprit_process_tasks")})`;
  const highest = `max_over_time(${lines}[$__range:15s] @ end())`;
  return {
    title: "Load",
    panels: [
      graph({
        title: "Load",
        description: "Load averages, and the number of CPUs: above the dashed line, tasks wait for a CPU or for something slow.",
        unit: "short",
        span: 24,
        targets: [
          { expr: select("culprit_load1"), legend: "1 minute · {{instance}}" },
          { expr: select("culprit_load5"), legend: "5 minutes · {{instance}}" },
          { expr: select("culprit_load15"), legend: "15 minutes · {{instance}}" },
          { expr: select("culprit_cpu_cores"), legend: "CPUs · {{instance}}", limit: true },
        ],
      }),
      graph({
        title: "Load by process",
        description:
          "Tasks that run or are in uninterruptible sleep, of the top processes of the range: what the load average is made of. A line without a process is what short-lived processes of that unit or container had.",
        unit: "short",
        span: 24,
        height: 10,
        stacked: true,
        ofProcesses: true,
        targets: [
          { expr: topLines(lines, highest), legend: lineLegend },
          { expr: allOthers("culprit_process_tasks", lines, highest), legend: "all others · {{instance}}" },
        ],
      }),
      graph({
        title: "Tasks by state",
        description: "Tasks that make the load: those that run, and those that wait for a disk, a network file system or a lock.",
        unit: "short",
        span: 24,
        stacked: true,
        targets: [{ expr: select("culprit_tasks"), legend: "{{state}} · {{instance}}" }],
      }),
    ],
  };
}

/** Pressure, and who waits because of it. */
export function pressureSection(): Section {
  const waiting = selectLines("culprit_process_tasks", 'state="uninterruptible"');
  return {
    title: "Pressure",
    panels: [
      graph({
        title: "Pressure",
        description:
          "Share of the time in which some tasks, or all of them (full), were stalled for want of a resource. Linux with pressure stall information only.",
        noValue: "this system tells no pressure",
        unit: "percentunit",
        span: 24,
        max: 1,
        targets: [{ expr: select("culprit_pressure_ratio"), legend: "{{resource}} {{kind}} · {{instance}}" }],
      }),
      graph({
        title: "Who waits",
        description: "Tasks in uninterruptible sleep by process: they are the victims of slow storage or locks, not the cause.",
        noValue: "nobody waited in this range",
        unit: "short",
        span: 24,
        height: 10,
        stacked: true,
        ofProcesses: true,
        targets: [{ expr: topLines(waiting), legend: lineLegend }],
      }),
    ],
  };
}
