/** The fold over Snapshots that notices spikes and says who made them. Deterministic: replay gives the same ones. */
import type { GroupUsage } from "../model/group.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Spike, SpikeEvent } from "../model/spike.ts";
import { type SpikeResource, spikeResources } from "../model/spikeResource.ts";
import type { SpikeFigures, Spikes, Strained } from "./contract.ts";
import { Detector } from "./detector.ts";
import { type MachineSize, machineSize, type Signal, signals, watchedValues } from "./figures.ts";
import { glimpseOf, History, type Moment } from "./history.ts";
import { type Judgement, judgeMoments } from "./judgement.ts";
import type { HeldBefore } from "./memoryPast.ts";
import { Newcomers } from "./newcomers.ts";
import { OngoingSpike } from "./ongoingSpike.ts";
import { LinePast, noPast } from "./past.ts";
import { sinceText } from "./sentence.ts";
import { type Strain, StrainWatch } from "./strain.ts";
import { type EventsBetween, WithEvents } from "./withEvents.ts";
import { WithOomKills } from "./withOomKills.ts";

interface SpikesOptions {
  /** Names of a process' parents, the nearest first; empty for one that is not known (any more). */
  readonly ancestorsOf?: (pid: number) => readonly string[];
  /** How many ended spikes are remembered. */
  readonly mostRecent?: number;
  /** What happened to the machine, where that is known: a verdict mentions what fits. */
  readonly eventsBetween?: EventsBetween;
  /** Seconds of the ten minutes before the first, half a minute apart: after a restart it is known who has grown, too. */
  readonly before?: readonly HeldBefore[];
}

/** What is written now reaches the disk so much later at most: the kernel lets dirty pages lie for half a minute. */
const writeBackSeconds = 40;
const keptSeconds = 60;
/** After so long a gap it is another time: what was under way has ended. */
const longGapSeconds = 120;
/** Less past than this is no ground to hold anything against. */
const leastPastSeconds = 10;
const mostRecentByDefault = 100;
/** What a strained machine is judged by, and how often. */
const presentSeconds = 10;
const strainedEveryMs = 5000;

/** Notices spikes. */
export function createSpikes(options: SpikesOptions = {}): Spikes {
  const spikes = new WithOomKills(new SpikeFold(options), options.before ?? []);
  return options.eventsBetween === undefined ? spikes : new WithEvents(spikes, options.eventsBetween);
}

