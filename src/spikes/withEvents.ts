/** The spikes of a machine, which say what they may have come from: events become known late, so it is looked up whenever one is told. */
import type { GroupUsage } from "../model/group.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike, SpikeEvent } from "../model/spike.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import type { Spikes } from "./contract.ts";
import { eventWindow, withEvent } from "./fittingEvent.ts";
import type { Judgement } from "./judgement.ts";

/** The events of a range. */
export type EventsBetween = (fromMs: number, toMs: number) => readonly MachineEvent[];

/** A spike with the event that fits. */
export function mentioning(spike: Spike, between: EventsBetween): Spike {
  return withEvent(spike, between(spike.startMs - eventWindow.beforeMs, spike.startMs + eventWindow.afterMs));
}

/** Both as one. */
export class WithEvents implements Spikes {
  readonly #spikes: Spikes;
  readonly #between: EventsBetween;

  constructor(spikes: Spikes, between: EventsBetween) {
    this.#spikes = spikes;
    this.#between = between;
  }

  take(snapshot: Snapshot, shown: readonly GroupUsage[]): readonly SpikeEvent[] {
    return this.#spikes.take(snapshot, shown).map(({ kind, spike }) => ({ kind, spike: this.#told(spike) }));
  }

  active(): readonly Spike[] {
    return this.#spikes.active().map((spike) => this.#told(spike));
  }

  get isAnyActive(): boolean {
    return this.#spikes.isAnyActive;
  }

  recent(): readonly Spike[] {
    return this.#spikes.recent().map((spike) => this.#told(spike));
  }

  figures(): ReturnType<Spikes["figures"]> {
    return this.#spikes.figures();
  }

  strained(): ReturnType<Spikes["strained"]> {
    return this.#spikes.strained();
  }

  judgeNow(seconds: number, resource?: SpikeResource): Judgement | undefined {
    return this.#spikes.judgeNow(seconds, resource);
  }

  #told(spike: Spike): Spike {
    return mentioning(spike, this.#between);
  }
}
