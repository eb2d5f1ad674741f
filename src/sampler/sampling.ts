/** Sampler, window and members put together: what the rest of Culprit asks about the machine. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { GroupUsage } from "../model/group.ts";
import type { Sample } from "../model/sample.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { atOnce, inTurns, type Steps } from "../model/steps.ts";
import { Members } from "./members.ts";
import { Sampler, type SamplerOptions, type Tick } from "./sampler.ts";
import { type GroupStats, Window, type WindowStats } from "./window.ts";

/** Ranks move slowly: looking at them every few seconds is enough, and looking costs. */
const rankEverySeconds = 5;

/** A tick, and the lines that are shown of its Snapshot. */
export interface ShownTick extends Tick {
  readonly shown: readonly GroupUsage[];
}

/** The window at one moment, and of its groups those that are shown. */
export interface LookBack {
  readonly window: WindowStats;
  /** Members, `other` and the remainder. */
  readonly lines: readonly GroupStats[];
}

/** Above this, looking back takes too long to be done at once. */
const mostGroupsAtOnce = 1000;
/** After so long others have a turn. */
const longLookSeconds = 0.004;

/** The machine as it was seen until now. */
export class Sampling {
  readonly sampler: Sampler;
  readonly #options: SamplerOptions;
  readonly #window: Window;
  readonly #members = new Members();
  #newestSample: Sample | undefined;
  #shown: ShownTick | undefined;
  #rankedSeconds = Number.NEGATIVE_INFINITY;
  #ranked: LookBack | undefined;
  #looking: { readonly of: Snapshot; readonly looking: Promise<LookBack | undefined> } | undefined;

  constructor(options: SamplerOptions, windowSeconds: number) {
    this.#options = options;
    this.#window = new Window(windowSeconds, options.intervalSeconds);
    this.sampler = new Sampler(options);
    this.sampler.subscribeInSteps((tick) => this.#take(tick));
  }

  /** Calls back after every tick, when window and members know of it. */
  subscribe(subscriber: (tick: ShownTick) => void): void {
    this.subscribeInSteps(function* (tick) {
      subscriber(tick);
      yield;
    });
  }

  /** The same for who has much to do: others may have a turn between its steps. */
  subscribeInSteps(subscriber: (tick: ShownTick) => Steps): void {
    const show = (tick: Tick) => this.#show(tick);
    this.sampler.subscribeInSteps(function* (tick) {
      const shownTick = yield* show(tick);
      yield;
      yield* subscriber(shownTick);
    });
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

  /** Mean and peak of everything, at once: for who has nothing else to do. */
  stats(): WindowStats | undefined {
    return this.#window.stats();
  }

  /** Looks back from now, in as many turns of the event loop as it takes; whoever asks meanwhile shares it. Undefined while `stale`. */
  async lookBack(): Promise<LookBack | undefined> {
    const { newest } = this;
    if (newest === undefined || this.stale) return undefined;
    if (this.#looking?.of !== newest) {
      const { clock } = this.#options;
      let sinceSeconds = clock.monotonicSeconds();
      const looking = inTurns(
        this.#lookBackInSteps(),
        () => clock.monotonicSeconds() - sinceSeconds > longLookSeconds,
        async () => {
          await nextTurn();
          sinceSeconds = clock.monotonicSeconds();
        },
      );
      this.#looking = { of: newest, looking };
    }
    return this.#looking.looking;
  }

  /** The same at once, for who cannot wait: where there are too many groups, as it was at the last ranking, some seconds ago. */
  lookBackNow(): LookBack | undefined {
    const { newest } = this;
    if (newest === undefined || this.stale) return undefined;
    if (newest.groups.length > mostGroupsAtOnce && this.#ranked !== undefined) return this.#ranked;
    return atOnce(this.#lookBackInSteps());
  }

  *#lookBackInSteps(): Steps<LookBack | undefined> {
    const window = yield* this.#window.statsInSteps();
    return window && { window, lines: yield* this.#members.foldStats(window) };
  }

  /** Once a tick, for all subscribers. */
  *#show(tick: Tick): Steps<ShownTick> {
    const known = this.#shown;
    if (known?.snapshot === tick.snapshot) return known;
    const shownTick = { ...tick, shown: yield* this.#members.fold(tick.snapshot.groups) };
    this.#shown = shownTick;
    return shownTick;
  }

  *#take({ sample, snapshot }: Tick): Steps {
    this.#window.push(snapshot);
    this.#newestSample = sample;
    if (sample.monotonicSeconds - this.#rankedSeconds < rankEverySeconds) return;
    yield* this.#members.update({ groups: yield* this.#window.groupsInSteps() }, sample.monotonicSeconds);
    this.#ranked = snapshot.groups.length > mostGroupsAtOnce ? yield* this.#lookBackInSteps() : undefined;
    // the first Snapshot knows memory only: ranks by it would keep out who is busy
    if (snapshot.elapsedSeconds !== undefined) this.#rankedSeconds = sample.monotonicSeconds;
  }
}
