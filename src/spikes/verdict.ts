/**
 * Who it was: every line's rise over its own past, as its part of all rises.
 *
 * What cannot be attributed is a line of its own, so that the shares show how much is not known.
 */
import { defined } from "../model/defined.ts";
import { type GroupLabels, remainderLabels } from "../model/group.ts";
import type { Verdict, VerdictShare } from "../model/spike.ts";
import type { Signal } from "./figures.ts";
import type { Past } from "./past.ts";
import { type SentenceFacts, sentenceOf } from "./sentence.ts";
import type { Tally } from "./tally.ts";
import { giveToCauses } from "./victims.ts";
import { type Measure, measureFor, type WeighedLine, weighLines } from "./weigh.ts";
import { readsAlike } from "./words.ts";

interface Case {
  readonly signal: Pick<Signal, "resource" | "aspect" | "figure" | "unit">;
  /** The machine's figure before; undefined where nothing is known of that time. */
  readonly baseline: number | undefined;
  readonly tally: Tally;
  readonly past: Past;
  /** How long it lasted or has lasted until now. */
  readonly seconds: number;
  readonly lasting: boolean;
  /** A rise of less is none, and nobody has made it. Left out where a rise was noticed. */
  readonly leastRise?: number;
  /** How much of the past is known, where that is little. */
  readonly knownSeconds?: number | undefined;
  /** Memory goes on growing. */
  readonly growing?: boolean;
  /** Names of a process' parents, the nearest first. */
  readonly ancestorsOf: (pid: number) => readonly string[];
}

/** Lines below this are summed up as `other`; more than so many are not named. */
const leastShare = 0.01;
const mostNamed = 10;
const mostVictims = 5;
const mostPids = 5;
const mostChannels = 3;

/** All CPUs are busy, and nearly were before, as far as is known: who wants more takes it from others, and the total does not rise. */
const saturatedRatio = 0.95;
const nearlySaturatedRatio = 0.85;

/** Judges. Deterministic: the same ticks give the same Verdict. */
export function judge(given: Case): Verdict {
  const wanted = isSaturated(given);
  const measure = measureFor(given.signal, wanted);
  const lines = weighLines(given.tally, given.past, measure);
  if (!wanted) giveToCauses(lines, given.tally);
  const rest = unattributedRise(given, measure, lines);
  const total = lines.reduce((sum, { weight }) => sum + weight, 0) + rest;
  // lines that took over from each other make no rise, nor does one that cannot be read off the figures
  const isLevel = !wanted && isLevelWith(given);
  const rose = total > 0 && given.past.known && !isLevel;
  if (!rose) for (const line of lines) line.weight = measure.of(line.during);
  const shares = sharesOf(given, measure, lines, rose ? rest : 0);
  const basis = wanted ? "demand" : rose ? undefined : "use";
  const facts: SentenceFacts = {
    ...given.signal,
    from: given.baseline,
    to: levelOf(given),
    cores: given.tally.cores,
    shares,
    seconds: given.seconds,
    lasting: given.lasting,
    growing: given.growing === true,
    basis,
    knownSeconds: given.knownSeconds,
  };
  return defined({ sentence: sentenceOf(facts), shares, final: !given.lasting, basis });
}

/** What the machine's figure was meanwhile: its mean, of memory its highest. */
function levelOf({ signal, tally }: Case): number {
  return signal.resource === "memory" ? tally.peakUsedBytes : (tally.host(signal.figure) ?? 0);
}

function isLevelWith(given: Case): boolean {
  const { baseline, signal, leastRise = 0 } = given;
  const to = levelOf(given);
  return baseline !== undefined && (to - baseline < leastRise || readsAlike(baseline, to, signal.unit));
}

function isSaturated({ signal, baseline, tally }: Case): boolean {
  if (signal.resource !== "cpu" || tally.host("runningTasks") === undefined) return false;
  const wasFull = baseline === undefined || baseline >= nearlySaturatedRatio * tally.cores;
  return wasFull && (tally.host("busyCores") ?? 0) >= saturatedRatio * tally.cores;
}

/**
 * What the machine rose and no line did. CPU has lines of its own for that. Pressure is not counted in what lines use, so nobody can say how
 * much of it is whose; but a group that uses next to nothing has not made it.
 */
