import type { SoftnetReading } from "../../model/scraped.ts";
import { type Column, columns, LabelCache, type NodeCollector } from "./family.ts";

const all: readonly Column<SoftnetReading>[] = [
  { name: "node_softnet_processed_total", help: "Packets that the CPU took up.", type: "counter", value: (one) => one.processed },
  {
    name: "node_softnet_dropped_total",
    help: "Packets dropped because the CPU's queue was full.",
    type: "counter",
    value: (one) => one.dropped,
  },
  {
    name: "node_softnet_times_squeezed_total",
    help: "How often the CPU had to leave packets for later.",
    type: "counter",
    value: (one) => one.timesSqueezed,
  },
  {
    name: "node_softnet_cpu_collision_total",
    help: "How often the CPU met another at the lock of an interface.",
    type: "counter",
    value: (one) => one.collisions,
  },
  {
    name: "node_softnet_received_rps_total",
    help: "How often another CPU woke this one to take packets over.",
    type: "counter",
    value: (one) => one.wokenForSteering,
  },
  {
    name: "node_softnet_flow_limit_count_total",
    help: "How often a flow had reached its limit.",
    type: "counter",
    value: (one) => one.flowLimitReached,
  },
  { name: "node_softnet_backlog_len", help: "Packets that wait for the CPU.", type: "gauge", value: (one) => one.backlog },
];

/** Packets on their way from the interfaces, by CPU. */
export function createSoftnetCollector(): NodeCollector {
  const labels = new LabelCache("cpu");
  return {
    collector: "softnet",
    parts: ["softnet"],
    families: ({ softnet = [] }) => columns(softnet, (one) => labels.of(String(one.cpu)), all),
  };
}
