/** Triggers and their firings as lines of a table. Pure. */

import type { TriggerAnswer } from "../../api/tellingAnswers.ts";
import type { TriggerFiring, TriggerState } from "../../model/trigger.ts";
import { durationText } from "../../text.ts";
import { formatValue, unknown } from "./format.ts";

/** A trigger in words. */
interface TriggerRow {
  readonly name: string;
  readonly metric: string;
  readonly state: TriggerState;
  readonly stateWords: string;
  /** Which of what it watches are over the threshold. */
  readonly worst: string;
  readonly value: string;
  readonly limit: string;
  readonly forWords: string;
  readonly does: string;
}

const ratios = /^(cpu|memory|swap|disk|inodes|coverage|.*Pressure.*)$/;

const stateWords: Readonly<Record<TriggerState, string>> = {
  unknown: "not known yet",
  calm: "calm",
  pending: "over, not for long",
  held: "over, cooling down",
  firing: "fires",
};

/** A trigger as a line. */
export function triggerRow(trigger: TriggerAnswer): TriggerRow {
  const { name, metric, state, forSeconds, capture, notify, instances } = trigger;
  const worst = instances.filter((one) => one.instance !== "" && one.state !== "calm" && one.state !== "unknown");
  const does = [capture ? "captures" : "", notify === true ? "tells all channels" : notify === false ? "" : `tells ${notify.join(", ")}`];
  return {
    ...{ name, metric, state, ...triggerValue(trigger) },
    stateWords: stateWords[state],
    worst: worst.map(({ instance }) => instance).join(", "),
    forWords: durationText(forSeconds),
    does: does.filter(Boolean).join(", ") || unknown,
  };
}

/** How it stands and where its threshold is, in its own unit; of spikes whether there is one. */
export function triggerValue({
  metric,
  direction,
  threshold,
  value,
}: Pick<TriggerAnswer, "metric" | "direction" | "threshold" | "value">): {
  readonly value: string;
  readonly limit: string;
} {
  if (direction === null && threshold === null) return { value: value === null ? unknown : value > 0 ? "yes" : "no", limit: "a spike" };
  const unit = ratios.test(metric) ? "ratio" : "number";
  return { value: formatValue(value, unit), limit: `${direction ?? ""} ${formatValue(threshold, unit)}`.trim() };
}

/** Which trigger, and of what. */
export function firingName({ trigger, instance }: TriggerFiring): string {
  return instance === "" ? trigger : `${trigger} ${instance}`;
}

/** How long it fired. */
export function firingLasted({ firedAtMs, endMs, lastedSeconds }: TriggerFiring): string {
  return endMs === undefined ? "still fires" : durationText(lastedSeconds ?? (endMs - firedAtMs) / 1000);
}
