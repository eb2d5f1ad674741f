import { type NodeCollector, single } from "./family.ts";

/** The load average. */
export function createLoadavgCollector(): NodeCollector {
  return {
    collector: "loadavg",
    parts: ["load"],
    families: ({ load }) => [
      ...single({ name: "node_load1", help: "Load average over 1 minute.", type: "gauge" }, load?.load1),
      ...single({ name: "node_load5", help: "Load average over 5 minutes.", type: "gauge" }, load?.load5),
      ...single({ name: "node_load15", help: "Load average over 15 minutes.", type: "gauge" }, load?.load15),
    ],
  };
}
