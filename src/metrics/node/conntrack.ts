import { type NodeCollector, single } from "./family.ts";

/** The kernel's columns that node_exporter shows. */
const counters = {
  found: "Packets whose connection was found.",
  invalid: "Packets that cannot be tracked.",
  ignore: "Packets that were not looked up.",
  insert: "Connections put into the table.",
  insert_failed: "Connections that could not be put into the table.",
  drop: "Packets dropped because tracking failed.",
  early_drop: "Connections dropped to make room for new ones.",
  search_restart: "Searches begun anew because the table changed its size.",
};

/** Connection tracking. */
export function createConntrackCollector(): NodeCollector {
  return {
    collector: "conntrack",
    parts: ["conntrack"],
    families: ({ conntrack }) => [
      ...single({ name: "node_nf_conntrack_entries", help: "Connections in the table.", type: "gauge" }, conntrack?.entries),
      ...single({ name: "node_nf_conntrack_entries_limit", help: "Connections that the table can hold.", type: "gauge" }, conntrack?.limit),
      ...Object.entries(counters).flatMap(([column, help]) =>
        // gauges by node_exporter's word, though they count
        single({ name: `node_nf_conntrack_stat_${column}`, help, type: "gauge" }, conntrack?.counters?.get(column)),
      ),
    ],
  };
}
