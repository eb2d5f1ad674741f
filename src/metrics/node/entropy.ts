import { type NodeCollector, single } from "./family.ts";

/** The kernel's pool of randomness. */
export function createEntropyCollector(): NodeCollector {
  return {
    collector: "entropy",
    parts: ["entropy"],
    families: ({ entropy }) => [
      ...single(
        { name: "node_entropy_available_bits", help: "Bits in the kernel's pool of randomness.", type: "gauge" },
        entropy?.availableBits,
      ),
      ...single({ name: "node_entropy_pool_size_bits", help: "Bits that the pool holds.", type: "gauge" }, entropy?.poolBits),
    ],
  };
}
