/** Sampler, window and members put together: what the rest of Culprit asks about the machine. */
import type { GroupUsage } from "../model/group.ts";
import type { Sample } from "../model/sample.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Steps } from "../model/steps.ts";
import { Members } from "./members.ts";
import { Sampler, type SamplerOptions, type Tick } from "./sampler.ts";
import { type GroupStats, Window, type WindowStats } from "./window.ts";

/** Ranks move slowly: looking at them every few seconds is enough, and looking costs. */
const rankEverySeconds = 5;

/** A tick, and the lines that are shown of its Snapshot. */
export interface ShownTick extends Tick {
  readonly shown: readonly GroupUsage[];
}

/** The machine as it was seen until now. */
export class Sampling {
  readonly sampler: Sampler;
  readonly #options: SamplerOptions;
  readonly #window: Window;
  readonly #members = new Members();
  #newestSample: Sample | undefined;
  #shown: ShownTick | undefined;
  #rankedSeconds = Number.NEGATIVE_INFINITY;

  constructor(options: SamplerOptions, windowSeconds: number) {
    this.#options = options;
    this.#window = new Window(windowSeconds, options.intervalSeconds);
    this.sampler = new Sampler(options);
    this.sampler.subscribe((tick) => this.#take(tick));
  }

  /** Calls back after every tick, when window and members know of it. */
  subscribe(subscriber: (tick: ShownTick) => void): void {
    this.sampler.subscribe((tick) => subscriber(this.#show(tick)));
  }

  /** The same for who has much to do: others may have a turn between its steps. */
  subscribeInSteps(subscriber: (tick: ShownTick) => Steps): void {
    this.sampler.subscribeInSteps((tick) => subscriber(this.#show(tick)));
  }

  get newest(): Snapshot | undefined {
    return this.#window.newest;
  }

  /** The readings behind `newest`, and how every collector fared. */
  get newestSample(): Sample | undefined {
    return this.#newestSample;
  }

  get labelsDropped(): number {
    return this.#members.droppedTotal;
  }

  /** True when the newest Sample is too old to speak of now, or when there is none. */
  get stale(): boolean {
    return (
      this.#newestSample === undefined ||
      this.#options.clock.monotonicSeconds() - this.#newestSample.monotonicSeconds > this.sampler.gapSeconds
    );
  }

  stats(): WindowStats | undefined {
    return this.#window.stats();
  }

  /** Members, `other` and the remainder, over the window. */
  lines(stats: WindowStats): readonly GroupStats[] {
    return this.#members.foldStats(stats);
  }

  /** Once a tick, for all subscribers. */
  #show(tick: Tick): ShownTick {
    if (this.#shown?.snapshot !== tick.snapshot) this.#shown = { ...tick, shown: this.#members.fold(tick.snapshot.groups) };
    return this.#shown;
  }

  #take({ sample, snapshot }: Tick): void {
    this.#window.push(snapshot);
    this.#newestSample = sample;
    if (sample.monotonicSeconds - this.#rankedSeconds < rankEverySeconds) return;
    this.#members.update({ groups: this.#window.groups() }, sample.monotonicSeconds);
    // the first Snapshot knows memory only: ranks by it would keep out who is busy
    if (snapshot.elapsedSeconds !== undefined) this.#rankedSeconds = sample.monotonicSeconds;
  }
}
