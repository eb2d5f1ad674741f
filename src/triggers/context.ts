/** What a message about a trigger says of those behind it: the verdict, the largest lines, the page at that moment. */
import { namedIn, wholeVerdict } from "../model/culprit.ts";
import { defined } from "../model/defined.ts";
import { type GroupLabels, groupName } from "../model/group.ts";
import type { NotificationLine } from "../model/notification.ts";
import type { Spike, Verdict } from "../model/spike.ts";
import { aspectNames, resourceNames, type SpikeResource } from "../model/spikeResource.ts";
import { spikeMetric, type TriggerEvent, type TriggerMetric } from "../model/trigger.ts";
import type { ResourceUsage } from "../model/usage.ts";
import { whoText } from "../spikes/sentence.ts";
import { alertDelayMs, rankSpikes, type Subject, subjectOf } from "../spikes/subject.ts";
import { figureText } from "../spikes/words.ts";
import { watchedMetrics } from "./metrics.ts";
import type { TriggerContext } from "./requests.ts";

/** A line of the machine's use, over the last minute or so. */
export interface UsedLine {
  readonly labels: GroupLabels;
  readonly usage: ResourceUsage;
}

/** Where the facts come from. */
export interface ContextSources {
  lines(): readonly UsedLine[];
  /** Those that last, and those that have ended a while ago. */
  spikes(): readonly Spike[];
  /** Who it is right now: the last `seconds` against what was before. */
  judgeNow(seconds: number, resource: SpikeResource): { readonly verdict: Verdict } | undefined;
  /** The address of the live page at a moment; undefined when no one outside could open it. */
  pageUrl(atMs: number): string | undefined;
  /** What is to be known of such addresses. */
  readonly linkNote?: string | undefined;
}

const mostLines = 10;
const judgedSeconds = 60;
/** The present, beside a spike that is over. */
const presentSeconds = 10;

/** Makes the context of an event. */
export function createContext(sources: ContextSources): (event: TriggerEvent) => TriggerContext {
  return ({ kind, firing }) => {
    const subject = subjectOfTrigger(firing.metric, firing.instance);
    const { onsetMs, endMs } = firing;
    return contextOf({ subject, onsetMs, untilMs: endMs, isOver: kind === "resolved", metric: firing.metric }, sources);
  };
}

/** An alert of somebody else's, about a resource where it tells one. */
export interface AlertMoment {
  readonly subject: Subject | undefined;
  readonly startsAtMs: number;
  readonly isOver: boolean;
}

/** Makes the context of an alert; one that tells nothing is taken to be about the CPU. */
export function createAlertContext(sources: ContextSources): (alert: AlertMoment) => TriggerContext {
  return ({ subject = { resource: "cpu" }, startsAtMs, isOver }) =>
    contextOf({ subject, onsetMs: startsAtMs, untilMs: undefined, isOver, metric: spikeMetric(subject.resource) }, sources);
}

interface Moment {
  readonly subject: Subject | undefined;
  readonly onsetMs: number;
  readonly untilMs: number | undefined;
  readonly isOver: boolean;
  readonly metric: TriggerMetric;
}

function contextOf(moment: Moment, sources: ContextSources): TriggerContext {
  const spike = fittingSpike(moment, sources);
  const verdict = verdictOf(moment, spike, sources);
  const page = sources.pageUrl(moment.onsetMs);
  return defined({
    verdict: verdict?.sentence,
    who: verdict && whoText(verdict, moment.isOver),
    culprits: verdict && culpritsOf(verdict),
    top: topLines(sources.lines(), moment.metric),
    peak: spike && peakOf(spike),
    page,
    linkNote: sources.linkNote,
  });
}

/** Those whom a verdict names, each by process, unit and container: quiet for certain groups goes by them. */
export function culpritsOf(verdict: Verdict): readonly (readonly string[])[] {
  return namedIn(verdict).map(({ group }) => [groupName(group), group.unit, group.container].filter((name) => name !== ""));
}

/** The spike that it is about. */
function fittingSpike({ subject, onsetMs, untilMs = Number.POSITIVE_INFINITY }: Moment, { spikes }: ContextSources): Spike | undefined {
  if (subject === undefined) return undefined;
  const then = spikes().filter(
    ({ startMs, endMs, verdict }) => verdict !== undefined && startMs <= untilMs && (endMs ?? onsetMs) >= onsetMs - alertDelayMs,
  );
  return rankSpikes(subject, { onsetMs, atMs: untilMs }, then).fitting[0];
}

/** That of the spike; without one, who it is right now. Where nothing can spike (disks fill slowly) there is none. */
function verdictOf({ subject, isOver }: Moment, spike: Spike | undefined, { judgeNow }: ContextSources): Verdict | undefined {
  if (subject === undefined) return undefined;
  if (isOver) return spike && wholeVerdict(spike);
  if (spike === undefined) return judgeNow(judgedSeconds, subject.resource)?.verdict;
  if (spike.endMs === undefined || spike.verdict === undefined) return spike.verdict;
  return withPresent(spike.verdict, judgeNow(presentSeconds, subject.resource)?.verdict);
}

/** `disk writes 120 MB/s`: what the machine's own figures do not hold. */
function peakOf({ resource, aspect, peak, unit }: Spike): string | undefined {
  if (resource !== "io" && resource !== "pressure") return undefined;
  return `${aspect === undefined ? resourceNames[resource] : aspectNames[aspect]} ${figureText(peak, unit)}`;
}

/** What it was about is over, and yet it goes on: where somebody has made the present, that one comes first. */
function withPresent(past: Verdict, present: Verdict | undefined): Verdict {
  if (present === undefined || present.basis !== undefined || namedIn(present).length === 0) return past;
  return { ...present, sentence: `${present.sentence} Before that: ${past.sentence}` };
}

/** The instances of the metric `spike` are the resources. */
function subjectOfTrigger(metric: TriggerMetric, instance: string): Subject | undefined {
  const { resource } = watchedMetrics[metric];
  if (resource !== undefined) return { resource };
  return metric === "spike" ? subjectOf({ name: "", labels: { metric, instance } }) : undefined;
}

/** The lines that use most of what the trigger is about, the first first. */
export function topLines(lines: readonly UsedLine[], metric: TriggerMetric): readonly NotificationLine[] {
  const { behind } = watchedMetrics[metric];
  return lines
    .map((line) => ({ ...line, weight: behind.reduce((sum, key) => sum + (line.usage[key] ?? 0), 0) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, mostLines)
    .map(({ labels, usage }) => lineOf(labels, usage));
}

function lineOf(
  labels: GroupLabels,
  { cpuCores, residentBytes, readBytesPerSecond, writtenBytesPerSecond }: ResourceUsage,
): NotificationLine {
  return defined({
    kind: labels.kind,
    name: nameOf(labels),
    cpuCores,
    residentBytes,
    readBytesPerSecond,
    writtenBytesPerSecond,
  });
}

/** The process with its unit or container. */
function nameOf(labels: GroupLabels): string {
  const { unit, container } = labels;
  const name = groupName(labels);
  const where = container === "" ? unit : container;
  return where === "" ? name : `${name} (${where})`;
}
