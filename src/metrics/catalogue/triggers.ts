import type { Family } from "../family.ts";

const active: Family = {
  name: "culprit_trigger_active",
  help: "1 while the trigger is over its threshold for as long as it must be, 0 while it is not; absent while its figure is unknown.",
  type: "gauge",
  labels: ["trigger"],
  *points({ triggers }) {
    for (const { rule, state } of triggers) {
      if (state !== "unknown") yield { labels: { trigger: rule.name }, value: state === "firing" || state === "held" ? 1 : 0 };
    }
  },
};

const threshold: Family = {
  name: "culprit_trigger_threshold",
  help: "Threshold of the trigger in its figure's own measure, shares from 0 to 1; absent for spikes, which have none.",
  type: "gauge",
  labels: ["trigger"],
  *points({ triggers }) {
    for (const { rule, threshold: value } of triggers) if (value !== undefined) yield { labels: { trigger: rule.name }, value };
  },
};

/** How the triggers stand. */
export const triggerFamilies: readonly Family[] = [active, threshold];
