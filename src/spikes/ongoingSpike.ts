/** One spike while it lasts: which sides of its resource are away, how high they went, and what everybody used meanwhile. */
import { namedIn } from "../model/culprit.ts";
import { defined } from "../model/defined.ts";
import { type GroupUsage, groupId } from "../model/group.ts";
import type { Spike, SpikeChapter, Verdict } from "../model/spike.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import { Chapters } from "./chapters.ts";
import type { Deviation } from "./detector.ts";
import { type MachineSize, noFigures, type Signal } from "./figures.ts";
import type { Moment } from "./history.ts";
import type { Past } from "./past.ts";
import { beforeText, chaptersText, goneText } from "./sentence.ts";
import { Tally } from "./tally.ts";
import { judge } from "./verdict.ts";
import { measureFor } from "./weigh.ts";

/** One side of the resource. */
interface Side {
  readonly baseline: number;
  readonly knownSeconds: number;
  /** Rise over the baseline, in least rises times seconds: the side with most is what the spike is about. */
  excess: number;
  peak: number;
  peakMs: number;
}

/** A verdict is made anew so often: at first, when a second more may change all of it, at once, later, when it hardly moves, less. */
const everySeconds: readonly (readonly [after: number, every: number])[] = [
  [0, 2],
  [10, 5],
  [60, 15],
  [600, 60],
];
/** Memory that was highest so short a time ago goes on growing. */
const freshPeakSeconds = 60;
const wellKnownSeconds = 300;
/** A group that is missing for less may only be between two processes of the same name. */
const leastGoneSeconds = 3;

interface OngoingSpikeStart {
  readonly resource: SpikeResource;
  readonly startMs: number;
  readonly past: Past;
  readonly ancestorsOf: (pid: number) => readonly string[];
}

/** One spike while it lasts. */
export class OngoingSpike {
  readonly resource: SpikeResource;
  readonly startMs: number;
  readonly #start: OngoingSpikeStart;
  readonly #sides = new Map<Signal, Side>();
  readonly #tally = new Tally();
  readonly #chapters: Chapters;
  readonly #ancestors = new Map<number, readonly string[]>();
  #seconds = 0;
  #calmSeconds = 0;
  #judgedSeconds = Number.NEGATIVE_INFINITY;
  #verdict: Verdict | undefined;
  #whole: Verdict | undefined;
  #told: readonly SpikeChapter[] | undefined;
  #lastMs: number;
  #calmSinceMs: number | undefined;
  /** For so long the group that the verdict names was not there, and not said to be gone. */
  #missedSeconds = 0;

  constructor(start: OngoingSpikeStart) {
    this.resource = start.resource;
    this.startMs = start.startMs;
    this.#lastMs = start.startMs;
    this.#start = start;
    this.#chapters = new Chapters(start.startMs);
  }

  /** A side of the resource has left its baseline. */
  join(signal: Signal, { baseline, knownSeconds }: Deviation): void {
    if (!this.#sides.has(signal)) {
      this.#sides.set(signal, { baseline, knownSeconds, excess: 0, peak: Number.NEGATIVE_INFINITY, peakMs: this.startMs });
    }
  }

  /** What was written before the start. */
  addEarlier(moment: Moment): void {
    this.#tally.addEarlier(moment.snapshot, moment.seconds);
    this.#chapters.addEarlier(moment);
  }

  /** Takes a tick in. A calm one may be the end, and adds nothing to the shares. */
  add(moment: Moment, size: MachineSize, calm: boolean): void {
    const { snapshot, figures, seconds } = moment;
    this.#seconds += seconds;
    this.#calmSeconds = calm ? this.#calmSeconds + seconds : 0;
    this.#calmSinceMs = calm ? (this.#calmSinceMs ?? this.#lastMs) : undefined;
    this.#lastMs = snapshot.takenAtMs;
    this.#missedSeconds = this.#isMissing(moment) ? this.#missedSeconds + seconds : 0;
    if (calm) return;
    this.#tally.add(snapshot, seconds, figures);
    this.#chapters.add(moment);
    for (const [signal, side] of this.#sides) {
      const value = figures[signal.figure];
      if (value === undefined) continue;
      side.excess += (Math.max(0, value - side.baseline) / signal.leastRise(size)) * seconds;
      if (value <= side.peak) continue;
      side.peak = value;
      side.peakMs = snapshot.takenAtMs;
    }
  }

  /** Time that no tick can speak of. */
  addGap(seconds: number): void {
    this.#seconds += seconds;
  }

  /** When it ended, if it did: the last moment that was not calm. */
  get endMs(): number {
    return this.#calmSinceMs ?? this.#lastMs;
  }