class SpikeFold implements Spikes {
  readonly #ancestorsOf: (pid: number) => readonly string[];
  readonly #mostRecent: number;
  readonly #detectors = signals.map((signal) => new Detector(signal));
  readonly #past = new LinePast();
  readonly #newcomers = new Newcomers();
  readonly #history = new History(keptSeconds, (moment) => {
    this.#past.add(moment);
    this.#newcomers.learn(moment);
  });
  readonly #ongoing = new Map<SpikeResource, OngoingSpike>();
  readonly #totals: Record<SpikeResource, number> = { cpu: 0, load: 0, memory: 0, io: 0, pressure: 0, oom: 0 };
  readonly #strain = new StrainWatch();
  #recent: readonly Spike[] = [];
  #seenSeconds = 0;
  #strained: { readonly atMs: number; readonly strained: Strained | undefined } | undefined;

  constructor({ ancestorsOf, mostRecent }: SpikesOptions) {
    this.#ancestorsOf = ancestorsOf ?? (() => []);
    this.#mostRecent = mostRecent ?? mostRecentByDefault;
  }

  take(snapshot: Snapshot, shown: readonly GroupUsage[]): readonly SpikeEvent[] {
    const seconds = snapshot.elapsedSeconds;
    const events: SpikeEvent[] = [];
    if (seconds === undefined || seconds <= 0) return events;
    if (snapshot.gap) this.#passGap(seconds, events);
    else this.#passTick({ snapshot: glimpseOf(snapshot), figures: watchedValues(snapshot.host), shown, seconds, away: new Set() }, events);
    return events;
  }

  active(): readonly Spike[] {
    return [...this.#ongoing.values()].map((ongoing) => ongoing.spike()).sort((a, b) => a.startMs - b.startMs);
  }

  get isAnyActive(): boolean {
    return this.#ongoing.size > 0;
  }

  recent(): readonly Spike[] {
    return this.#recent;
  }

  figures(): SpikeFigures {
    const known = [...this.active(), ...this.#recent];
    const newest = spikeResources.flatMap((resource) => known.find((spike) => spike.resource === resource) ?? []);
    return { totals: { ...this.#totals }, newest };
  }

  judgeNow(seconds: number, resource?: SpikeResource): Judgement | undefined {
    const fromMs = (this.#history.moments.at(-1)?.snapshot.takenAtMs ?? 0) - seconds * 1000;
    const { before, since } = this.#history.split(fromMs);
    const usual = new Map<Signal, number>();
    const known = this.#seenSeconds - seconds >= leastPastSeconds;
    for (const { signal, usual: value } of this.#detectors) if (value !== undefined && known) usual.set(signal, value);
    return judgeMoments({
      since,
      past: this.#past.upTo(before),
      earlier: before.filter(({ snapshot }) => snapshot.takenAtMs > fromMs - writeBackSeconds * 1000),
      baselineOf: (signal) => usual.get(signal),
      ancestorsOf: this.#ancestorsOf,
      resource,
    });
  }

  strained(): Strained | undefined {
    const { strain } = this.#strain;
    if (strain === undefined) return undefined;
    const nowMs = this.#history.moments.at(-1)?.snapshot.takenAtMs ?? 0;
    const { atMs, strained } = this.#strained ?? { atMs: Number.NEGATIVE_INFINITY };
    if (strained?.resource === strain.resource && nowMs - atMs < strainedEveryMs) return strained;
    const made = this.#judgeStrain(strain, nowMs);
    this.#strained = { atMs: nowMs, strained: made };
    return made;
  }

  #judgeStrain(strain: Strain, nowMs: number): Strained | undefined {
    const { since } = this.#history.split(nowMs - presentSeconds * 1000);
    const judgement = judgeMoments({
      since,
      past: noPast,
      earlier: [],
      baselineOf: () => undefined,
      ancestorsOf: this.#ancestorsOf,
      resource: strain.resource,
    });
    if (judgement === undefined) return undefined;
    return { ...strain, judgement, sentence: `${judgement.verdict.sentence} ${sinceText(strain, nowMs)}` };
  }

  #passGap(seconds: number, events: SpikeEvent[]): void {
    for (const detector of this.#detectors) detector.interrupt();
    this.#history.flush();
    for (const [resource, ongoing] of this.#ongoing) {
      if (seconds < longGapSeconds) ongoing.addGap(seconds);
      else this.#end(resource, ongoing, "gap", events);
    }
  }

  #passTick(moment: Moment, events: SpikeEvent[]): void {
    const { snapshot, figures, seconds, away } = moment;
    this.#seenSeconds += seconds;
    const size = machineSize(snapshot.host);
    for (const resource of this.#ongoing.keys()) away.add(resource);
    this.#history.push(moment);
    this.#strain.take(figures, snapshot.takenAtMs, seconds, size);
    const started: OngoingSpike[] = [];
    const normal = new Set<SpikeResource>();
    for (const detector of this.#detectors) {
      const value = figures[detector.signal.figure];
      if (value === undefined) continue;
      const unexplained = detector.signal.resource === "cpu" ? this.#newcomers.unexplained(snapshot.groups) : undefined;
      const change = detector.take(value, snapshot.takenAtMs, seconds, size, unexplained);
      if (change === "became_normal") normal.add(detector.signal.resource);
      if (change === "started") this.#note(detector, started);
    }
    for (const ongoing of started) this.#catchUp(ongoing, size);
    for (const [resource, ongoing] of this.#ongoing) {
      if (!started.includes(ongoing)) ongoing.add(moment, size, this.#isCalm(resource));
      this.#settle(resource, ongoing, started.includes(ongoing), normal.has(resource), events);
    }
  }

  /** A figure has left its baseline: a spike begins, or one that lasts gets another side. */
  #note({ signal, deviation }: Detector, started: OngoingSpike[]): void {
    if (deviation === undefined) return;
    let ongoing = this.#ongoing.get(signal.resource);
    if (ongoing === undefined) {
      ongoing = this.#begin(signal.resource, deviation.sinceMs);
      started.push(ongoing);
    }
    ongoing.join(signal, deviation);
  }

  #begin(resource: SpikeResource, startMs: number): OngoingSpike {
    const { before, since } = this.#history.split(startMs);
    const past = this.#past.upTo(
      before.filter(({ snapshot }) => resource !== "io" || snapshot.takenAtMs <= startMs - writeBackSeconds * 1000),
    );
    for (const moment of since) moment.away.add(resource);
    // what has a baseline has a past, even if no line is known from so long ago
    const ongoing = new OngoingSpike({ resource, startMs, past: { ...past, known: true }, ancestorsOf: this.#ancestorsOf });
    this.#ongoing.set(resource, ongoing);
    this.#totals[resource]++;
    return ongoing;
  }

  /** Tells a new one what happened since it began, and what was written before. */
  #catchUp(ongoing: OngoingSpike, size: MachineSize): void {
    const { before, since } = this.#history.split(ongoing.startMs);
    const fromMs = ongoing.startMs - writeBackSeconds * 1000;
    for (const moment of before) if (moment.snapshot.takenAtMs > fromMs) ongoing.addEarlier(moment);
    for (const moment of since) ongoing.add(moment, size, false);
  }

  /** No side of it is away: it ends when that goes on for a while. */
  #isCalm(resource: SpikeResource): boolean {
    return this.#sidesOf(resource).every(({ deviation }) => deviation === undefined || deviation.calmSinceMs !== undefined);
  }

  #sidesOf(resource: SpikeResource): readonly Detector[] {
    return this.#detectors.filter(({ signal }) => signal.resource === resource);
  }

  #settle(resource: SpikeResource, ongoing: OngoingSpike, isNew: boolean, isNormal: boolean, events: SpikeEvent[]): void {
    const isOver = this.#sidesOf(resource).every(({ deviation }) => deviation === undefined);
    if (isOver) this.#end(resource, ongoing, isNormal ? "became_normal" : "fell_back", events);
    // no verdict without a look at the present: what was added up until now may be another's doing
    else if (ongoing.turnsPage(this.#history.moments, isNew || ongoing.isDue) || isNew || ongoing.isDue) {
      ongoing.judge(true, this.#history.moments);
      events.push({ kind: isNew ? "started" : "updated", spike: ongoing.spike() });
    }
  }

  #end(resource: SpikeResource, ongoing: OngoingSpike, ending: NonNullable<Spike["ending"]>, events: SpikeEvent[]): void {
    for (const detector of this.#sidesOf(resource)) detector.release();
    this.#ongoing.delete(resource);
    ongoing.judge(false, this.#history.moments);
    const spike = ongoing.spike({ endMs: ongoing.endMs, ending });
    this.#recent = [spike, ...this.#recent].slice(0, this.#mostRecent);
    events.push({ kind: "ended", spike });
  }
}
