import { type NodeCollector, single } from "./family.ts";

/** Counts since boot and tasks of this moment, from /proc/stat. */
export function createStatCollector(): NodeCollector {
  return {
    collector: "stat",
    parts: ["cpu"],
    families: ({ cpu }) => [
      ...single(
        { name: "node_boot_time_seconds", help: "When the machine was started, in seconds since 1970.", type: "gauge" },
        cpu?.bootTimeSeconds,
      ),
      ...single({ name: "node_context_switches_total", help: "Context switches.", type: "counter" }, cpu?.contextSwitches),
      ...single({ name: "node_forks_total", help: "Tasks that were ever started.", type: "counter" }, cpu?.forks),
      ...single({ name: "node_intr_total", help: "Interrupts that were served.", type: "counter" }, cpu?.interrupts),
      ...single({ name: "node_procs_blocked", help: "Tasks that wait for I/O.", type: "gauge" }, cpu?.blockedTasks),
      ...single({ name: "node_procs_running", help: "Tasks that run or could run.", type: "gauge" }, cpu?.runningTasks),
    ],
  };
}
