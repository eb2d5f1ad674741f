/**
 * What the machine is measured by: one entry a figure. What is recorded, tabulated, drawn, watched for spikes and by triggers derives
 * from it. Over time each has a mean and a peak.
 */
import { type ChartName, type HostFigure, io, load, memory, ofDisks, ofInterfaces, pressure, stall } from "./figureKinds.ts";
import type { HostUsage } from "./snapshot.ts";
import type { SpikeResource } from "./spikeResource.ts";
import { columnOf } from "./usage.ts";

/** All of them; those that are recorded in the order of their columns. */
const table = {
  cpuUsageRatio: {
    unit: "ratio",
    read: ({ cpu }) => cpu?.usageRatio,
    recorded: true,
    summary: "CPU usage",
    chart: "cpu",
    series: { id: "cpu", label: "busy", rank: 1 },
    trigger: { metric: "cpu", words: "CPU usage", subject: "CPU Usage", flutters: true, resource: "cpu" },
  },
  busyCores: { unit: "cores", read: ({ cpu }) => cpu?.busyCores, chart: "cpu", spike: { resource: "cpu" } },
  load1: {
    ...load("load1", "over 1 minute", (known) => known.load1),
    recorded: true,
    summary: "Load (1 min)",
    series: { id: "load1", label: "1 min", rank: 1 },
  },
  load5: {
    ...load("load5", "over 5 minutes", (known) => known.load5),
    recorded: true,
    series: { id: "load5", label: "5 min", rank: 2 },
  },
  load15: {
    ...load("load15", "over 15 minutes", (known) => known.load15),
    recorded: true,
    series: { id: "load15", label: "15 min", rank: 3, hiddenAtFirst: true },
  },
  loadPerCore: {
    ...load("loadPerCore", "over 5 minutes per core", (known, cores) => (cores === undefined ? undefined : known.load5 / cores)),
    unit: "loadPerCore",
  },
  loadTasks: {
    unit: "tasks",
    read: ({ tasks: { running, uninterruptible } = {} }) =>
      running === undefined && uninterruptible === undefined ? undefined : (running ?? 0) + (uninterruptible ?? 0),
    chart: "load",
    spike: { resource: "load" },
  },
  memoryUsageRatio: {
    unit: "ratio",
    read: ({ memory: known }) => known?.usageRatio,
    recorded: true,
    summary: "Memory usage",
    chart: "memory",
    series: { id: "memory", label: "used", longLabel: "of all memory", rank: 1 },
    trigger: { metric: "memory", words: "memory usage", subject: "Memory Usage", flutters: false, resource: "memory", behind: memory },
  },
  usedBytes: {
    unit: "bytes",
    read: ({ memory: known }) => known && known.totalBytes - known.availableBytes,
    chart: "memory",
    spike: { resource: "memory" },
    sharedAs: "residentBytes",
  },
  swapUsedBytes: { unit: "bytes", read: ({ memory: known }) => known?.swapUsedBytes, recorded: true, summary: "Swap used" },
  swapUsageRatio: {
    unit: "ratio",
    read: ({ memory: { swapTotalBytes = 0, swapUsedBytes } = {} }) =>
      swapTotalBytes > 0 && swapUsedBytes !== undefined ? swapUsedBytes / swapTotalBytes : undefined,
    trigger: { metric: "swap", words: "swap usage", subject: "Swap Usage", flutters: false, resource: "memory", behind: memory },
  },
  diskReadBytesPerSecond: {
    ...ofDisks((disk) => disk.readBytesPerSecond),
    summary: "Disks, read",
    series: { id: "read", label: "read", rank: 1 },
    spike: { resource: "io", aspect: "reads" },
    sharedAs: "readBytesPerSecond",
  },
  diskWrittenBytesPerSecond: {
    ...ofDisks((disk) => disk.writtenBytesPerSecond),
    summary: "Disks, written",
    series: { id: "written", label: "written", rank: 2 },
    spike: { resource: "io", aspect: "writes" },
    sharedAs: "writtenBytesPerSecond",
  },
  networkReceiveBytesPerSecond: {
    ...ofInterfaces((one) => one.receiveBytesPerSecond),
    summary: "Network, received",
    series: { id: "received", label: "received", rank: 1 },
  },
  networkTransmitBytesPerSecond: {
    ...ofInterfaces((one) => one.transmitBytesPerSecond),
    summary: "Network, sent",
    series: { id: "sent", label: "sent", rank: 2 },
  },
  runningTasks: {
    unit: "tasks",
    read: ({ tasks }) => tasks?.running,
    recorded: true,
    summary: "Running tasks",
    chart: "load",
    series: { id: "running", label: "running", rank: 2, hiddenAtFirst: true },
    sharedAs: "runningTasks",
    trigger: {
      metric: "runningTasks",
      words: "the number of runnable tasks",
      subject: "Number of Runnable Tasks",
      flutters: true,
      resource: "load",
    },
  },
  uninterruptibleTasks: {
    unit: "tasks",
    read: ({ tasks }) => tasks?.uninterruptible,
    recorded: true,
    summary: "Tasks in D",
    chart: "load",
    series: { id: "blocked", label: "blocked", longLabel: "tasks in uninterruptible sleep", rank: 3 },
    sharedAs: "uninterruptibleTasks",
    trigger: {
      metric: "blockedTasks",
      words: "the number of tasks in uninterruptible sleep",
      subject: "Number of Blocked Tasks",
      flutters: true,
      resource: "load",
      behind: io,
    },
  },
  cpuPressureRatio: pressure("cpu", 1),
  memoryPressureRatio: pressure("memory", 3),
  ioPressureRatio: pressure("io", 2),
  cpuFullPressureRatio: stall("cpu", "full"),
  memoryFullPressureRatio: stall("memory", "full"),
  ioFullPressureRatio: stall("io", "full"),
  busiestCoreRatio: {
    unit: "ratio",
    read: ({ cpu }) => cpu?.coreUsageRatios?.reduce<number | undefined>((most, { ratio }) => Math.max(most ?? 0, ratio), undefined),
    recorded: true,
  },
  memoryTotalBytes: { unit: "bytes", read: ({ memory: known }) => known?.totalBytes, recorded: true },
  memoryAvailableBytes: { unit: "bytes", read: ({ memory: known }) => known?.availableBytes, recorded: true },
  swapTotalBytes: { unit: "bytes", read: ({ memory: known }) => known?.swapTotalBytes, recorded: true },
} as const satisfies Readonly<Record<string, HostFigure>>;

