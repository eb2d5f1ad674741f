/** What is counted when it happens: prom-client's own counters and histograms. */
import { Counter, Histogram, type Registry } from "prom-client";
import { captureOrigins } from "../model/capture.ts";
import { groupLabelNames } from "../model/group.ts";

/** The counters and histograms of one Culprit. */
export interface Events {
  readonly cpuSampleUsage: Histogram;
  readonly sampleDuration: Histogram;
  readonly webhookRequests: Counter<"result">;
  readonly truncatedAlerts: Counter;
  readonly relayedAlerts: Counter<"result">;
  readonly captures: Counter<"origin" | "result">;
  readonly captureDuration: Histogram;
  /** Its channels are known to the configuration only: the wiring sets them to 0. */
  readonly notifications: Counter<"channel" | "result">;
  /** The same holds for the names of triggers. */
  readonly triggersFired: Counter<"trigger">;
  readonly oomKills: Counter<(typeof groupLabelNames)[number]>;
}

/** Registers them; every label that is known beforehand starts at 0, so that a first event is an increase. */
export function createEvents(registry: Registry): Events {
  const registers = [registry];
  const events: Events = {
    cpuSampleUsage: new Histogram({
      name: "culprit_cpu_sample_usage_ratio",
      help: "CPU usage of every single sample, 0 to 1: how many seconds were how busy.",
      buckets: [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1],
      registers,
    }),
    sampleDuration: new Histogram({
      name: "culprit_sample_duration_seconds",
      help: "How long one sample took, from the first file to the finished snapshot.",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
      registers,
    }),
    webhookRequests: new Counter({
      name: "culprit_webhook_requests_total",
      help: "Requests to the webhook by what became of them.",
      labelNames: ["result"],
      registers,
    }),
    truncatedAlerts: new Counter({
      name: "culprit_webhook_truncated_alerts_total",
      help: "Alerts that Alertmanager cut off before it called the webhook (max_alerts): they have no archive.",
      registers,
    }),
    relayedAlerts: new Counter({
      name: "culprit_relayed_alerts_total",
      help: "Alerts of other hosts by what became of them: passed on, refused by the host, or given up because it was not reached in time.",
      labelNames: ["result"],
      registers,
    }),
    captures: new Counter({
      name: "culprit_captures_total",
      help: "Captures by who asked for them and how they ended.",
      labelNames: ["origin", "result"],
      registers,
    }),
    captureDuration: new Histogram({
      name: "culprit_capture_duration_seconds",
      help: "How long a capture took, from its start to the finished archive.",
      buckets: [0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300],
      registers,
    }),
    notifications: new Counter({
      name: "culprit_notifications_total",
      help: "Messages to people by channel and what became of them.",
      labelNames: ["channel", "result"],
      registers,
    }),
    triggersFired: new Counter({
      name: "culprit_trigger_fired_total",
      help: "Firings of the trigger; crossings within a cooldown are none.",
      labelNames: ["trigger"],
      registers,
    }),
    oomKills: new Counter({
      name: "culprit_oom_kills_total",
      help: "Processes that the kernel has killed for memory since Culprit was started, by whose they were.",
      labelNames: [...groupLabelNames],
      registers,
    }),
  };
  for (const result of ["accepted", "unavailable", "malformed", "unauthorised", "too_large"]) events.webhookRequests.inc({ result }, 0);
  for (const result of ["ok", "failed", "expired"]) events.relayedAlerts.inc({ result }, 0);
  for (const origin of captureOrigins) for (const result of ["ok", "failed"]) events.captures.inc({ origin, result }, 0);
  return events;
}
