/** Everything that a trigger can watch: where it is read, how it is shown, what it is called. */
import { type PoolUsage, poolsOf } from "../model/pools.ts";
import type { PressureResource, Snapshot, Stall } from "../model/snapshot.ts";
import { resourceNames, type Spike, type SpikeResource, spikeResources } from "../model/spike.ts";
import type { TriggerMetric } from "../model/trigger.ts";

/** What is known by instance, "" being the machine; undefined where nothing at all could be read. */
type Readings = ReadonlyMap<string, number | undefined> | undefined;

/** One of them. */
interface WatchedMetric {
  readonly unit: "ratio" | "number" | "spike";
  /** In the middle of a sentence. */
  readonly words: string;
  /** For a headline: that which is above the threshold, and below. */
  readonly title: string;
  readonly titleBelow: string;
  /** It jumps from second to second: its mean over the last seconds is what counts. */
  readonly flutters: boolean;
  /** The spikes that belong to the same trouble. */
  readonly resource?: SpikeResource | undefined;
  read(snapshot: Snapshot, spikes: readonly Spike[]): Readings;
}

type Host = Snapshot["host"];

/** All metrics by name. */
export const watchedMetrics: Readonly<Record<TriggerMetric, WatchedMetric>> = {
  load1: load("the load over 1 minute", ({ load: known }) => known?.load1),
  load5: load("the load over 5 minutes", ({ load: known }) => known?.load5),
  load15: load("the load over 15 minutes", ({ load: known }) => known?.load15),
  loadPerCore: load("the load over 5 minutes per core", ({ load: known, cpu }) => known && cpu && known.load5 / cpu.cores),
  cpu: single("ratio", "CPU usage", "CPU Usage", true, "cpu", ({ cpu }) => cpu?.usageRatio),
  memory: single("ratio", "memory usage", "Memory Usage", false, "memory", ({ memory }) => memory?.usageRatio),
  swap: single("ratio", "swap usage", "Swap Usage", false, "memory", swapRatio),
  disk: perPool("disk usage", "Disk Almost Full", "Disk Almost Empty", ({ usageRatio }) => usageRatio),
  inodes: perPool("inode usage", "Inodes Almost Used Up", "Inodes Almost Unused", ({ inodeUsageRatio }) => inodeUsageRatio),
  cpuPressure: pressure("CPU", "cpu", "some"),
  cpuPressureFull: pressure("CPU", "cpu", "full"),
  memoryPressure: pressure("memory", "memory", "some"),
  memoryPressureFull: pressure("memory", "memory", "full"),
  ioPressure: pressure("I/O", "io", "some"),
  ioPressureFull: pressure("I/O", "io", "full"),
  runningTasks: single("number", "the number of runnable tasks", "Number of Runnable Tasks", true, "load", ({ tasks }) => tasks?.running),
  blockedTasks: single(
    "number",
    "the number of tasks in uninterruptible sleep",
    "Number of Blocked Tasks",
    true,
    "load",
    ({ tasks }) => tasks?.uninterruptible,
  ),
  coverage: {
    ...single("ratio", "the share of CPU time whose process is known", "Coverage", true, undefined, () => undefined),
    read: ({ coverage }) => new Map([["", coverage?.cpu]]),
  },
  spike: spikesOf(spikeResources),
  cpuSpike: spikesOf(["cpu"]),
  loadSpike: spikesOf(["load"]),
  memorySpike: spikesOf(["memory"]),
  ioSpike: spikesOf(["io"]),
  pressureSpike: spikesOf(["pressure"]),
};

function single(
  unit: "ratio" | "number",
  words: string,
  subject: string,
  flutters: boolean,
  resource: SpikeResource | undefined,
  value: (host: Host) => number | undefined,
): WatchedMetric {
  return {
    unit,
    words,
    title: `High ${subject}`,
    titleBelow: `Low ${subject}`,
    flutters,
    resource,
    read: ({ host }) => new Map([["", value(host)]]),
  };
}

function load(words: string, value: (host: Host) => number | undefined): WatchedMetric {
  return single("number", words, "Load", false, "load", value);
}

function pressure(name: string, resource: PressureResource, kind: keyof Stall): WatchedMetric {
  const words = `${name} pressure (${kind === "some" ? "some tasks wait" : "all tasks wait"})`;
  const title = `${name === "memory" ? "Memory" : name} Pressure`;
  const spikes = resource === "io" ? "io" : "pressure";
  return single("ratio", words, title, true, spikes, (host) => host.pressure?.[resource]?.[kind]);
}

/** Each resource has a spike or has none: this is always known. */
function spikesOf(watched: readonly SpikeResource[]): WatchedMetric {
  const [only] = watched.length === 1 ? watched : [];
  const name = only === undefined ? "" : `${resourceNames[only]} `;
  return {
    unit: "spike",
    words: `${only === "io" ? "an" : "a"} ${name}spike`,
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)}Spike`,
    titleBelow: "",
    flutters: false,
    resource: only,
    read: (_, spikes) =>
      new Map(watched.map((resource) => [only === undefined ? resource : "", spikes.some((one) => one.resource === resource) ? 1 : 0])),
  };
}

function swapRatio({ memory }: Host): number | undefined {
  const { swapTotalBytes = 0, swapUsedBytes } = memory ?? {};
  return swapTotalBytes > 0 && swapUsedBytes !== undefined ? swapUsedBytes / swapTotalBytes : undefined;
}

function perPool(words: string, title: string, titleBelow: string, ratio: (pool: PoolUsage) => number | undefined): WatchedMetric {
  return {
    unit: "ratio",
    words,
    title,
    titleBelow,
    flutters: false,
    read: ({ host: { filesystems } }) => filesystems && new Map(poolsOf(filesystems).map((pool) => [pool.mountpoint, ratio(pool)])),
  };
}

/** What a Snapshot says of its fullest file system. */
export function fullestDisk({ filesystems = [] }: Host): { readonly mountpoint: string; readonly ratio: number } | undefined {
  let fullest: { readonly mountpoint: string; readonly ratio: number } | undefined;
  for (const { mountpoint, usageRatio } of poolsOf(filesystems)) {
    if (usageRatio !== undefined && usageRatio > (fullest?.ratio ?? -1)) fullest = { mountpoint, ratio: usageRatio };
  }
  return fullest;
}
