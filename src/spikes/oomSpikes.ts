/** What the kernel killed for memory, as spikes of their own: no figure leaves its baseline, and kills that follow each other are one. */
import { defined } from "../model/defined.ts";
import type { OomKill } from "../model/oomKill.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike, SpikeEvent } from "../model/spike.ts";
import { type HeldBefore, MemoryPast } from "./memoryPast.ts";
import { oomVerdict } from "./oomVerdict.ts";

/** Without another kill for so long it is over: scrapes that come twice a minute see it, and a service that dies again and again is one spike. */
const calmMs = 60_000;
const longGapSeconds = 120;
/** So many are remembered of one spike. */
const mostKills = 50;
/** A kill is a moment; a spike has a length. */
const leastMs = 1000;

interface Ongoing {
  readonly startMs: number;
  kills: readonly OomKill[];
  count: number;
  /** When the newest was told. */
  toldAtMs: number;
  spike: Spike;
}

/** Finds them. */
export class OomSpikes {
  readonly #past = new MemoryPast();
  #ongoing: Ongoing | undefined;
  #total = 0;

  constructor(before: readonly HeldBefore[]) {
    for (const second of before) this.#past.push(second);
  }

  /** How many have begun. */
  get total(): number {
    return this.#total;
  }

  get active(): Spike | undefined {
    return this.#ongoing?.spike;
  }

  take(snapshot: Snapshot): readonly SpikeEvent[] {
    const { takenAtMs, oomKills = [], gap, elapsedSeconds = 0 } = snapshot;
    const isLongGap = gap && elapsedSeconds >= longGapSeconds;
    const events: SpikeEvent[] = [];
    const isCalm = this.#ongoing !== undefined && takenAtMs - this.#ongoing.toldAtMs >= calmMs;
    if (this.#ongoing !== undefined && (isLongGap || (isCalm && oomKills.length === 0))) {
      events.push({ kind: "ended", spike: this.#end(this.#ongoing, isLongGap ? "gap" : "fell_back") });
    }
    if (isLongGap) this.#past.clear();
    this.#past.push(snapshot);
    if (oomKills.length > 0) events.push(this.#add(oomKills, snapshot));
    return events;
  }

  #add(kills: readonly OomKill[], { takenAtMs, host }: Snapshot): SpikeEvent {
    const before = this.#ongoing;
    const startMs = before?.startMs ?? Math.min(takenAtMs, ...kills.map(({ killedAtMs }) => killedAtMs));
    const all = [...(before?.kills ?? []), ...kills].slice(0, mostKills);
    const count = (before?.count ?? 0) + kills.length;
    const spike = this.#spikeOf({ startMs, kills: all, count }, host.memory?.totalBytes);
    this.#ongoing = { startMs, kills: all, count, toldAtMs: takenAtMs, spike };
    if (before === undefined) this.#total++;
    return { kind: before === undefined ? "started" : "updated", spike };
  }

  /** Baseline and peak are what was held before and when the limit was reached. */
  #spikeOf({ startMs, kills, count }: Pick<Ongoing, "startMs" | "kills" | "count">, totalBytes: number | undefined): Spike {
    const { verdict, grownBytes } = oomVerdict({ kills, count, past: this.#past, lasting: true });
    const [first] = kills;
    const held = verdict.shares.reduce((sum, { to }) => sum + to, 0);
    const peak = first?.limitBytes ?? (first?.isOfMachine === true ? (totalBytes ?? held) : held);
    return {
      id: `${new Date(startMs).toISOString().replace(/[-:.]/g, "")}-oom`,
      ...{ resource: "oom", startMs, peakMs: startMs, baseline: Math.max(0, peak - grownBytes), peak, unit: "bytes", verdict },
    };
  }

  #end({ spike, kills, startMs }: Ongoing, ending: NonNullable<Spike["ending"]>): Spike {
    this.#ongoing = undefined;
    const endMs = Math.max(startMs + leastMs, ...kills.map(({ killedAtMs }) => killedAtMs));
    return defined({ ...spike, endMs, ending, verdict: spike.verdict && { ...spike.verdict, final: true } });
  }
}
