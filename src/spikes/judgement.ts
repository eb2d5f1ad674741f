/** Who it is (or was) over any stretch of time, spike or not: some moments held against what was before them. */

import { defined } from "../model/defined.ts";
import type { Verdict } from "../model/spike.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import { machineSize, type Signal, signals } from "./figures.ts";
import type { Moment } from "./history.ts";
import { noPast, type Past } from "./past.ts";
import { Tally } from "./tally.ts";
import { judge } from "./verdict.ts";

/** A verdict, and what it is about. */
export interface Judgement {
  readonly resource: SpikeResource;
  readonly aspect?: Signal["aspect"];
  readonly verdict: Verdict;
}

interface Stretch {
  readonly since: readonly Moment[];
  readonly past: Past;
  /** The moments just before, for what was written in them reaches the disk only now. */
  readonly earlier: readonly Moment[];
  /** The machine's usual figure; undefined where nothing is known of it. */
  readonly baselineOf: (signal: Signal) => number | undefined;
  readonly ancestorsOf: (pid: number) => readonly string[];
  /** Left out: the one that has risen most. */
  readonly resource?: SpikeResource | undefined;
  /** Only what has risen so far that it would be noticed is judged. */
  readonly mustRise?: boolean;
  /** The stretch is over. */
  readonly final?: boolean;
}

/** Nobody has noticed a rise here, so one may be smaller than those that are noticed; but what comes and goes by itself is nobody's doing. */
const leastPart = 0.5;

/** Judges a stretch; undefined where there is nothing to judge. */
export function judgeMoments(stretch: Stretch): Judgement | undefined {
  const tally = new Tally();
  for (const { snapshot, seconds } of stretch.earlier) tally.addEarlier(snapshot, seconds);
  for (const { snapshot, figures, seconds } of stretch.since) tally.add(snapshot, seconds, figures);
  const newest = stretch.since.at(-1)?.snapshot;
  return newest === undefined ? undefined : judgeTally(tally, { ...stretch, size: machineSize(newest.host) });
}

/** The same for what is added up already. */
export function judgeTally(
  tally: Tally,
  stretch: Omit<Stretch, "since" | "earlier"> & { readonly size: ReturnType<typeof machineSize> },
): Judgement | undefined {
  const signal = signalFor(tally, stretch);
  if (signal === undefined || (stretch.mustRise === true && riseOf(tally, signal, stretch) < 1)) return undefined;
  const baseline = stretch.baselineOf(signal);
  const verdict = judge({
    signal,
    baseline,
    tally,
    past: baseline === undefined ? noPast : stretch.past,
    seconds: tally.seconds,
    lasting: stretch.final !== true,
    leastRise: leastPart * signal.leastRise(stretch.size),
    ancestorsOf: stretch.ancestorsOf,
  });
  return defined({ resource: signal.resource, aspect: signal.aspect, verdict });
}

/** The signal that is furthest above its baseline, counted in what would be noticed of it; CPU where none is, or the resource's largest. */
function signalFor(
  tally: Tally,
  { resource, baselineOf, size }: Pick<Stretch, "resource" | "baselineOf"> & { readonly size: ReturnType<typeof machineSize> },
): Signal | undefined {
  // who was killed for memory says nothing of now: who filled it has risen in it
  const wanted = resource === "oom" ? "memory" : resource;
  const told = signals.filter((signal) => (wanted === undefined || signal.resource === wanted) && tally.host(signal.figure) !== undefined);
  const rise = (signal: Signal) => riseOf(tally, signal, { baselineOf, size });
  const [first] = told.filter((signal) => rise(signal) >= 1).sort((a, b) => rise(b) - rise(a));
  const height = (signal: Signal) => levelOf(tally, signal) / signal.leastRise(size);
  const [largest] = told.filter((signal) => signal.resource === (wanted ?? "cpu")).sort((a, b) => height(b) - height(a));
  return first ?? largest ?? told[0];
}

/** Counted in what would be noticed of it; 0 where nothing is known of its past. */
function riseOf(
  tally: Tally,
  signal: Signal,
  { baselineOf, size }: Pick<Stretch, "baselineOf"> & { readonly size: ReturnType<typeof machineSize> },
): number {
  const baseline = baselineOf(signal);
  return baseline === undefined ? 0 : (levelOf(tally, signal) - baseline) / signal.leastRise(size);
}

function levelOf(tally: Tally, { resource, figure }: Signal): number {
  return resource === "memory" ? tally.peakUsedBytes : (tally.host(figure) ?? 0);
}
