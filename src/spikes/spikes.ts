/** The fold over Snapshots that notices spikes and says who made them. Deterministic: replay gives the same ones. */
import type { GroupUsage } from "../model/group.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { type Spike, type SpikeEvent, type SpikeResource, spikeResources } from "../model/spike.ts";
import { Detector } from "./detector.ts";
import { hostFigures, type MachineSize, machineSize, type Signal, signals } from "./figures.ts";
import { glimpseOf, History, type Moment } from "./history.ts";
import { type Judgement, judgeMoments } from "./judgement.ts";
import { LinePast, noPast } from "./past.ts";
import { Run } from "./run.ts";
import { sinceText } from "./sentence.ts";
import { type Strain, StrainWatch } from "./strain.ts";

/** Everything that can spike, in the order in which it is listed. */

/** What spikes are noticed with. */
interface SpikesOptions {
  /** Names of a process' parents, the nearest first; empty for one that is not known (any more). */
  readonly ancestorsOf?: (pid: number) => readonly string[];
  /** How many ended spikes are remembered. */
  readonly mostRecent?: number;
}

/** What is counted of spikes. */
interface SpikeFigures {
  readonly totals: Readonly<Record<SpikeResource, number>>;
  readonly newest: readonly Spike[];
}

/** A machine that suffers, with its top user. */
interface Strained extends Strain {
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
  /** The newest that have ended, the newest first. */
  recent(): readonly Spike[];
  /** How many have begun, by resource, and the newest of each, lasting or over: for the metrics. */
  figures(): SpikeFigures;
  /** What the machine suffers from though nothing has left its baseline, or there is none yet, and who has most of it. */
  strained(): Strained | undefined;
  /** Who it is right now: the last `seconds` against what was before. Without a resource: the one that has risen most. */
  judgeNow(seconds: number, resource?: SpikeResource): Judgement | undefined;
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
  return new SpikeFold(options);
}

class SpikeFold implements Spikes {
  readonly #ancestorsOf: (pid: number) => readonly string[];
  readonly #mostRecent: number;
  readonly #detectors = signals.map((signal) => new Detector(signal));
  readonly #past = new LinePast();
  readonly #history = new History(keptSeconds, (moment) => this.#past.add(moment));
  readonly #runs = new Map<SpikeResource, Run>();
  readonly #totals: Record<SpikeResource, number> = { cpu: 0, load: 0, memory: 0, io: 0, pressure: 0 };
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
    else this.#passTick({ snapshot: glimpseOf(snapshot), figures: hostFigures(snapshot.host), shown, seconds, away: new Set() }, events);
    return events;
  }

  active(): readonly Spike[] {
    return [...this.#runs.values()].map((run) => run.spike()).sort((a, b) => a.startMs - b.startMs);
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
      ...(resource === undefined ? {} : { resource }),
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
    for (const [resource, run] of this.#runs) {
      if (seconds < longGapSeconds) run.addGap(seconds);
      else this.#end(resource, run, "gap", events);
    }
  }

  #passTick(moment: Moment, events: SpikeEvent[]): void {
    const { snapshot, figures, seconds, away } = moment;
    this.#seenSeconds += seconds;
    const size = machineSize(snapshot.host);
    for (const resource of this.#runs.keys()) away.add(resource);
    this.#history.push(moment);
    this.#strain.take(figures, snapshot.takenAtMs, seconds, size);
    const started: Run[] = [];
    const normal = new Set<SpikeResource>();
    for (const detector of this.#detectors) {
      const value = figures[detector.signal.figure];
      if (value === undefined) continue;
      const change = detector.take(value, snapshot.takenAtMs, seconds, size);
      if (change === "became_normal") normal.add(detector.signal.resource);
      if (change === "started") this.#note(detector, started);
    }
    for (const run of started) this.#catchUp(run, size);
    for (const [resource, run] of this.#runs) {
      if (!started.includes(run)) run.add(moment, size, this.#isCalm(resource));
      this.#settle(resource, run, started.includes(run), normal.has(resource), events);
    }
  }

  /** A figure has left its baseline: a spike begins, or one that lasts gets another side. */
  #note({ signal, deviation }: Detector, started: Run[]): void {
    if (deviation === undefined) return;
    let run = this.#runs.get(signal.resource);
    if (run === undefined) {
      run = this.#begin(signal.resource, deviation.sinceMs);
      started.push(run);
    }
    run.join(signal, deviation);
  }

  #begin(resource: SpikeResource, startMs: number): Run {
    const { before, since } = this.#history.split(startMs);
    const past = this.#past.upTo(
      before.filter(({ snapshot }) => resource !== "io" || snapshot.takenAtMs <= startMs - writeBackSeconds * 1000),
    );
    for (const moment of since) moment.away.add(resource);
    // whoever has a baseline has a past, be it that no line is known from so long ago
    const run = new Run({ resource, startMs, past: { ...past, known: true }, ancestorsOf: this.#ancestorsOf });
    this.#runs.set(resource, run);
    this.#totals[resource]++;
    return run;
  }

  /** Tells a new run what happened since it began, and what was written before. */
  #catchUp(run: Run, size: MachineSize): void {
    const { before, since } = this.#history.split(run.startMs);
    const fromMs = run.startMs - writeBackSeconds * 1000;
    for (const moment of before) if (moment.snapshot.takenAtMs > fromMs) run.addEarlier(moment);
    for (const moment of since) run.add(moment, size, false);
  }

  /** No side of it is away: it ends when that goes on for a while. */
  #isCalm(resource: SpikeResource): boolean {
    return this.#sidesOf(resource).every(({ deviation }) => deviation === undefined || deviation.calmSinceMs !== undefined);
  }

  #sidesOf(resource: SpikeResource): readonly Detector[] {
    return this.#detectors.filter(({ signal }) => signal.resource === resource);
  }

  #settle(resource: SpikeResource, run: Run, isNew: boolean, isNormal: boolean, events: SpikeEvent[]): void {
    const isOver = this.#sidesOf(resource).every(({ deviation }) => deviation === undefined);
    if (isOver) this.#end(resource, run, isNormal ? "became_normal" : "fell_back", events);
    else if (isNew || run.turnsPage(this.#history.moments) || run.isDue) {
      run.judge(true, this.#history.moments);
      events.push({ kind: isNew ? "started" : "updated", spike: run.spike() });
    }
  }

  #end(resource: SpikeResource, run: Run, ending: NonNullable<Spike["ending"]>, events: SpikeEvent[]): void {
    for (const detector of this.#sidesOf(resource)) detector.release();
    this.#runs.delete(resource);
    run.judge(false, this.#history.moments);
    const spike = run.spike({ endMs: run.endMs, ending });
    this.#recent = [spike, ...this.#recent].slice(0, this.#mostRecent);
    events.push({ kind: "ended", spike });
  }
}
