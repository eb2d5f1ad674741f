/** The figures of one tick that spikes are about: those of the whole machine, and of one line. */
import { type HostFigureName, hostFigures } from "../model/hostFigures.ts";
import type { HostUsage } from "../model/snapshot.ts";
import type { MeasuredResource, SpikeAspect, SpikeUnit } from "../model/spikeResource.ts";
import { perResource, type ResourceKey, type ResourceUsage } from "../model/usage.ts";

/** Those of the machine, in the order in which they are kept. */
export const watchedFigures = hostFigures.filter(({ spike, sharedAs }) => spike !== undefined || sharedAs !== undefined);

/** What is known of them in one tick. */
export type WatchedValues = Readonly<Partial<Record<HostFigureName, number>>>;

/** How large the machine is: heights are measured by it. */
export interface MachineSize {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Something that can spike. A resource with several sides (reads and writes, three pressures) has a signal for each. */
export interface Signal {
  readonly resource: MeasuredResource;
  readonly aspect?: SpikeAspect;
  readonly figure: HostFigureName;
  readonly unit: SpikeUnit;
  /** A rise of less than this is noise. */
  readonly leastRise: (size: MachineSize) => number;
  /** How much rise must have come together, in seconds of the least rise: a step shows in two or three, a blip never. */
  readonly leastSeconds: number;
  /** One tick alone counts for no more than this part of it. */
  readonly mostOfOneTick: number;
  /** So long below, and it is over. */
  readonly calmSeconds: number;
  /** The baseline looks back so far. */
  readonly pastSeconds: number;
}

const halfHour = 1800;
const mebibyte = 1024 * 1024;

type Profile = Omit<Signal, "resource" | "aspect" | "figure">;

const profiles: Readonly<Record<MeasuredResource, Profile>> = {
  cpu: {
    unit: "cores",
    leastRise: ({ cores }) => Math.max(0.3, 0.05 * cores),
    leastSeconds: 5,
    mostOfOneTick: 0.6,
    calmSeconds: 10,
    pastSeconds: halfHour,
  },
  load: {
    unit: "tasks",
    // tasks are counted at one moment of the second, so one or two come and go
    leastRise: ({ cores }) => Math.max(1.5, 0.25 * cores),
    leastSeconds: 6,
    mostOfOneTick: 0.4,
    calmSeconds: 10,
    pastSeconds: halfHour,
  },
  memory: {
    unit: "bytes",
    leastRise: ({ memoryBytes }) => Math.max(128 * mebibyte, 0.03 * memoryBytes),
    leastSeconds: 1.5,
    mostOfOneTick: 0.6,
    calmSeconds: 30,
    // a leak takes its time: a baseline of minutes would follow it
    pastSeconds: 4 * halfHour,
  },
  // disks do their work in gusts: written every five seconds, silent in between
  io: {
    unit: "bytes_per_second",
    // a slow disk is saturated by twenty times as much; less than this is usual for logs and journals
    leastRise: () => 4 * mebibyte,
    leastSeconds: 8,
    // what was written in half a minute may be on the disk within one second
    mostOfOneTick: 1,
    calmSeconds: 15,
    pastSeconds: halfHour,
  },
  pressure: {
    unit: "ratio",
    leastRise: () => 0.15,
    leastSeconds: 4,
    mostOfOneTick: 0.6,
    calmSeconds: 10,
    pastSeconds: halfHour,
  },
};

/** Everything that is watched. */
export const signals: readonly Signal[] = hostFigures.flatMap(({ name, spike }) =>
  spike === undefined ? [] : [{ ...profiles[spike.resource], ...spike, figure: name }],
);

/** The figures of the machine in one tick; what it does not tell is absent. */
export function watchedValues(host: HostUsage): WatchedValues {
  const values: { [Name in HostFigureName]?: number } = {};
  for (const { name, read } of watchedFigures) {
    const value = read(host);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** How large the machine is, as far as it says. */
export function machineSize({ cpu, memory }: Pick<HostUsage, "cpu" | "memory">): MachineSize {
  return { cores: cpu?.cores ?? 1, memoryBytes: memory?.totalBytes ?? 0 };
}

/** Figures of a line, every one known; what was never told is 0 here. */
export type LineFigures = Readonly<Record<ResourceKey, number>>;

/** A line that was not there. */
export const noFigures: LineFigures = Object.freeze(perResource(() => 0));

/** What the machine has and no group: below 0 where groups have more, as writers do whose pages the disk has yet to see. */
export function restOf(values: WatchedValues, groups: Iterable<{ readonly usage: ResourceUsage }>): ResourceUsage {
  const used = sumOf(groups);
  const rest: { [Key in ResourceKey]?: number } = {};
  for (const { name, sharedAs } of watchedFigures) {
    const value = values[name];
    if (sharedAs !== undefined && value !== undefined) rest[sharedAs] = value - used[sharedAs];
  }
  return rest;
}

/** Of every group in every tick: read by fixed names, which takes half the time. */
function sumOf(groups: Iterable<{ readonly usage: ResourceUsage }>): LineFigures {
  let [cpuCores, residentBytes, readBytesPerSecond, writtenBytesPerSecond, runningTasks, uninterruptibleTasks] = [0, 0, 0, 0, 0, 0];
  for (const { usage } of groups) {
    cpuCores += usage.cpuCores ?? 0;
    residentBytes += usage.residentBytes ?? 0;
    readBytesPerSecond += usage.readBytesPerSecond ?? 0;
    writtenBytesPerSecond += usage.writtenBytesPerSecond ?? 0;
    runningTasks += usage.runningTasks ?? 0;
    uninterruptibleTasks += usage.uninterruptibleTasks ?? 0;
  }
  return { cpuCores, residentBytes, readBytesPerSecond, writtenBytesPerSecond, runningTasks, uninterruptibleTasks };
}