function unattributedRise(given: Case, measure: Measure, lines: readonly WeighedLine[]): number {
  const { signal, baseline, past } = given;
  if (baseline === undefined || signal.resource === "cpu") return 0;
  if (signal.resource === "pressure") return Math.max(0, measure.leastCause - lines.reduce((sum, { weight }) => sum + weight, 0));
  if (measure.unit !== signal.unit) return 0;
  const rest = levelOf(given) - lines.reduce((sum, { during }) => sum + measure.of(during), 0);
  // writers may be ahead of the disk, but the remainder is never below 0
  return Math.max(0, Math.min(rest - Math.max(0, measure.of(past.rest)), levelOf(given) - baseline));
}

function sharesOf(given: Case, measure: Measure, lines: readonly WeighedLine[], rest: number): readonly VerdictShare[] {
  const total = lines.reduce((sum, { weight }) => sum + weight, 0) + rest;
  const ranked = lines.filter((line) => line.weight > 0 || line.waiting || line.helping).sort((a, b) => b.weight - a.weight);
  const named: VerdictShare[] = [];
  const victims: VerdictShare[] = [];
  let restWeight = rest;
  const other = { weight: 0, from: 0, to: 0 };
  for (const line of ranked) {
    const share = total > 0 ? line.weight / total : 0;
    if (line.labels.kind === "unattributed") restWeight += line.weight;
    else if (line.labels.kind !== "other" && share >= leastShare && named.length < mostNamed)
      named.push(shareOf(given, measure, line, share));
    else if (share < leastShare && (line.waiting || line.helping) && victims.length < mostVictims) {
      victims.push(shareOf(given, measure, line, share));
    } else {
      other.weight += line.weight;
      other.from += measure.of(line.before);
      other.to += measure.of(line.during);
    }
  }
  if (other.weight > 0) named.push(remainder("other", other.weight / total, other.from, other.to));
  if (restWeight > 0) named.push(remainder("unattributed", restWeight / total, 0, restWeight));
  return [...named.sort((a, b) => b.share - a.share), ...victims];
}

function remainder(kind: "other" | "unattributed", share: number, from: number, to: number): VerdictShare {
  return { group: remainderLabels(kind), share, from, to, pids: [] };
}

function shareOf({ tally, ancestorsOf }: Case, measure: Measure, line: WeighedLine, share: number): VerdictShare {
  const weight = line.waiting ? waitingOrElse(measure) : measure.ofProcess;
  const ranked = tally.processes.of(line.id, weight);
  // who caused what others wait for may have done nothing that this spike counts
  const processes =
    ranked.length > 0 ? ranked : tally.processes.of(line.id, (sums) => sums.readBytes + sums.writtenBytes + sums.cpuSeconds);
  const all = processes.reduce((sum, one) => sum + weight(one), 0);
  const [first] = processes;
  // one that did nearly all of it is the one
  const main = first !== undefined && weight(first) >= 0.9 * all ? [first] : processes;
  const parents = first === undefined || line.helping ? [] : ancestorsOf(first.pid);
  const waitChannels = line.waiting ? channelsOf(processes) : [];
  return defined({
    group: line.labels as GroupLabels,
    share,
    from: measure.of(line.before),
    to: measure.of(line.during),
    pids: main.slice(0, mostPids).map(({ pid }) => pid),
    processes: main.length > mostPids ? main.length : undefined,
    commandLine: first === undefined || first.commandLine === "" ? undefined : first.commandLine,
    parents: parents.length === 0 ? undefined : parents,
    waiting: line.waiting ? true : undefined,
    waitChannels: waitChannels.length === 0 ? undefined : waitChannels,
    helping: line.helping ? true : undefined,
  });
}

function waitingOrElse(measure: Measure): Measure["ofProcess"] {
  return (sums) => sums.waitingSeconds + measure.ofProcess(sums) / 1e6;
}

function channelsOf(processes: readonly { readonly waitChannels: ReadonlyMap<string, number> }[]): readonly string[] {
  const seconds = new Map<string, number>();
  for (const { waitChannels } of processes) {
    for (const [channel, time] of waitChannels) seconds.set(channel, (seconds.get(channel) ?? 0) + time);
  }
  return [...seconds]
    .filter(([channel]) => channel !== "" && channel !== "0")
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostChannels)
    .map(([channel]) => channel);
}
