/** Threshold rules: what is watched, what was seen, what came of it. */
import type { FigureMetric } from "./hostFigures.ts";
import type { NotificationFigures } from "./notification.ts";
import type { MeasuredResource, SpikeResource } from "./spikeResource.ts";

/** What a trigger can watch: a figure of the machine, one for each file system, units of systemd, kills for memory, or spikes. */
export type TriggerMetric = FigureMetric | "disk" | "inodes" | "coverage" | "unitFailed" | "oomKill" | "spike" | `${MeasuredResource}Spike`;

/** The metric that watches the spikes of one resource. */
export function spikeMetric(resource: SpikeResource): TriggerMetric {
  return resource === "oom" ? "oomKill" : `${resource}Spike`;
}

/** Where it is too much, or too little; exactly at the threshold is neither. */
export const triggerDirections = ["above", "below"] as const;

/** One of the two. */
export type TriggerDirection = (typeof triggerDirections)[number];

/** From where on it is too much, or too little. */
export interface TriggerThreshold {
  readonly direction: TriggerDirection;
  /** Shares are 0..1. */
  readonly value: number;
  /** `value` is to be taken times the number of cores. */
  readonly perCore?: true;
}

/** One rule. */
export interface TriggerRule {
  readonly name: string;
  readonly metric: TriggerMetric;
  /** Absent for spikes and failed units, which are there or not. */
  readonly threshold?: TriggerThreshold;
  /** So long it must hold all the time. */
  readonly forSeconds: number;
  /** After its end it does not fire again before so long. */
  readonly cooldownSeconds: number;
  readonly capture: boolean;
  /** All channels, none, or these. */
  readonly notify: boolean | readonly string[];
}

/**
 * How a trigger stands. `pending`: it is over the threshold, but not for so long yet; `held`: it would fire if the cooldown of the last
 * firing were not running; `unknown`: nothing has been read yet.
 */
export type TriggerState = "unknown" | "calm" | "pending" | "held" | "firing";

/** One thing that a trigger watches: a mount, a resource, or the machine ("" then). */
export interface TriggerInstance {
  readonly instance: string;
  readonly state: TriggerState;
  readonly value?: number;
  /** Since when it is over the threshold. */
  readonly sinceMs?: number;
  readonly firedAtMs?: number;
  /** Until then it does not fire again. */
  readonly quietUntilMs?: number;
}

/** A rule and how it stands: as its worst instance does. */
export interface TriggerStatus {
  readonly rule: TriggerRule;
  /** In the figure's own measure; absent for spikes, and where the cores are not known yet. */
  readonly threshold?: number;
  readonly state: TriggerState;
  readonly value?: number;
  readonly instances: readonly TriggerInstance[];
}

/**
 * How a firing ended: the figure came back; what it belonged to is gone; nobody could read it any more; the rule was taken out of the
 * configuration.
 */
export const triggerEndings = ["back", "gone", "unknown", "removed"] as const;

/** One of them. */
export type TriggerEnding = (typeof triggerEndings)[number];

/** One firing, from its beginning; with its end once it has one. */
export interface TriggerFiring {
  /** The same for the beginning and the end of one firing, and for nothing else. */
  readonly id: string;
  readonly trigger: string;
  readonly metric: TriggerMetric;
  /** A mount or a resource; "" for the machine. */
  readonly instance: string;
  /** Which figure crossed which threshold, in a sentence. */
  readonly reason: string;
  readonly direction?: TriggerDirection;
  readonly threshold?: number;
  /** What was read when it fired. */
  readonly value?: number;
  /** When it left the threshold behind. */
  readonly onsetMs: number;
  readonly firedAtMs: number;
  readonly endMs?: number;
  readonly lastedSeconds?: number;
  readonly ending?: TriggerEnding;
}

/** What happened to a trigger, and how the machine was at that moment. */
export interface TriggerEvent {
  readonly kind: "fired" | "resolved";
  readonly firing: TriggerFiring;
  readonly atMs: number;
  readonly figures: NotificationFigures;
}
