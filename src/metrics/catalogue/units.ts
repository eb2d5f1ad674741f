import { failedUnits } from "../../model/units.ts";
import type { Family } from "../family.ts";

const failed: Family = {
  name: "culprit_unit_failed",
  help: "1 for each unit of systemd that has failed; a minute old at most.",
  type: "gauge",
  labels: ["unit"],
  *points({ snapshot }) {
    for (const unit of failedUnits(snapshot?.host.units ?? [])) yield { labels: { unit }, value: 1 };
  },
};

const restarts: Family = {
  name: "culprit_unit_restarts_total",
  help: "How often systemd has started the service again by itself; absent for those that never needed it.",
  type: "counter",
  labels: ["unit"],
  *points({ snapshot }) {
    for (const { name, restarts: count = 0 } of snapshot?.host.units ?? []) if (count > 0) yield { labels: { unit: name }, value: count };
  },
};

/** Units of systemd that went wrong. */
export const unitFamilies: readonly Family[] = [failed, restarts];
