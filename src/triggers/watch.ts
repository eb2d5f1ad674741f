/** One rule over everything that it watches: the machine, each mount, each resource, each with a state of its own. */
import { createHash } from "node:crypto";
import { defined } from "../model/defined.ts";
import type { NotificationFigures } from "../model/notification.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type {
  TriggerEnding,
  TriggerEvent,
  TriggerFiring,
  TriggerInstance,
  TriggerRule,
  TriggerState,
  TriggerStatus,
} from "../model/trigger.ts";
import { isOver, longGapSeconds, type MachineChange, type MachineState, startState, step } from "./machine.ts";
import { watchedMetrics } from "./metrics.ts";
import { Smoother } from "./smoother.ts";
import { reasonOf } from "./words.ts";

/** One tick as a rule sees it. */
interface WatchTick {
  readonly snapshot: Snapshot;
  /** Those that last. */
  readonly spikes: readonly Spike[];
  /** On a clock that never jumps. */
  readonly atSeconds: number;
  readonly figures: NotificationFigures;
}

/** What of an instance survives a restart. */
export interface KeptInstance {
  readonly rule: TriggerRule;
  readonly instance: string;
  /** It has not ended yet. */
  readonly firing?: TriggerFiring;
  readonly quietUntilMs?: number;
}

interface Instance {
  machine: MachineState;
  value: number | undefined;
  isGone: boolean;
  firing: TriggerFiring | undefined;
  /** A Culprit before this one saw the spike; this one knows of no time before it, so that it sees none says nothing. */
  isFromBefore: boolean;
  readonly smoother: Smoother | undefined;
}

const spikeThreshold = { direction: "above", value: 0.5 } as const;
const worstFirst: readonly TriggerState[] = ["firing", "held", "pending", "calm", "unknown"];

/** A rule and what is known of all its instances. */
export class Watch {
  readonly rule: TriggerRule;
  readonly #instances = new Map<string, Instance>();
  #limit: number | undefined;
  #atSeconds: number;
  #atMs: number;

  constructor(rule: TriggerRule, atSeconds: number, atMs: number) {
    this.rule = rule;
    this.#atSeconds = atSeconds;
    this.#atMs = atMs;
    this.#limit = rule.threshold?.perCore === true ? undefined : rule.threshold?.value;
  }

