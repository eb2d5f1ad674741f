/**
 * What the machine is measured by: one entry a figure. What is recorded, tabulated, drawn, watched for spikes and by triggers derives
 * from it. Over time each has a mean and a peak.
 */
import type { HostDisk, HostNetwork, HostUsage, PressureResource, Stall } from "./snapshot.ts";
import { resourceNames, type SpikeAspect, type SpikeResource } from "./spikeResource.ts";
import { columnOf, type FigureUnit, type ResourceKey } from "./usage.ts";

/** Which chart a figure belongs to. */
export type ChartName = "cpu" | "load" | "memory" | "disk" | "network" | "pressure";

/** How a recorded figure is drawn. */
interface FigureSeries {
  /** As the page's address has it. */
  readonly id: string;
  readonly label: string;
  /** In a report, which has room for more words. */
  readonly longLabel?: string;
  /** 1 is drawn strongest. */
  readonly rank: 1 | 2 | 3;
  /** The page draws it on demand only, a report never. */
  readonly hiddenAtFirst?: true;
}

/** How a trigger watches a figure. */
interface FigureTrigger {
  /** What it is called in the configuration. */
  readonly metric: string;
  /** In the middle of a sentence. */
  readonly words: string;
  /** For a headline, behind High or Low. */
  readonly subject: string;
  /** It jumps from second to second: its mean over the last seconds is what counts. */
  readonly flutters: boolean;
  /** The spikes that belong to the same trouble. */
  readonly resource: SpikeResource;
  /** The group that uses most of these is behind it; else the one that uses most CPU. */
  readonly behind?: readonly ResourceKey[];
}

interface HostFigure {
  readonly unit: FigureUnit;
  /** Unknown where the machine does not tell it. */
  readonly read: (host: HostUsage) => number | undefined;
  /** It is read out of recorded seconds, and is a column of every table. */
  readonly recorded?: true;
  /** Its row in an archive's summary. */
  readonly summary?: string;
  /** Its spikes and thresholds are shown there. */
  readonly chart?: ChartName;
  readonly series?: FigureSeries;
  /** It is watched for spikes, as this. */
  readonly spike?: { readonly resource: SpikeResource; readonly aspect?: SpikeAspect };
  /** What groups have of it: the rest is nobody's. */
  readonly sharedAs?: ResourceKey;
  readonly trigger?: FigureTrigger;
}

const cpu = ["cpuCores"] as const;
const io = ["readBytesPerSecond", "writtenBytesPerSecond"] as const;
const memory = ["residentBytes"] as const;

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
export const chartOfSpike: ReadonlyMap<SpikeResource, ChartName> = new Map(
  hostFigures.flatMap(({ chart, spike }) => (chart === undefined || spike === undefined ? [] : [[spike.resource, chart] as const])),
);

/** What is known of them in one second. */
export type RecordedValues = { readonly [Name in RecordedFigure]?: number | undefined };

/** Reads them all. */
export function recordedValues(host: HostUsage): RecordedValues {
  const values: { [Name in RecordedFigure]?: number | undefined } = {};
  for (const { name, read } of recordedFigures) values[name] = read(host);
  return values;
}

function load<const Metric extends string>(
  metric: Metric,
  span: string,
  of: (load: NonNullable<HostUsage["load"]>, cores: number | undefined) => number | undefined,
) {
  return {
    unit: "load",
    read: ({ load: known, cpu }: HostUsage) => known && of(known, cpu?.cores),
    chart: "load",
    trigger: { metric, words: `the load ${span}`, subject: "Load", flutters: false, resource: "load" },
  } as const;
}

/** Whole disks: partitions would count twice. */
function ofDisks(value: (disk: HostDisk) => number | undefined) {
  const read = ({ disks }: HostUsage) => sumOf(disks, ({ whole }) => whole, value);
  return { unit: "bytesPerSecond", read, recorded: true, chart: "disk" } as const;
}

/** All interfaces but the loopback. */
function ofInterfaces(value: (one: HostNetwork) => number | undefined) {
  const read = ({ network }: HostUsage) => sumOf(network, ({ device }) => device !== "lo", value);
  return { unit: "bytesPerSecond", read, recorded: true, chart: "network" } as const;
}

/** Unknown when nothing is known; what is known of some still says something. */
function sumOf<Device>(
  devices: readonly Device[] = [],
  counts: (device: Device) => boolean,
  value: (device: Device) => number | undefined,
): number | undefined {
  let sum: number | undefined;
  for (const device of devices) {
    const known = counts(device) ? value(device) : undefined;
    if (known !== undefined) sum = (sum ?? 0) + known;
  }
  return sum;
}

function pressure<const Resource extends PressureResource>(resource: Resource, rank: 1 | 2 | 3) {
  return {
    ...stall(resource, "some"),
    recorded: true,
    chart: "pressure",
    series: { id: `${resource}Pressure`, label: resourceNames[resource], rank },
    spike: { resource: "pressure", aspect: resource },
  } as const;
}

/** Share of the time in which at least one task waited for it, or all of them. */
function stall<const Resource extends PressureResource, const Kind extends keyof Stall>(resource: Resource, kind: Kind) {
  const name = resourceNames[resource];
  return {
    unit: "ratio",
    read: (host: HostUsage) => host.pressure?.[resource]?.[kind],
    trigger: {
      metric: `${resource}Pressure${kind === "full" ? "Full" : ""}` as `${Resource}Pressure${Kind extends "full" ? "Full" : ""}`,
      words: `${name} pressure (${kind === "some" ? "some tasks wait" : "all tasks wait"})`,
      subject: `${resource === "memory" ? "Memory" : name} Pressure`,
      flutters: true,
      resource: resource === "io" ? "io" : "pressure",
      behind: { cpu, memory, io }[resource],
    },
  } as const;
}
