/** The banner of what fires: how it stands now, not how it stood when it began. Pure. */

import type { TriggerAnswer } from "../../api/tellingAnswers.ts";
import type { TriggerFiring } from "../../model/trigger.ts";
import { durationText } from "../../text.ts";
import { triggerValue } from "./triggerRows.ts";

/** What the banner says. */
interface Banner {
  readonly title: string;
  readonly text: string;
}

/** Undefined while nothing fires. */
export function bannerOf(triggers: readonly TriggerAnswer[], firings: readonly TriggerFiring[], nowMs: number): Banner | undefined {
  const firing = triggers.filter(({ state }) => state === "firing");
  const [first] = firing;
  if (first === undefined) return undefined;
  return {
    title: firing.length === 1 ? `Alert: ${first.name}` : `${firing.length} alerts`,
    text: firing.map((trigger) => `${firing.length === 1 ? "" : `${trigger.name}: `}${wordsOf(trigger, firings, nowMs)}`).join(" · "),
  };
}

/** `memory 93 % now (above 90 %), for 3 min`; of a spike, which has no figure of its own, why it fired. */
function wordsOf(trigger: TriggerAnswer, firings: readonly TriggerFiring[], nowMs: number): string {
  const { name, metric, threshold, direction } = trigger;
  const own = firings.filter(({ trigger: of, endMs }) => of === name && endMs === undefined);
  const sinceMs = Math.min(...own.map(({ firedAtMs }) => firedAtMs));
  const since = Number.isFinite(sinceMs) ? `, fired ${durationText((nowMs - sinceMs) / 1000)} ago` : "";
  if (threshold === null || direction === null) return `${own[0]?.reason ?? metric}${since}`;
  const { value, limit } = triggerValue(trigger);
  const instances = trigger.instances
    .filter(({ state, instance }) => state === "firing" && instance !== "")
    .map(({ instance }) => instance);
  const is = trigger.value === null ? "is not known now" : `is ${value} now`;
  return `${[metric, ...instances].join(" ")} ${is} (${limit})${since}`;
}
