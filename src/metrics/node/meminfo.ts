import { type Descriptor, type NodeCollector, single } from "./family.ts";

/** Every line of /proc/meminfo: `Active(anon)` is node_memory_Active_anon_bytes. */
export function createMeminfoCollector(): NodeCollector {
  const descriptors = new Map<string, Descriptor>();
  const describe = (field: string): Descriptor => {
    const known = descriptors.get(field);
    if (known !== undefined) return known;
    const plain = field.replace(/\((.*)\)/, "_$1");
    // the pool of huge pages is counted, not measured
    const name = plain.startsWith("HugePages_") ? plain : `${plain}_bytes`;
    const made: Descriptor = { name: `node_memory_${name}`, help: `The line ${field} of /proc/meminfo.`, type: "gauge" };
    descriptors.set(field, made);
    return made;
  };
  return {
    collector: "meminfo",
    parts: ["memory"],
    families: ({ memory }) => [...(memory?.fields ?? [])].flatMap(([field, value]) => single(describe(field), value)),
  };
}
