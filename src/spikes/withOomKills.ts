/** The spikes of a machine, and beside them what its kernel killed for memory. */
import type { GroupUsage } from "../model/group.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike, SpikeEvent } from "../model/spike.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import type { Spikes } from "./contract.ts";
import type { Judgement } from "./judgement.ts";
import type { HeldBefore } from "./memoryPast.ts";
import { OomSpikes } from "./oomSpikes.ts";

const mostRecent = 20;

/** Both as one. */
export class WithOomKills implements Spikes {
  readonly #fold: Spikes;
  readonly #kills: OomSpikes;
  #recent: readonly Spike[] = [];

  /** `before` are some of the last seconds before the first, where they are known. */
  constructor(fold: Spikes, before: readonly HeldBefore[]) {
    this.#fold = fold;
    this.#kills = new OomSpikes(before);
  }

  take(snapshot: Snapshot, shown: readonly GroupUsage[]): readonly SpikeEvent[] {
    const events = this.#fold.take(snapshot, shown);
    const kills = this.#kills.take(snapshot);
    for (const { kind, spike } of kills) if (kind === "ended") this.#recent = [spike, ...this.#recent].slice(0, mostRecent);
    return kills.length === 0 ? events : [...events, ...kills];
  }

  active(): readonly Spike[] {
    const { active } = this.#kills;
    const others = this.#fold.active();
    return active === undefined ? others : [...others, active].sort((a, b) => a.startMs - b.startMs);
  }

  get isAnyActive(): boolean {
    return this.#fold.isAnyActive || this.#kills.active !== undefined;
  }

  recent(): readonly Spike[] {
    const others = this.#fold.recent();
    return this.#recent.length === 0 ? others : [...others, ...this.#recent].sort((a, b) => (b.endMs ?? 0) - (a.endMs ?? 0));
  }

  figures(): ReturnType<Spikes["figures"]> {
    const { totals, newest } = this.#fold.figures();
    const kill = this.#kills.active ?? this.#recent[0];
    return { totals: { ...totals, oom: this.#kills.total }, newest: kill === undefined ? newest : [...newest, kill] };
  }

  strained(): ReturnType<Spikes["strained"]> {
    return this.#fold.strained();
  }

  judgeNow(seconds: number, resource?: SpikeResource): Judgement | undefined {
    return this.#fold.judgeNow(seconds, resource);
  }
}