  /** True when it is time for another verdict. */
  get isDue(): boolean {
    const chapterSeconds = (this.#lastMs - this.#chapters.fromMs) / 1000;
    const every = everySeconds.findLast(([after]) => chapterSeconds >= after)?.[1] ?? 0;
    const isDue = this.#seconds - this.#judgedSeconds >= every - 0.5;
    return isDue || (this.#missedSeconds >= leastGoneSeconds && this.#missedSeconds < leastGoneSeconds + 1);
  }

  #isMissing({ snapshot }: Moment): boolean {
    const [first] = this.#verdict === undefined ? [] : namedIn(this.#verdict);
    if (first?.group.kind !== "process") return false;
    const key = groupId(first.group);
    return !snapshot.groups.some(({ id }) => id === key);
  }

  /** Looks whether somebody else leads by now; true when that is so, and the verdict is due. `moments` are those of the last minute. */
  turnsPage(moments: readonly Moment[], isToldNow: boolean): boolean {
    const [signal] = this.#leading() ?? [];
    // what is calm may be the end: nobody has taken over
    if (signal === undefined || this.#calmSeconds > 0 || !this.#chapters.isDue(isToldNow)) return false;
    const measure = measureFor(signal);
    const riseOf = ({ id, usage }: GroupUsage) => measure.of({ ...noFigures, ...usage }) - measure.of(this.#start.past.of(id));
    return this.#chapters.look({
      moments,
      riseOf,
      inGusts: signal.aspect === "writes",
      judge: (tally, seconds, lasting) => this.#judged(tally, seconds, lasting),
    });
  }

  /** Makes the verdict anew: of the running chapter while it lasts, else of the whole. */
  judge(lasting: boolean, moments: readonly Moment[]): void {
    this.#judgedSeconds = this.#seconds;
    const { closed, fromMs, tally } = this.#chapters;
    const seconds = this.#seconds - this.#calmSeconds;
    const running = closed.length === 0 ? undefined : this.#judged(tally, (this.#lastMs - fromMs) / 1000 - this.#calmSeconds, lasting);
    const toMs = lasting ? {} : { toMs: this.endMs };
    this.#told = running === undefined ? undefined : [...closed, { fromMs, ...toMs, verdict: running }];
    const whole = this.#judged(this.#tally, seconds, lasting);
    if (whole === undefined) return;
    const told = {
      ...whole,
      sentence: whole.sentence + chaptersText((this.#told ?? []).map((chapter) => ({ toMs: this.#lastMs, ...chapter }))),
    };
    this.#whole = lasting && running !== undefined ? told : undefined;
    const now = running ?? whole;
    // where nobody leads any more it is the last leader who is missed
    const missed = namedIn(now).length > 0 ? now : (closed.at(-1)?.verdict ?? now);
    this.#verdict = lasting ? { ...now, sentence: now.sentence + beforeText(closed) + goneTextOf(missed, moments) } : told;
  }

  #judged(tally: Tally, seconds: number, lasting: boolean): Verdict | undefined {
    const [signal, side] = this.#leading() ?? [];
    if (signal === undefined || side === undefined) return undefined;
    return judge({
      signal,
      baseline: side.baseline,
      tally,
      past: this.#start.past,
      seconds,
      lasting,
      growing: this.#lastMs - side.peakMs <= freshPeakSeconds * 1000,
      knownSeconds: side.knownSeconds < wellKnownSeconds ? Math.round(side.knownSeconds) : undefined,
      ancestorsOf: (pid) => this.#ancestorsOf(pid),
    });
  }

  /** As others see it. */
  spike(end?: { readonly endMs: number; readonly ending: NonNullable<Spike["ending"]> }): Spike {
    const [signal, side] = this.#leading() ?? [];
    if (signal === undefined || side === undefined) throw new Error("a spike has begun without a figure that left its baseline");
    return defined({
      id: spikeId(this.startMs, this.resource),
      resource: this.resource,
      aspect: signal.aspect,
      startMs: this.startMs,
      peakMs: side.peakMs,
      ...end,
      baseline: side.baseline,
      peak: Math.max(side.peak, side.baseline),
      unit: signal.unit,
      knownSeconds: side.knownSeconds < wellKnownSeconds ? Math.round(side.knownSeconds) : undefined,
      verdict: this.#verdict,
      whole: this.#whole,
      chapters: this.#told,
    });
  }

  #leading(): readonly [Signal, Side] | undefined {
    let leading: readonly [Signal, Side] | undefined;
    for (const entry of this.#sides) if (leading === undefined || entry[1].excess > leading[1].excess) leading = entry;
    return leading;
  }

  /** Asked while the process lives: afterwards its parents are unknown. */
  #ancestorsOf(pid: number): readonly string[] {
    let known = this.#ancestors.get(pid);
    if (known === undefined || known.length === 0) {
      known = this.#start.ancestorsOf(pid);
      this.#ancestors.set(pid, known);
    }
    return known;
  }
}

/** What is to be said where the first of a verdict has died; empty while it lives. */
function goneTextOf(verdict: Verdict, moments: readonly Moment[]): string {
  const [first] = namedIn(verdict);
  if (first === undefined || first.group.kind !== "process") return "";
  const key = groupId(first.group);
  const seen = moments.findLast(({ snapshot }) => snapshot.groups.some(({ id }) => id === key));
  const newestMs = moments.at(-1)?.snapshot.takenAtMs ?? 0;
  const goneSeconds = seen === undefined ? undefined : (newestMs - seen.snapshot.takenAtMs) / 1000;
  return goneSeconds !== undefined && goneSeconds < leastGoneSeconds ? "" : goneText(first, goneSeconds);
}

/** `20261121T100000123Z-cpu`. */
function spikeId(startMs: number, resource: SpikeResource): string {
  return `${new Date(startMs).toISOString().replace(/[-:.]/g, "")}-${resource}`;
}
