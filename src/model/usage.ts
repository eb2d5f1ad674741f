/** What a group or a process uses of the machine: one entry a resource. Whatever ranks, folds, tabulates or compares groups derives from it. */
import type { SpikeResource } from "./spikeResource.ts";

/** What a figure is counted in. */
export type FigureUnit = "ratio" | "cores" | "tasks" | "load" | "loadPerCore" | "bytes" | "bytesPerSecond";

/** One resource of a group. Over time it has a mean and a peak; as a column of a table it has its own name in snake case. */
interface ResourceFigure {
  readonly unit: FigureUnit;
  /** For a person. */
  readonly title: string;
  /** Its spikes are about this; while there are none, its past is learnt. */
  readonly resource: SpikeResource;
  /** It is held, not done: who is not read in a second has it still, and having some is no deed. */
  readonly level?: true;
  /** So many groups of a range are shown by name for leading in it, by their sum and by their highest second. */
  readonly named: { readonly bySum: number; readonly byPeak: number };
  /** So many changes of it are told, none that are less, neither in all nor as a share of what was there. */
  readonly changes?: { readonly most: number; readonly least: number; readonly leastShare: number };
}

const mebibyte = 1024 * 1024;

/** All of them, in the order of their columns. */
const resourceFigures = {
  cpuCores: {
    unit: "cores",
    title: "CPU",
    resource: "cpu",
    named: { bySum: 10, byPeak: 5 },
    changes: { most: 8, least: 0.02, leastShare: 0.1 },
  },
  residentBytes: {
    unit: "bytes",
    title: "memory",
    resource: "memory",
    level: true,
    named: { bySum: 5, byPeak: 2 },
    changes: { most: 6, least: 4 * mebibyte, leastShare: 0.05 },
  },
  readBytesPerSecond: {
    unit: "bytesPerSecond",
    title: "read",
    resource: "io",
    named: { bySum: 3, byPeak: 2 },
    changes: { most: 4, least: 50 * 1024, leastShare: 0.2 },
  },
  writtenBytesPerSecond: {
    unit: "bytesPerSecond",
    title: "written",
    resource: "io",
    named: { bySum: 3, byPeak: 2 },
    changes: { most: 4, least: 50 * 1024, leastShare: 0.2 },
  },
  runningTasks: { unit: "tasks", title: "running tasks", resource: "load", named: { bySum: 2, byPeak: 2 } },
  uninterruptibleTasks: {
    unit: "tasks",
    title: "tasks in uninterruptible sleep",
    resource: "load",
    named: { bySum: 3, byPeak: 2 },
    changes: { most: 4, least: 0.2, leastShare: 0.2 },
  },
} as const satisfies Readonly<Record<string, ResourceFigure>>;

/** The resources that a group or process can be ranked by. */
export type ResourceKey = keyof typeof resourceFigures;

/** `undefined` is unknown (no permission, first reading, counter reset), never 0. */
export type ResourceUsage = { readonly [Key in ResourceKey]?: number };

/** Their names, in the order of their columns. */
export const resourceKeys = Object.keys(resourceFigures) as readonly ResourceKey[];

/** The entry of one of them. */
export function resourceFigure(key: ResourceKey): ResourceFigure {
  return resourceFigures[key];
}

/** A value for each of them. */
export function perResource<Result>(resultOf: (key: ResourceKey) => Result): Record<ResourceKey, Result> {
  return Object.fromEntries(resourceKeys.map((key) => [key, resultOf(key)])) as Record<ResourceKey, Result>;
}

/** The name of a figure as tables have it: `cpuCores` is `cpu_cores` there. */
export function columnOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
