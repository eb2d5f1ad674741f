/** The figures of one tick that spikes are about: those of the whole machine, and of one line. */
import type { HostUsage } from "../model/snapshot.ts";
import type { SpikeAspect, SpikeResource, SpikeUnit } from "../model/spike.ts";
import type { ResourceKey, ResourceUsage } from "../model/usage.ts";

/** The figures of a machine, in the order in which they are kept. */
export const hostKeys = [
  "busyCores",
  "loadTasks",
  "usedBytes",
  "readBytesPerSecond",
  "writtenBytesPerSecond",
  "cpuPressure",
  "memoryPressure",
  "ioPressure",
  "runningTasks",
  "waitingTasks",
] as const;

/** A figure of the machine. */
export type HostKey = (typeof hostKeys)[number];

/** What is known of a machine in one tick. */
export type HostFigures = Readonly<Partial<Record<HostKey, number>>>;

/** How large the machine is: heights are measured by it. */
export interface MachineSize {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Something that can spike. A resource with several sides (reads and writes, three pressures) has a signal for each. */
export interface Signal {
  readonly resource: SpikeResource;
  readonly aspect?: SpikeAspect;
  readonly figure: HostKey;
  readonly unit: SpikeUnit;
  /** A rise of less than this is flutter. */
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

/** Disks do their work in gusts: written every five seconds, silent in between. */
const io = {
  resource: "io",
  unit: "bytes_per_second",
  // a slow disk is saturated by twenty times as much; what is below is the everyday of logs and journals
  leastRise: () => 4 * mebibyte,
  leastSeconds: 8,
  // what was written in half a minute may be on the disk within one second
  mostOfOneTick: 1,
  calmSeconds: 15,
  pastSeconds: halfHour,
} as const;

const pressure = {
  resource: "pressure",
  unit: "ratio",
  leastRise: () => 0.15,
  leastSeconds: 4,
  mostOfOneTick: 0.6,
  calmSeconds: 10,
  pastSeconds: halfHour,
} as const;

/** Everything that is watched. */
export const signals: readonly Signal[] = [
  {
    resource: "cpu",
    figure: "busyCores",
    unit: "cores",
    leastRise: ({ cores }) => Math.max(0.3, 0.05 * cores),
    leastSeconds: 5,
    mostOfOneTick: 0.6,
    calmSeconds: 10,
    pastSeconds: halfHour,
  },
  {
    resource: "load",
    figure: "loadTasks",
    unit: "tasks",
    // tasks are counted at one moment of the second, so one or two come and go
    leastRise: ({ cores }) => Math.max(1.5, 0.25 * cores),
    leastSeconds: 6,
    mostOfOneTick: 0.4,
    calmSeconds: 10,
    pastSeconds: halfHour,
  },
  {
    resource: "memory",
    figure: "usedBytes",
    unit: "bytes",
    leastRise: ({ memoryBytes }) => Math.max(128 * mebibyte, 0.03 * memoryBytes),
    leastSeconds: 1.5,
    mostOfOneTick: 0.6,
    calmSeconds: 30,
    // a leak takes its time: a baseline of minutes would follow it
    pastSeconds: 4 * halfHour,
  },
  { ...io, aspect: "reads", figure: "readBytesPerSecond" },
  { ...io, aspect: "writes", figure: "writtenBytesPerSecond" },
  { ...pressure, aspect: "cpu", figure: "cpuPressure" },
  { ...pressure, aspect: "memory", figure: "memoryPressure" },
  { ...pressure, aspect: "io", figure: "ioPressure" },
];

/** The figures of the machine in one tick; what it does not tell is absent. */
export function hostFigures({ cpu, tasks, memory, disks, pressure }: HostUsage): HostFigures {
  const whole = disks?.filter((disk) => disk.whole);
  const { running, uninterruptible } = tasks ?? {};
  return {
    ...known("busyCores", cpu?.busyCores),
    ...known("runningTasks", running),
    ...known("waitingTasks", uninterruptible),
    ...known("loadTasks", running === undefined && uninterruptible === undefined ? undefined : (running ?? 0) + (uninterruptible ?? 0)),
    ...known("usedBytes", memory === undefined ? undefined : memory.totalBytes - memory.availableBytes),
    ...known("readBytesPerSecond", sum(whole?.map((disk) => disk.readBytesPerSecond))),
    ...known("writtenBytesPerSecond", sum(whole?.map((disk) => disk.writtenBytesPerSecond))),
    ...known("cpuPressure", pressure?.cpu?.some),
    ...known("memoryPressure", pressure?.memory?.some),
    ...known("ioPressure", pressure?.io?.some),
  };
}

/** How large the machine is, as far as it says. */
export function machineSize({ cpu, memory }: Pick<HostUsage, "cpu" | "memory">): MachineSize {
  return { cores: cpu?.cores ?? 1, memoryBytes: memory?.totalBytes ?? 0 };
}

/** Figures of a line, every one known; what was never told is 0 here. */
export type LineFigures = Readonly<Record<ResourceKey, number>>;

/** A line that was not there. */
export const noFigures: LineFigures = Object.freeze({
  cpuCores: 0,
  runningTasks: 0,
  uninterruptibleTasks: 0,
  residentBytes: 0,
  readBytesPerSecond: 0,
  writtenBytesPerSecond: 0,
});

/** What the machine has and no group: below 0 where groups have more, as writers do whose pages the disk has yet to see. */
export function restOf(figures: HostFigures, groups: Iterable<{ readonly usage: ResourceUsage }>): ResourceUsage {
  const { runningTasks, waitingTasks, usedBytes, readBytesPerSecond, writtenBytesPerSecond } = figures;
  let running = 0;
  let waiting = 0;
  let resident = 0;
  let read = 0;
  let written = 0;
  for (const { usage } of groups) {
    running += usage.runningTasks ?? 0;
    waiting += usage.uninterruptibleTasks ?? 0;
    resident += usage.residentBytes ?? 0;
    read += usage.readBytesPerSecond ?? 0;
    written += usage.writtenBytesPerSecond ?? 0;
  }
  return {
    ...known("runningTasks", less(runningTasks, running)),
    ...known("uninterruptibleTasks", less(waitingTasks, waiting)),
    ...known("residentBytes", less(usedBytes, resident)),
    ...known("readBytesPerSecond", less(readBytesPerSecond, read)),
    ...known("writtenBytesPerSecond", less(writtenBytesPerSecond, written)),
  };
}

function less(value: number | undefined, taken: number): number | undefined {
  return value === undefined ? undefined : value - taken;
}

function sum(values: readonly (number | undefined)[] | undefined): number | undefined {
  const told = values?.filter((value) => value !== undefined) ?? [];
  return told.length === 0 ? undefined : told.reduce((total, value) => total + value, 0);
}

function known<Key extends string>(key: Key, value: number | undefined): { [key in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: number });
}
