/** `GET /api/triggers`: the thresholds of this machine, how it stands against them, and the newest firings. */
import type { TriggerAnswer, TriggersAnswer } from "../../api/tellingAnswers.ts";
import type { TriggerStatus } from "../../model/trigger.ts";
import type { ServerRouter } from "../context.ts";
import type { RouteParts } from "../routeParts.ts";

/** Adds the route. */
export function addTriggerRoutes(router: ServerRouter, { services, guard }: RouteParts): void {
  router.get("/api/triggers", guard.require("read"), (ctx) => {
    ctx.set("Cache-Control", "private, no-cache");
    const { host, triggers } = services;
    ctx.body = { host: host.hostname, triggers: triggers.status().map(answerOf), firings: triggers.recent() } satisfies TriggersAnswer;
  });
}

function answerOf({ rule, threshold, state, value, instances }: TriggerStatus): TriggerAnswer {
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
