import { columns, type NodeCollector } from "./family.ts";

/** What uname(2) says. */
export function createUnameCollector(): NodeCollector {
  return {
    collector: "uname",
    parts: ["systemName"],
    families: ({ systemName }) =>
      columns(systemName === undefined ? [] : [systemName], (name) => ({ ...name }), [
        { name: "node_uname_info", help: "What uname says; always 1.", type: "gauge", value: () => 1 },
      ]),
  };
}
