import type { ThermalReading } from "../../model/hardware.ts";
import { type Column, columns, type NodeCollector } from "./family.ts";

const coolerColumns: readonly Column<ThermalReading["coolers"][number]>[] = [
  { name: "node_cooling_device_cur_state", help: "How hard it cools.", type: "gauge", value: (one) => one.state },
  { name: "node_cooling_device_max_state", help: "How hard it can cool.", type: "gauge", value: (one) => one.highest },
];

/** Temperatures as the kernel acts upon them, and what cools. */
export function createThermalZoneCollector(): NodeCollector {
  return {
    collector: "thermal_zone",
    parts: ["thermal"],
    families: ({ thermal }) => [
      ...columns(thermal?.zones ?? [], ({ zone, type }) => ({ zone, type }), [
        { name: "node_thermal_zone_temp", help: "Temperature in degrees Celsius.", type: "gauge", value: (one) => one.celsius },
      ]),
      ...columns(thermal?.coolers ?? [], ({ name, type }) => ({ name, type }), coolerColumns),
    ],
  };
}
