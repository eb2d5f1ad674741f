/**
 * `GET /api/triggers`: the thresholds of this machine, how it stands against them, and the newest firings.
 *
 *     { host, triggers: [ { name, metric, direction, threshold, forSeconds, cooldownSeconds, capture, notify, state, value, instances } ],
 *       firings: [ { id, trigger, instance, reason, onsetMs, firedAtMs, endMs, lastedSeconds, ending, ... } ] }
 *
 * `null` is unknown or does not apply. `state` is unknown, calm, pending (beyond the threshold, but not for so long yet), held (it would
 * fire if its cooldown were over) or firing; that of a trigger is its worst instance's, and so is its `value`.
 */
import type { TriggerStatus } from "../../model/trigger.ts";
import type { ServerRouter } from "../context.ts";
import type { RouteParts } from "../routeParts.ts";

/** Adds the route. */
export function addTriggerRoutes(router: ServerRouter, { services, guard }: RouteParts): void {
  router.get("/api/triggers", guard.require("read"), (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = { host: services.host.hostname, triggers: services.triggers.status().map(show), firings: services.triggers.recent() };
  });
}

function show({ rule, threshold, state, value, instances }: TriggerStatus): Readonly<Record<string, unknown>> {
  const { name, metric, forSeconds, cooldownSeconds, capture, notify } = rule;
  return {
    name,
    metric,
    direction: rule.threshold?.direction ?? null,
    threshold: threshold ?? null,
    forSeconds,
    cooldownSeconds,
    capture,
    notify,
    state,
    value: value ?? null,
    instances: instances.map((one) => ({ ...one, value: one.value ?? null })),
  };
}
