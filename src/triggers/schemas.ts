/** What may stand in the file of triggers: whatever else is found there was not written by this Culprit. */
import { z } from "zod";
import { type Notification, notificationStatuses } from "../model/notification.ts";
import { type TriggerFiring, type TriggerMetric, triggerDirections, triggerEndings } from "../model/trigger.ts";
import { checked } from "../spool/checked.ts";
import type { TriggerAction } from "./actions.ts";
import { watchedMetrics } from "./metrics.ts";
import type { KeptInstance } from "./watch.ts";

const metric = z.enum(Object.keys(watchedMetrics) as [TriggerMetric, ...TriggerMetric[]]);
const direction = z.enum(triggerDirections);

const rule = z.object({
  name: z.string(),
  metric,
  threshold: z.object({ direction, value: z.number(), perCore: z.literal(true).optional() }).optional(),
  forSeconds: z.number(),
  cooldownSeconds: z.number(),
  capture: z.boolean(),
  notify: z.union([z.boolean(), z.array(z.string())]),
});

const firing = z.object({
  id: z.string(),
  trigger: z.string(),
  metric,
  instance: z.string(),
  reason: z.string(),
  direction: direction.optional(),
  threshold: z.number().optional(),
  value: z.number().optional(),
  onsetMs: z.number(),
  firedAtMs: z.number(),
  endMs: z.number().optional(),
  lastedSeconds: z.number().optional(),
  ending: z.enum(triggerEndings).optional(),
});

const request = z.object({
  origin: z.literal("trigger"),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).optional(),
  onsetMs: z.number(),
  incidentKey: z.string(),
});

/** Who sends it checks the rest of it. */
const notification = z.custom<Notification>(
  (value) =>
    z.object({ id: z.string(), key: z.string(), status: z.enum(notificationStatuses), links: z.object({}) }).safeParse(value).success,
);

const action = z.object({
  trigger: z.string(),
  sinceMs: z.number(),
  capture: request.optional(),
  message: z
    .object({ notification, options: z.object({ cooldownSeconds: z.number(), channels: z.array(z.string()).optional() }) })
    .optional(),
});

const kept = z.object({
  schemaVersion: z.literal(1),
  instances: z.array(z.object({ rule, instance: z.string(), firing: firing.optional(), quietUntilMs: z.number().optional() })),
  errands: z.array(action),
  recent: z.array(firing),
});

/** All that is kept. */
export interface KeptTriggers {
  readonly instances: readonly KeptInstance[];
  /** What is still to be done; `errands` in the file. */
  readonly actions: readonly TriggerAction[];
  /** The newest firings, the newest first. */
  readonly recent: readonly TriggerFiring[];
}

/** Makes the state of what was stored. @throws when it is something else */
export function parseKept(json: unknown): KeptTriggers {
  const { errands, ...others } = checked(kept, json);
  return { ...others, actions: errands } as KeptTriggers;
}
