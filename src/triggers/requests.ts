/** What a firing asks for, made of what is known at that moment. Pure. */

import type { IncidentRequest } from "../model/capture.ts";
import { defined } from "../model/defined.ts";
import type { Notification, NotificationLine } from "../model/notification.ts";
import type { Spike } from "../model/spike.ts";
import type { TriggerEvent, TriggerRule } from "../model/trigger.ts";
import type { TellOptions, TriggerAction } from "./actions.ts";
import { watchedMetrics } from "./metrics.ts";
import { pastReasonOf, titleOf, whatOf } from "./words.ts";

/** What a message says besides the trigger itself. */
export interface TriggerContext {
  /** Who it was, in a sentence. */
  readonly verdict?: string;
  /** The same in a few words. */
  readonly who?: string;
  /** Those who are named, each by process, unit and container. */
  readonly culprits?: readonly (readonly string[])[];
  /** Those that used most, the first first. */
  readonly top: readonly NotificationLine[];
  /** How high the spike rose that it is about, where the machine's own figures do not say it: `disk writes 120 MB/s`. */
  readonly peak?: string;
  /** The live page at that moment. */
  readonly page?: string;
  /** What is to be known of addresses. */
  readonly linkNote?: string;
}

/** What is to be done for an event; undefined when the rule asks for nothing. */
export function actionOf(
  rule: TriggerRule,
  event: TriggerEvent,
  server: string,
  context: TriggerContext,
  spikes: readonly Spike[],
): TriggerAction | undefined {
  const capture = event.kind === "fired" && rule.capture ? captureRequest(rule, event, spikes) : undefined;
  const channels = typeof rule.notify === "boolean" ? undefined : rule.notify;
  const isTold = rule.notify === true || (channels !== undefined && channels.length > 0);
  if (capture === undefined && !isTold) return undefined;
  const options: TellOptions = defined({ cooldownSeconds: rule.cooldownSeconds, channels });
  return defined({
    trigger: rule.name,
    sinceMs: event.atMs,
    capture,
    message: isTold ? { notification: notificationOf(rule, event, server, context), options } : undefined,
  });
}

/** The message about a firing, or its end. */
export function notificationOf(
  rule: TriggerRule,
  { kind, firing, figures }: TriggerEvent,
  server: string,
  context: TriggerContext,
): Notification {
  const { id, trigger, instance, reason, onsetMs, endMs } = firing;
  const { verdict, who, culprits, top, page, linkNote } = context;
  return defined({
    id,
    key: instance === "" ? trigger : `${trigger} ${instance}`,
    status: kind === "fired" ? "firing" : "resolved",
    origin: "trigger",
    name: trigger,
    title: titleOf(rule, instance),
    server,
    what: whatOf(firing),
    who,
    culprits,
    reason: kind === "fired" ? reason : pastReasonOf(firing),
    figures,
    verdict,
    top,
    links: page === undefined ? {} : defined({ page, note: linkNote }),
    startedAtMs: onsetMs,
    endedAtMs: kind === "resolved" && endMs !== undefined ? endMs : undefined,
  });
}

/** The capture: from the start of the spike on that belongs to it, if that was earlier. */
function captureRequest(rule: TriggerRule, { firing }: TriggerEvent, spikes: readonly Spike[]): IncidentRequest {
  const { id, trigger, metric, instance, reason, onsetMs } = firing;
  const { resource } = watchedMetrics[rule.metric];
  const starts = spikes.filter((one) => one.resource === resource).map(({ startMs }) => startMs);
  return {
    origin: "trigger",
    name: trigger,
    labels: defined({ trigger, metric, instance: instance === "" ? undefined : instance }),
    annotations: { summary: reason },
    onsetMs: Math.min(onsetMs, ...starts),
    incidentKey: `trigger-${id}`,
  };
}
