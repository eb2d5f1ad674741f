/** What a message about a trigger says of those behind it: the verdict, the largest lines, the page at that moment. */
import type { NotificationLine } from "../model/notification.ts";
import type { GroupLabels, ResourceUsage } from "../model/snapshot.ts";
import type { Spike, SpikeResource, Verdict } from "../model/spike.ts";
import type { TriggerEvent, TriggerMetric } from "../model/trigger.ts";
import { watchedMetrics } from "./metrics.ts";
import type { TriggerContext } from "./requests.ts";

/** A line of the machine's use, over the last minute or so. */
export interface UsedLine {
  readonly labels: GroupLabels;
  readonly usage: ResourceUsage;
}

/** Those who know. */
export interface ContextSources {
  lines(): readonly UsedLine[];
  /** Those that last, and those that have ended a while ago. */
  spikes(): readonly Spike[];
  /** Who it is right now: the last `seconds` against what was before. */
  judgeNow(seconds: number, resource: SpikeResource): { readonly verdict: Verdict } | undefined;
  /** The address of the live page at a moment; undefined when no one outside could open it. */
  pageUrl(atMs: number): string | undefined;
}

const mostLines = 10;
const judgedSeconds = 60;

/** Makes the context of an event. */
export function createContext(sources: ContextSources): (event: TriggerEvent) => TriggerContext {
  return ({ kind, firing }) => {
    const resource = watchedMetrics[firing.metric].resource ?? resourceOf(firing.instance);
    const { onsetMs: fromMs, endMs: untilMs } = firing;
    return contextOf({ resource, fromMs, untilMs, isOver: kind === "resolved", metric: firing.metric }, sources);
  };
}

/** An alert of somebody else's, about a resource where its name tells one. */
export interface AlertMoment {
  readonly resource: SpikeResource | undefined;
  readonly startsAtMs: number;
  readonly isOver: boolean;
}

/** Makes the context of an alert; one whose name tells nothing is taken to be about the CPU. */
export function createAlertContext(sources: ContextSources): (alert: AlertMoment) => TriggerContext {
  return ({ resource = "cpu", startsAtMs, isOver }) =>
    contextOf({ resource, fromMs: startsAtMs - alertDelayMs, untilMs: undefined, isOver, metric: metrics[resource] }, sources);
}

/** An alert is late: what it is about may have ended so long before. */
const alertDelayMs = 60_000;
const metrics = { cpu: "cpu", load: "load1", memory: "memory", io: "ioPressure", pressure: "cpuPressure" } as const;

interface Moment {
  readonly resource: SpikeResource | undefined;
  readonly fromMs: number;
  readonly untilMs: number | undefined;
  readonly isOver: boolean;
  readonly metric: TriggerMetric;
}

function contextOf(moment: Moment, sources: ContextSources): TriggerContext {
  const verdict = verdictOf(moment, sources);
  const page = sources.pageUrl(moment.fromMs);
  return {
    ...(verdict === undefined ? {} : { verdict }),
    top: topLines(sources.lines(), moment.metric),
    ...(page === undefined ? {} : { page }),
  };
}

/** That of a spike at the same time; without one, who it is right now. Where nothing can spike (disks fill slowly) there is none. */
function verdictOf(
  { resource, fromMs, untilMs = Number.POSITIVE_INFINITY, isOver }: Moment,
  { spikes, judgeNow }: ContextSources,
): string | undefined {
  if (resource === undefined) return undefined;
  const spike = spikes()
    .filter((one) => one.resource === resource && one.verdict !== undefined)
    .filter(({ startMs, endMs = Number.POSITIVE_INFINITY }) => startMs <= untilMs && endMs >= fromMs)
    .reduce<Spike | undefined>((newest, one) => (newest === undefined || one.startMs > newest.startMs ? one : newest), undefined);
  if (spike?.verdict !== undefined) return spike.verdict.sentence;
  return isOver ? undefined : judgeNow(judgedSeconds, resource)?.verdict.sentence;
}

const resources: readonly SpikeResource[] = ["cpu", "load", "memory", "io", "pressure"];

/** The instances of the metric `spike` are the resources. */
function resourceOf(instance: string): SpikeResource | undefined {
  return resources.find((one) => one === instance);
}

/** The lines that use most of what the trigger is about, the first first. */
export function topLines(lines: readonly UsedLine[], metric: TriggerMetric): readonly NotificationLine[] {
  const weigh = weightFor(metric);
  return lines
    .map((line) => ({ ...line, weight: weigh(line.usage) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, mostLines)
    .map(({ labels, usage }) => lineOf(labels, usage));
}

function weightFor(metric: TriggerMetric): (usage: ResourceUsage) => number {
  const writes = ({ writtenBytesPerSecond = 0 }: ResourceUsage) => writtenBytesPerSecond;
  const io = ({ readBytesPerSecond = 0, writtenBytesPerSecond = 0 }: ResourceUsage) => readBytesPerSecond + writtenBytesPerSecond;
  switch (metric) {
    case "disk":
    case "inodes":
      return writes;
    case "memory":
    case "swap":
    case "memoryPressure":
    case "memoryPressureFull":
    case "memorySpike":
      return ({ residentBytes = 0 }) => residentBytes;
    case "ioPressure":
    case "ioPressureFull":
    case "ioSpike":
    case "blockedTasks":
      return io;
    default:
      return ({ cpuCores = 0 }) => cpuCores;
  }
}

function lineOf(
  labels: GroupLabels,
  { cpuCores, residentBytes, readBytesPerSecond, writtenBytesPerSecond }: ResourceUsage,
): NotificationLine {
  return {
    kind: labels.kind,
    name: nameOf(labels),
    ...(cpuCores === undefined ? {} : { cpuCores }),
    ...(residentBytes === undefined ? {} : { residentBytes }),
    ...(readBytesPerSecond === undefined ? {} : { readBytesPerSecond }),
    ...(writtenBytesPerSecond === undefined ? {} : { writtenBytesPerSecond }),
  };
}

const remainders = {
  other: "many others",
  short_lived: "short-lived processes",
  interrupts: "interrupts",
  unattributed: "nobody known",
} as const;

/** The process with its unit or container. */
function nameOf({ kind, process, unit, container }: GroupLabels): string {
  const name = kind === "process" ? process : remainders[kind];
  const where = container === "" ? unit : container;
  return where === "" ? name : `${name} (${where})`;
}
