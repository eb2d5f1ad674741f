import { type NodeCollector, single } from "./family.ts";

/** For how long tasks were stalled by want of CPU, memory or I/O. */
export function createPressureCollector(): NodeCollector {
  return {
    collector: "pressure",
    parts: ["pressure"],
    needs: ["interruptStallSeconds"],
    families: ({ pressure, interruptStallSeconds }) => [
      ...single(
        { name: "node_pressure_cpu_waiting_seconds_total", help: "Seconds in which a task waited for a CPU.", type: "counter" },
        pressure?.cpu?.some,
      ),
      ...single(
        { name: "node_pressure_io_waiting_seconds_total", help: "Seconds in which a task waited for I/O.", type: "counter" },
        pressure?.io?.some,
      ),
      ...single(
        { name: "node_pressure_io_stalled_seconds_total", help: "Seconds in which all tasks waited for I/O.", type: "counter" },
        pressure?.io?.full,
      ),
      ...single(
        { name: "node_pressure_memory_waiting_seconds_total", help: "Seconds in which a task waited for memory.", type: "counter" },
        pressure?.memory?.some,
      ),
      ...single(
        { name: "node_pressure_memory_stalled_seconds_total", help: "Seconds in which all tasks waited for memory.", type: "counter" },
        pressure?.memory?.full,
      ),
      ...single(
        {
          name: "node_pressure_irq_stalled_seconds_total",
          help: "Seconds in which interrupts kept all tasks from running.",
          type: "counter",
        },
        interruptStallSeconds,
      ),
    ],
  };
}
