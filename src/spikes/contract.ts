/** What the rest of Culprit sees of the spikes of one machine. */
import type { GroupUsage } from "../model/group.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike, SpikeEvent } from "../model/spike.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import type { Judgement } from "./judgement.ts";
import type { Strain } from "./strain.ts";

/** How many have begun, and the newest. */
export interface SpikeFigures {
  readonly totals: Readonly<Record<SpikeResource, number>>;
  readonly newest: readonly Spike[];
}

/** A machine that suffers, with its top user. */
export interface Strained extends Strain {
  /** Who, how much, and since when this is known. */
  readonly sentence: string;
  readonly judgement: Judgement;
}

/** The spikes of one machine. */
export interface Spikes {
  /** Takes the next tick in; `shown` are the lines that are shown of it. */
  take(snapshot: Snapshot, shown: readonly GroupUsage[]): readonly SpikeEvent[];
  /** Those that last, the oldest first. */
  active(): readonly Spike[];
  /** Whether any lasts: asked every second, where `active` would make each of them. */
  readonly isAnyActive: boolean;
  /** The newest that have ended, the newest first. */
  recent(): readonly Spike[];
  /** How many have begun, by resource, and the newest of each, lasting or over: for the metrics. */
  figures(): SpikeFigures;
  /** What the machine suffers from though nothing has left its baseline, or there is none yet, and who has most of it. */
  strained(): Strained | undefined;
  /** Who it is right now: the last `seconds` against what was before. Without a resource: the one that has risen most. */
  judgeNow(seconds: number, resource?: SpikeResource): Judgement | undefined;
}