type Table = typeof table;

/** The names of all figures. */
export type HostFigureName = keyof Table;

/** Of those that are recorded. */
export type RecordedFigure = { [Name in HostFigureName]: Table[Name] extends { readonly recorded: true } ? Name : never }[HostFigureName];

/** What triggers call those that they can watch. */
export type FigureMetric = {
  [Name in HostFigureName]: Table[Name] extends { readonly trigger: { readonly metric: infer Metric } } ? Metric : never;
}[HostFigureName];

interface Named<Name extends HostFigureName> extends HostFigure {
  readonly name: Name;
}

/** All of them. */
export const hostFigures = Object.entries<HostFigure>(table).map(
  ([name, figure]): Named<HostFigureName> => ({ name: name as HostFigureName, ...figure }),
);

/** Those that are recorded, with the names of their columns. */
export const recordedFigures = hostFigures
  .filter((figure): figure is Named<RecordedFigure> => figure.recorded === true)
  .map((figure) => ({ ...figure, column: columnOf(figure.name) }));

/** On which chart the spikes of a resource are shown. */
export const chartOfSpike: ReadonlyMap<SpikeResource, ChartName> = new Map<SpikeResource, ChartName>([
  ...hostFigures.flatMap(({ chart, spike }) => (chart === undefined || spike === undefined ? [] : [[spike.resource, chart] as const])),
  ["oom", "memory"],
]);

/** What is known of them in one second. */
export type RecordedValues = { readonly [Name in RecordedFigure]?: number | undefined };

/** Reads them all. */
export function recordedValues(host: HostUsage): RecordedValues {
  const values: { [Name in RecordedFigure]?: number | undefined } = {};
  for (const { name, read } of recordedFigures) values[name] = read(host);
  return values;
}
