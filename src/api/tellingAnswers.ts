/** What is answered of spikes, events and triggers, and of what people are told. See answers.ts for how names say their unit. */
import type { MachineEvent } from "../model/machineEvent.ts";
import type { DatedOutcome } from "../model/notification.ts";
import type { ActiveQuiet, HeldMessage, Silence } from "../model/quiet.ts";
import type { Spike } from "../model/spike.ts";
import type { TriggerFiring, TriggerInstance, TriggerRule, TriggerState } from "../model/trigger.ts";

/** `GET /api/spikes`: the newest first. `GET /api/spikes/<id>` answers with one Spike. */
export interface SpikesAnswer {
  readonly host: string;
  /** How many were found before `limit`. */
  readonly total: number;
  readonly spikes: readonly Spike[];
}

/** `GET /api/events`: what happened to the machine, the newest first. `POST /api/events` answers with the one that is kept. */
export interface EventsAnswer {
  readonly host: string;
  /** How many were found before `limit`. */
  readonly total: number;
  readonly events: readonly MachineEvent[];
}

/** A trigger and how it stands, as its worst instance does. `threshold` and `value` are in the measure of its metric. */
export interface TriggerAnswer extends Omit<TriggerRule, "threshold"> {
  readonly direction: "above" | "below" | null;
  readonly threshold: number | null;
  readonly state: TriggerState;
  readonly value: number | null;
  readonly instances: readonly (Omit<TriggerInstance, "value"> & { readonly value: number | null })[];
}

/** `GET /api/triggers`: the thresholds of this machine, and the newest firings. */
export interface TriggersAnswer {
  readonly host: string;
  readonly triggers: readonly TriggerAnswer[];
  readonly firings: readonly TriggerFiring[];
}

/** `GET /api/silences`: those that last, the first to end first, the quiet hours that last, and the messages that wait. */
export interface SilencesAnswer {
  readonly silences: readonly Silence[];
  readonly quiet: readonly ActiveQuiet[];
  readonly held: readonly HeldMessage[];
}

/** `GET /api/deliveries`: the channels that are configured, and what became of the newest messages, the newest first. */
export interface DeliveriesAnswer {
  readonly channels: readonly string[];
  readonly deliveries: readonly DatedOutcome[];
}
