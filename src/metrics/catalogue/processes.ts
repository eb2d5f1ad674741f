import { groupLabelNames, labelsOf } from "../../model/group.ts";
import type { ResourceKey } from "../../model/usage.ts";
import type { Family } from "../family.ts";

function processGauge(name: string, help: string, by: "mean" | "peak", resource: ResourceKey): Family {
  return {
    name,
    help,
    type: "gauge",
    labels: groupLabelNames,
    *points({ lines }) {
      for (const line of lines) {
        const value = line[by][resource];
        if (value !== undefined) yield { labels: labelsOf(line), value };
      }
    },
  };
}

const tasks: Family = {
  name: "culprit_process_tasks",
  help: "Tasks of the group that make the load, by state, mean over the window.",
  type: "gauge",
  labels: [...groupLabelNames, "state"],
  *points({ lines }) {
    for (const line of lines) {
      const { runningTasks, uninterruptibleTasks } = line.mean;
      if (runningTasks !== undefined) yield { labels: { ...labelsOf(line), state: "running" }, value: runningTasks };
      if (uninterruptibleTasks !== undefined)
        yield { labels: { ...labelsOf(line), state: "uninterruptible" }, value: uninterruptibleTasks };
    }
  },
};

const attribution: Family = {
  name: "culprit_attribution_ratio",
  help: "Share of the window's busy CPU time, and of its tasks, that was given to named groups, 0 to 1; absent on an idle machine.",
  type: "gauge",
  labels: ["resource"],
  *points({ window }) {
    if (window?.cpuCoverage !== undefined) yield { labels: { resource: "cpu" }, value: window.cpuCoverage };
    if (window?.taskCoverage !== undefined) yield { labels: { resource: "tasks" }, value: window.taskCoverage };
  },
};

/** Who used what: one line per member of the set, one for all others, and the remainder that nobody can be given. */
export const processFamilies: readonly Family[] = [
  processGauge(
    "culprit_process_cpu_cores",
    "CPU cores used by the group, mean over the window; all lines add up to the machine's.",
    "mean",
    "cpuCores",
  ),
  processGauge("culprit_process_cpu_peak_cores", "CPU cores used by the group in its busiest second of the window.", "peak", "cpuCores"),
  processGauge("culprit_process_memory_bytes", "Resident memory of the group, mean over the window.", "mean", "residentBytes"),
  tasks,
  processGauge(
    "culprit_process_read_bytes_per_second",
    "Bytes that the group read from storage per second, mean over the window.",
    "mean",
    "readBytesPerSecond",
  ),
  processGauge(
    "culprit_process_written_bytes_per_second",
    "Bytes per second that the group wrote and that will go to storage, mean over the window.",
    "mean",
    "writtenBytesPerSecond",
  ),
  attribution,
];
