/** What an alert is about, and which of the spikes of that time it is about. */

import { compareTelling } from "../model/culprit.ts";
import { defined } from "../model/defined.ts";
import type { Spike } from "../model/spike.ts";
import type { SpikeAspect, SpikeResource } from "../model/spikeResource.ts";

/** What an alert is about. */
export interface Subject {
  readonly resource: SpikeResource;
  /** Where it names one side of the resource. */
  readonly aspect?: SpikeAspect;
}

/** What is read of an alert's, a trigger's or a person's request. */
interface Named {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** When something was asked about. */
interface AskedMoment {
  /** When the trouble began, as far as it was told. */
  readonly onsetMs: number;
  /** When it was asked. */
  readonly atMs: number;
}

/** An alert is late: what it is about may have ended so long before. */
export const alertDelayMs = 60_000;

/** By whole words: `Utilization` ends in `io`-something, `Threadpool` begins like reading, and neither speaks of disks. */
const words = {
  oom: /^(?:oom|oomkills?|oomkilled)$/,
  memory: /^(?:mem|memory|ram|swap)$/,
  io: /^(?:disks?|i\/?o|iops|iowait|reads?|reading|writes?|writing|written|filesystems?|fs|inodes?|storage)$/,
  pressure: /^(?:pressure|stalls?|stalled|psi)$/,
  cpu: /^(?:cpus?|processors?)$/,
  load: /^(?:load\d*|loadavg)$/,
} as const satisfies Readonly<Record<SpikeResource, RegExp>>;
/** The first that fits counts: `HighIoPressure` is about I/O. */
const order = ["oom", "memory", "io", "pressure", "cpu", "load"] as const satisfies readonly SpikeResource[];

const reading = /^(?:reads?|reading)$/;
const writing = /^(?:writes?|writing|written|filesystems?|fs|inodes?)$/;

/**
 * What it is about: the label `resource` says it in Culprit's own words or in others' (`pressure_cpu`, `disk_write`), else the label
 * `metric`, else the name; else summary and description, where they speak of one resource alone. Undefined when nothing tells.
 */
export function subjectOf({ name, labels = {}, annotations = {} }: Named): Subject | undefined {
  const { resource, metric, instance } = labels;
  return (
    (resource === undefined ? undefined : subjectOfLabel(resource)) ??
    // a trigger on spikes of any resource: its instance says which
    (metric === "spike" && instance !== undefined ? subjectOfLabel(instance) : undefined) ??
    (metric === undefined ? undefined : subjectOfName(metric)) ??
    subjectOfName(name) ??
    onlySubject(`${annotations.summary ?? ""} ${annotations.description ?? ""}`)
  );
}

/** Those of the spikes that an alert may be about, and those that were over before; each the most likely first. */
interface RankedSpikes {
  /** It is about these. */
  readonly fitting: readonly Spike[];
  /** The others of that time. */
  readonly others: readonly Spike[];
}

/**
 * Ranks the spikes of a time by how likely an alert is about them. One that lasts beats one that was over before the onset; the very
 * resource beats one that goes up and down with it. What is about nothing in particular may be about any.
 */
export function rankSpikes(subject: Subject | undefined, { onsetMs, atMs }: AskedMoment, spikes: readonly Spike[]): RankedSpikes {
  const ranked = spikes
    .map((spike) => ({ spike, kin: kinship(subject, spike), ended: hasEnded(spike, Math.min(onsetMs, atMs)) }))
    .sort((a, b) => Number(a.ended) - Number(b.ended) || b.kin - a.kin || compareTelling(a.spike, b.spike));
  // what only moves along with it is no reason when it was over before
  const fits = ({ kin, ended }: (typeof ranked)[number]) => kin > 0 && !(ended && subject !== undefined && kin < sameResource);
  return {
    fitting: ranked.filter(fits).map(({ spike }) => spike),
    others: ranked.filter((one) => !fits(one)).map(({ spike }) => spike),
  };
}

/**
 * Those of a time that came to a sudden end. Memory is asked first, for what has none left ends, whatever else it was doing: `judged` is
 * what the last seconds show, where a rise may be too young to be a spike.
 */
export function rankAtEnd(endMs: number, spikes: readonly Spike[], judged: SpikeResource | undefined): RankedSpikes {
  const moment = { onsetMs: endMs, atMs: endMs };
  const ofMemory = rankSpikes({ resource: "memory" }, moment, spikes);
  if (ofMemory.fitting.some((spike) => !hasEnded(spike, endMs))) return ofMemory;
  return judged === "memory" ? { fitting: [], others: spikes } : rankSpikes(undefined, moment, spikes);
}

/** Whether a spike was over by then. */
export function hasEnded({ endMs }: Spike, byMs: number): boolean {
  return endMs !== undefined && endMs < byMs;
}

const sameResource = 2;

/** 3: the very thing; 2: the resource, another side of it; 1: what goes up and down with it; 0: something else. */
function kinship(subject: Subject | undefined, { resource, aspect }: Spike): number {
  if (subject === undefined) return sameResource;
  if (subject.resource === resource) {
    const differs = subject.aspect !== undefined && aspect !== undefined && subject.aspect !== aspect;
    return differs ? (resource === "pressure" ? 0 : sameResource) : 3;
  }
  const own = familyOf(subject.resource, subject.aspect);
  return own !== undefined && own === familyOf(resource, aspect) ? 1 : 0;
}

/** What rises and falls together: tasks that want a CPU make CPU use, load and CPU pressure at once. */
export function familyOf(resource: SpikeResource, aspect: SpikeAspect | undefined): "cpu" | "memory" | "io" | undefined {
  if (resource === "load") return "cpu";
  if (resource === "oom") return "memory";
  if (resource !== "pressure") return resource;
  return aspect === "cpu" || aspect === "memory" || aspect === "io" ? aspect : undefined;
}

/** A label names one thing: with pressure stands what tasks were stalled for. */
function subjectOfLabel(label: string): Subject | undefined {
  const found = resourcesIn(label);
  if (found.includes("pressure")) {
    const aspect = found.find((one) => one === "memory" || one === "io" || one === "cpu");
    return defined({ resource: "pressure", aspect });
  }
  return subjectOfName(label);
}

function subjectOfName(name: string): Subject | undefined {
  const [resource] = resourcesIn(name);
  if (resource === undefined) return undefined;
  const said = wordsOf(name);
  const isIo = resource === "io";
  if (isIo && said.some((word) => reading.test(word))) return { resource, aspect: "reads" };
  if (isIo && said.some((word) => writing.test(word))) return { resource, aspect: "writes" };
  return { resource };
}

function onlySubject(text: string): Subject | undefined {
  const found = resourcesIn(text);
  return found.length === 1 ? subjectOfName(text) : undefined;
}

function resourcesIn(text: string): readonly SpikeResource[] {
  const said = wordsOf(text);
  return order.filter((resource) => said.some((word) => words[resource].test(word)));
}

/** `HighCPUUtilization`, `node_load5` and `Disk I/O` in their words, small. */
function wordsOf(name: string): readonly string[] {
  const apart = name.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2");
  // as it stands as well: IOwait is one word
  return `${name} ${apart}`.toLowerCase().split(/[^a-z\d/]+/);
}