  /** Goes on with the state of the Culprit before a restart. */
  restore({ instance, firing, quietUntilMs }: KeptInstance): void {
    const made = this.#make(instance);
    const start = startState(this.#atSeconds);
    made.firing = firing;
    made.isFromBefore = firing !== undefined && watchedMetrics[this.rule.metric].unit === "spike";
    if (firing !== undefined)
      made.machine = { ...start, phase: "firing", sinceSeconds: this.#secondsOf(Math.min(firing.onsetMs, this.#atMs)) };
    else if (quietUntilMs !== undefined) {
      // an end that is further away than the cooldown is long comes from a clock that was set back since
      const latestMs = this.#atMs + this.rule.cooldownSeconds * 1000;
      made.machine = { ...start, quietUntilSeconds: this.#secondsOf(Math.min(quietUntilMs, latestMs)) };
    }
  }

  /** Goes on where the same rule stood before its settings changed: what fires or is about to does so still, and no cooldown begins anew. */
  takeOver(before: Watch): void {
    for (const [name, instance] of before.#instances) this.#instances.set(name, instance);
  }

  take(tick: WatchTick): readonly TriggerEvent[] {
    const { snapshot, spikes } = tick;
    const cores = snapshot.host.cpu?.cores;
    this.#atSeconds = tick.atSeconds;
    this.#atMs = snapshot.takenAtMs;
    const { threshold } = this.rule;
    if (threshold?.perCore === true && cores !== undefined) this.#limit = threshold.value * cores;
    const readings = watchedMetrics[this.rule.metric].read(snapshot, spikes);
    const events: TriggerEvent[] = [];
    for (const name of readings?.keys() ?? []) if (!this.#instances.has(name)) this.#make(name);
    for (const [name, instance] of this.#instances) {
      instance.isGone = readings !== undefined && !readings.has(name);
      this.#read(instance, readings?.get(name), snapshot);
      const { state, change } = step(instance.machine, this.rule, {
        atSeconds: tick.atSeconds,
        over: instance.isGone ? false : this.#isOver(instance.value),
        gapSeconds: snapshot.gap ? (snapshot.elapsedSeconds ?? 0) : 0,
      });
      instance.machine = state;
      if (change !== undefined) events.push(this.#event(name, instance, change, tick));
      if (instance.isGone && state.phase === "calm" && (state.quietUntilSeconds ?? 0) <= tick.atSeconds) this.#instances.delete(name);
    }
    return events;
  }

  /** What must survive a restart: firings that last, and cooldowns. */
  kept(): readonly KeptInstance[] {
    return [...this.#instances].flatMap(([instance, { firing, machine }]): readonly KeptInstance[] => {
      const { quietUntilSeconds = Number.NEGATIVE_INFINITY } = machine;
      if (firing !== undefined) return [{ rule: this.rule, instance, firing }];
      return quietUntilSeconds > this.#atSeconds ? [{ rule: this.rule, instance, quietUntilMs: this.#msOf(quietUntilSeconds) }] : [];
    });
  }

  get isFiring(): boolean {
    for (const { firing } of this.#instances.values()) if (firing !== undefined) return true;
    return false;
  }

  status(): TriggerStatus {
    const instances = [...this.#instances].map(([name, instance]) => this.#show(name, instance));
    const state = worstFirst.find((one) => instances.some((instance) => instance.state === one)) ?? "unknown";
    const values = instances.filter((one) => one.state === state).flatMap(({ value }) => (value === undefined ? [] : [value]));
    const value = this.rule.threshold?.direction === "below" ? Math.min(...values) : Math.max(...values);
    return defined({
      rule: this.rule,
      threshold: this.#limit,
      state,
      value: values.length === 0 ? undefined : value,
      instances,
    });
  }

  #make(name: string): Instance {
    const instance: Instance = {
      machine: startState(this.#atSeconds),
      value: undefined,
      isGone: false,
      firing: undefined,
      isFromBefore: false,
      smoother: watchedMetrics[this.rule.metric].flutters ? new Smoother() : undefined,
    };
    this.#instances.set(name, instance);
    return instance;
  }

  #read(instance: Instance, value: number | undefined, { gap, elapsedSeconds = 0 }: Snapshot): void {
    const { smoother } = instance;
    if (value === 1) instance.isFromBefore = false;
    if (smoother === undefined) {
      instance.value = instance.isFromBefore ? undefined : value;
      return;
    }
    if (gap && elapsedSeconds >= longGapSeconds) smoother.clear();
    if (!gap) smoother.push(value, elapsedSeconds);
    // a mean of what was before says nothing of a second that is not known
    instance.value = gap || value === undefined ? undefined : smoother.mean;
  }

  #isOver(value: number | undefined): boolean | undefined {
    if (value === undefined) return undefined;
    const { threshold } = this.rule;
    if (threshold === undefined) return isOver(spikeThreshold, value);
    return this.#limit === undefined ? undefined : isOver({ direction: threshold.direction, value: this.#limit }, value);
  }

  #event(
    name: string,
    instance: Instance,
    change: MachineChange,
    { snapshot: { takenAtMs: atMs }, spikes, figures }: WatchTick,
  ): TriggerEvent {
    if (change.kind === "fired") {
      const firing = this.#newFiring(name, instance.value, change.sinceSeconds, spikes);
      instance.firing = firing;
      return { kind: "fired", firing, atMs, figures };
    }
    const begun = instance.firing ?? this.#newFiring(name, instance.value, change.sinceSeconds, spikes);
    instance.firing = undefined;
    instance.isFromBefore = false;
    const ending: TriggerEnding = instance.isGone ? "gone" : change.unseen ? "unknown" : "back";
    const lastedSeconds = Math.max(0, change.endSeconds - change.sinceSeconds);
    const firing = { ...begun, endMs: this.#msOf(change.endSeconds), lastedSeconds, ending };
    return { kind: "resolved", firing, atMs, figures };
  }

  #newFiring(instance: string, value: number | undefined, sinceSeconds: number, spikes: readonly Spike[]): TriggerFiring {
    const { rule } = this;
    const { name: trigger, metric, threshold } = rule;
    const { unit, resource } = watchedMetrics[metric];
    const began = unit === "spike" ? spikes.find((one) => one.resource === (resource ?? instance))?.startMs : undefined;
    const limit = this.#limit;
    return defined({
      id: createHash("sha256")
        .update(JSON.stringify([trigger, instance, this.#atMs]))
        .digest("hex")
        .slice(0, 16),
      trigger,
      metric,
      instance,
      reason: reasonOf(rule, instance, value, limit),
      direction: threshold?.direction,
      threshold: limit,
      value: value === undefined || unit === "spike" || unit === "failure" ? undefined : value,
      onsetMs: began === undefined ? this.#msOf(sinceSeconds) : Math.round(began),
      firedAtMs: this.#atMs,
    });
  }

  #show(name: string, { machine, value, firing }: Instance): TriggerInstance {
    const { phase, sinceSeconds, quietUntilSeconds = Number.NEGATIVE_INFINITY } = machine;
    return defined({
      instance: name,
      state: phase === "calm" && value === undefined ? "unknown" : phase,
      value,
      sinceMs: phase === "calm" ? undefined : (firing?.onsetMs ?? this.#msOf(sinceSeconds)),
      firedAtMs: firing?.firedAtMs,
      quietUntilMs: quietUntilSeconds > this.#atSeconds ? this.#msOf(quietUntilSeconds) : undefined,
    });
  }

  /** The wall clock may have jumped in between: what is shown is counted back from now. */
  #msOf(seconds: number): number {
    return Math.round(this.#atMs - (this.#atSeconds - seconds) * 1000);
  }

  #secondsOf(ms: number): number {
    return this.#atSeconds - (this.#atMs - ms) / 1000;
  }
}
