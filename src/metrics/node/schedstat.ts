import type { ScheduleReading } from "../../model/scraped.ts";
import { type Column, columns, LabelCache, type NodeCollector } from "./family.ts";

const all: readonly Column<ScheduleReading>[] = [
  {
    name: "node_schedstat_running_seconds_total",
    help: "Seconds in which the CPU ran a task.",
    type: "counter",
    value: (one) => one.runningSeconds,
  },
  {
    name: "node_schedstat_waiting_seconds_total",
    help: "Seconds that tasks waited for the CPU, added up.",
    type: "counter",
    value: (one) => one.waitingSeconds,
  },
  { name: "node_schedstat_timeslices_total", help: "Time slices that the CPU gave out.", type: "counter", value: (one) => one.timeslices },
];

/** The scheduler's own figures, by CPU. */
export function createSchedstatCollector(): NodeCollector {
  const labels = new LabelCache("cpu");
  return {
    collector: "schedstat",
    parts: ["schedule"],
    families: ({ schedule = [] }) => columns(schedule, (one) => labels.of(String(one.cpu)), all),
  };
}
