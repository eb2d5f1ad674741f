import { type NodeCollector, single } from "./family.ts";

/** Open files of the whole machine. */
export function createFilefdCollector(): NodeCollector {
  return {
    collector: "filefd",
    parts: ["fileHandles"],
    families: ({ fileHandles }) => [
      ...single({ name: "node_filefd_allocated", help: "Files that are open.", type: "gauge" }, fileHandles?.allocated),
      ...single({ name: "node_filefd_maximum", help: "Files that may be open.", type: "gauge" }, fileHandles?.limit),
    ],
  };
}
