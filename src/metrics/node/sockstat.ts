import { type Descriptor, type NodeCollector, single } from "./family.ts";

/** How many sockets there are, by protocol. */
export function createSockstatCollector(): NodeCollector {
  const descriptors = new Map<string, Descriptor>();
  const describe = (protocol: string, state: string): Descriptor => {
    const name = `node_sockstat_${protocol}_${state}`;
    const known = descriptors.get(name);
    if (known !== undefined) return known;
    const made: Descriptor = { name, help: `Sockets of ${protocol}: ${state}.`, type: "gauge" };
    descriptors.set(name, made);
    return made;
  };
  return {
    collector: "sockstat",
    parts: ["sockets"],
    families: ({ sockets }) => [
      ...single({ name: "node_sockstat_sockets_used", help: "Sockets of every kind.", type: "gauge" }, sockets?.used),
      ...(sockets?.protocols ?? []).flatMap(({ protocol, fields, memoryBytes }) => [
        ...[...fields].flatMap(([state, value]) => single(describe(protocol, state), value)),
        ...single(describe(protocol, "mem_bytes"), memoryBytes),
      ]),
    ],
  };
}
