import { pressureResources } from "../../model/snapshot.ts";
import type { Family } from "../family.ts";

/** Pressure stall information; absent where the kernel has none or has it switched off. */
export const pressureFamilies: readonly Family[] = [
  {
    name: "culprit_pressure_ratio",
    help: "Share of the window in which tasks were stalled waiting for the resource, 0 to 1: some of them, or all (full).",
    type: "gauge",
    labels: ["resource", "kind"],
    *points({ window }) {
      for (const resource of pressureResources) {
        const { some, full } = window?.pressure[resource] ?? {};
        if (some !== undefined) yield { labels: { resource, kind: "some" }, value: some };
        if (full !== undefined) yield { labels: { resource, kind: "full" }, value: full };
      }
    },
  },
];
