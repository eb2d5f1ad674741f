/** What a figure of the machine is, and those that come in several: loads, disks, interfaces, pressures. */
import type { HostDisk, HostNetwork, HostUsage, PressureResource, Stall } from "./snapshot.ts";
import { type MeasuredResource, resourceNames, type SpikeAspect } from "./spikeResource.ts";
import type { FigureUnit, ResourceKey } from "./usage.ts";

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
  readonly resource: MeasuredResource;
  /** The group that uses most of these is behind it; else the one that uses most CPU. */
  readonly behind?: readonly ResourceKey[];
}

/** A figure of the machine: how it is read, and who uses it. */
export interface HostFigure {
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
  readonly spike?: { readonly resource: MeasuredResource; readonly aspect?: SpikeAspect };
  /** What groups have of it: the rest is nobody's. */
  readonly sharedAs?: ResourceKey;
  readonly trigger?: FigureTrigger;
}

const cpu = ["cpuCores"] as const;
/** What a group uses where it is behind much disk traffic or many waiting for it. */
export const io = ["readBytesPerSecond", "writtenBytesPerSecond"] as const;
/** What it uses where it is behind full memory. */
export const memory = ["residentBytes"] as const;

/** The load over a span of time. */
export function load<const Metric extends string>(
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
export function ofDisks(value: (disk: HostDisk) => number | undefined) {
  const read = ({ disks }: HostUsage) => sumOf(disks, ({ whole }) => whole, value);
  return { unit: "bytesPerSecond", read, recorded: true, chart: "disk" } as const;
}

/** All interfaces but the loopback. */
export function ofInterfaces(value: (one: HostNetwork) => number | undefined) {
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

/** Share of the time in which at least one task waited for it, as it is recorded. */
export function pressure<const Resource extends PressureResource>(resource: Resource, rank: 1 | 2 | 3) {
  return {
    ...stall(resource, "some"),
    recorded: true,
    chart: "pressure",
    series: { id: `${resource}Pressure`, label: resourceNames[resource], rank },
    spike: { resource: "pressure", aspect: resource },
  } as const;
}

/** Share of the time in which at least one task waited for it, or all of them. */
export function stall<const Resource extends PressureResource, const Kind extends keyof Stall>(resource: Resource, kind: Kind) {
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
