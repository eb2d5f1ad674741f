import type { DiskArrayHealthReading, DiskArrayReading } from "../../model/hardware.ts";
import { type Column, columns, LabelCache, type NodeCollector } from "./family.ts";

const states = ["active", "inactive", "recovering", "resync", "check"] as const;

const ofArray: readonly Column<DiskArrayReading>[] = [
  { name: "node_md_disks_required", help: "Disks that the array is made for.", type: "gauge", value: (one) => one.required },
  { name: "node_md_blocks", help: "Size of the array in blocks of 1 KiB.", type: "gauge", value: (one) => one.blocks },
  { name: "node_md_blocks_synced", help: "Blocks of the array that are in sync.", type: "gauge", value: (one) => one.blocksSynced },
];

const ofHealth: readonly Column<DiskArrayHealthReading>[] = [
  { name: "node_md_raid_disks", help: "Disks of the array when it is whole.", type: "gauge", value: (one) => one.disks },
  { name: "node_md_degraded", help: "Disks that the array lacks.", type: "gauge", value: (one) => one.degraded },
];

/** Software RAID. */
export function createMdadmCollector(): NodeCollector {
  const labels = new LabelCache("device");
  return {
    collector: "mdadm",
    parts: ["diskArrays"],
    families({ diskArrays }) {
      const { arrays = [], health = [] } = diskArrays ?? {};
      const disks = arrays.flatMap(({ device, active, failed, spare }) => [
        { device, state: "active", count: active },
        { device, state: "failed", count: failed },
        { device, state: "spare", count: spare },
      ]);
      const inStates = arrays.flatMap(({ device, state }) => states.map((one) => ({ device, state: one, is: one === state })));
      return [
        ...columns(disks, ({ device, state }) => ({ device, state }), [
          { name: "node_md_disks", help: "Disks of the array by what they do.", type: "gauge", value: ({ count }) => count },
        ]),
        ...columns(inStates, ({ device, state }) => ({ device, state }), [
          { name: "node_md_state", help: "1 for the state that the array is in.", type: "gauge", value: ({ is }) => Number(is) },
        ]),
        ...columns(arrays, ({ device }) => labels.of(device), ofArray),
        ...columns(health, ({ device }) => labels.of(device), ofHealth),
      ];
    },
  };
}
