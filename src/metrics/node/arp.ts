import { columns, type NodeCollector } from "./family.ts";

/** Neighbours by interface. */
export function createArpCollector(): NodeCollector {
  return {
    collector: "arp",
    parts: ["neighbours"],
    families: ({ neighbours }) =>
      columns([...(neighbours ?? [])], ([device]) => ({ device }), [
        { name: "node_arp_entries", help: "Neighbours whose address is known, by interface.", type: "gauge", value: ([, count]) => count },
      ]),
  };
}
