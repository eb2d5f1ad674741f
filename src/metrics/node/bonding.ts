import type { BondReading } from "../../model/hardware.ts";
import { type Column, columns, LabelCache, type NodeCollector } from "./family.ts";

const all: readonly Column<BondReading>[] = [
  { name: "node_bonding_slaves", help: "Interfaces that the bond is made of.", type: "gauge", value: (one) => one.slaves },
  { name: "node_bonding_active", help: "Those of them that work.", type: "gauge", value: (one) => one.active },
];

/** Interfaces that bundle others. */
export function createBondingCollector(): NodeCollector {
  const labels = new LabelCache("master");
  return {
    collector: "bonding",
    parts: ["bonds"],
    families: ({ bonds = [] }) => columns(bonds, ({ master }) => labels.of(master), all),
  };
}
