/** The last minute, tick by tick: what is behind a spike's first seconds, and who wrote what the disk does only now. */
import { defined } from "../model/defined.ts";
import type { GroupUsage } from "../model/group.ts";
import type { HostUsage, Snapshot } from "../model/snapshot.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import type { WatchedValues } from "./figures.ts";

/** What is kept of a Snapshot. The rest would only cost memory, and time in every garbage collection. */
export interface Glimpse extends Pick<Snapshot, "takenAtMs" | "groups" | "processes"> {
  readonly host: Pick<HostUsage, "cpu" | "memory">;
}

/** Takes what is kept of a Snapshot. */
export function glimpseOf({ takenAtMs, groups, processes, host: { cpu, memory } }: Snapshot): Glimpse {
  return { takenAtMs, groups, processes, host: defined({ cpu, memory }) };
}

/** One tick that was no gap. */
export interface Moment {
  readonly snapshot: Glimpse;
  /** Those of its whole host. */
  readonly figures: WatchedValues;
  readonly shown: readonly GroupUsage[];
  readonly seconds: number;
  /** Resources that were away from their baseline: nothing to be learnt of them. */
  readonly away: Set<SpikeResource>;
}

/** Keeps the moments of the last `keepSeconds` and hands the older ones on. */
export class History {
  readonly #keepSeconds: number;
  readonly #onLeave: (moment: Moment) => void;
  #moments: Moment[] = [];
  #seconds = 0;

  constructor(keepSeconds: number, onLeave: (moment: Moment) => void) {
    this.#keepSeconds = keepSeconds;
    this.#onLeave = onLeave;
  }

  /** Oldest first. */
  get moments(): readonly Moment[] {
    return this.#moments;
  }

  push(moment: Moment): void {
    this.#moments.push(moment);
    this.#seconds += moment.seconds;
    while (this.#seconds > this.#keepSeconds && this.#moments.length > 1) this.#leave();
  }

  /** Hands all of it on: after a gap it is no last minute any more. */
  flush(): void {
    while (this.#moments.length > 0) this.#leave();
  }

  /** Moments that began at `fromMs` or later (`since`), and those before. */
  split(fromMs: number): { readonly before: readonly Moment[]; readonly since: readonly Moment[] } {
    const at = this.#moments.findIndex(({ snapshot, seconds }) => snapshot.takenAtMs - seconds * 1000 >= fromMs - 1);
    const cut = at < 0 ? this.#moments.length : at;
    return { before: this.#moments.slice(0, cut), since: this.#moments.slice(cut) };
  }

  #leave(): void {
    const moment = this.#moments.shift();
    if (moment === undefined) return;
    this.#seconds -= moment.seconds;
    this.#onLeave(moment);
  }
}
