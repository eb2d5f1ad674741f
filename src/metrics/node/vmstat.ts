import type { NodeCollector } from "./family.ts";
import { NamedFamilies } from "./namedCounters.ts";

/** node_exporter's default for --collector.vmstat.fields. */
const shownFields = /^(oom_kill|pgpg|pswp|pg.*fault).*/;

/** Paging, swapping, faults and kills for want of memory. */
export function createVmstatCollector(): NodeCollector {
  const named = new NamedFamilies(shownFields, (field) => ({ name: `node_vmstat_${field}`, help: `The line ${field} of /proc/vmstat.` }));
  return { collector: "vmstat", parts: ["vmstat"], families: ({ vmstat }) => (vmstat === undefined ? [] : named.families(vmstat)) };
}
