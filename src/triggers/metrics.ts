/** Everything that a trigger can watch: where it is read, how it is shown, what it is called. */
import { hostFigures } from "../model/hostFigures.ts";
import { type PoolUsage, poolsOfHost } from "../model/pools.ts";
import type { HostUsage, Snapshot } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import { measuredResources, resourceNames, type SpikeResource, spikeResources } from "../model/spikeResource.ts";
import type { TriggerMetric } from "../model/trigger.ts";
import { failedUnits } from "../model/units.ts";
import { type ResourceKey, resourceFigure, resourceKeys } from "../model/usage.ts";

/** What is known by instance, "" being the machine; undefined where nothing at all could be read. */
type Readings = ReadonlyMap<string, number | undefined> | undefined;

interface WatchedMetric {
  readonly unit: "ratio" | "number" | "spike" | "failure";
  /** In the middle of a sentence. */
  readonly words: string;
  /** For a headline: that which is above the threshold, and below. */
  readonly title: string;
  readonly titleBelow: string;
  /** It jumps from second to second: its mean over the last seconds is what counts. */
  readonly flutters: boolean;
  /** The spikes that belong to the same trouble. */
  readonly resource?: SpikeResource | undefined;
  /** The group that uses most of these is named with it. */
  readonly behind: readonly ResourceKey[];
  read(snapshot: Snapshot, spikes: readonly Spike[]): Readings;
}

const cpu: readonly ResourceKey[] = ["cpuCores"];

/** All metrics by name. */
export const watchedMetrics: Readonly<Record<TriggerMetric, WatchedMetric>> = Object.fromEntries<WatchedMetric>([
  ...hostFigures.flatMap((figure) =>
    figure.trigger === undefined ? [] : [[figure.trigger.metric, ofFigure(figure, figure.trigger)] as const],
  ),
  ["disk", perPool("disk usage", "Disk Almost Full", "Disk Almost Empty", ({ usageRatio }) => usageRatio)],
  ["inodes", perPool("inode usage", "Inodes Almost Used Up", "Inodes Almost Unused", ({ inodeUsageRatio }) => inodeUsageRatio)],
  [
    "coverage",
    {
      unit: "ratio",
      words: "the share of CPU time whose process is known",
      title: "High Coverage",
      titleBelow: "Low Coverage",
      flutters: true,
      behind: cpu,
      read: ({ coverage }) => new Map([["", coverage?.cpu]]),
    },
  ],
  [
    "unitFailed",
    {
      unit: "failure",
      words: "a failed unit",
      title: "Failed Unit",
      titleBelow: "",
      flutters: false,
      behind: [],
      read: ({ host }) => host.units && new Map(failedUnits(host.units).map((unit) => [unit, 1])),
    },
  ],
  [
    "oomKill",
    {
      unit: "spike",
      words: "an OOM kill",
      title: "Process Killed for Memory",
      titleBelow: "",
      flutters: false,
      resource: "oom",
      behind: ["residentBytes"],
      read: (_, spikes) => new Map([["", spikes.some(({ resource }) => resource === "oom") ? 1 : 0]]),
    },
  ],
  ["spike", spikesOf(spikeResources)],
  ...measuredResources.map((resource) => [`${resource}Spike`, spikesOf([resource])] as const),
]) as Record<TriggerMetric, WatchedMetric>;

function ofFigure(
  { unit, read }: Pick<(typeof hostFigures)[number], "unit" | "read">,
  { words, subject, flutters, resource, behind = cpu }: NonNullable<(typeof hostFigures)[number]["trigger"]>,
): WatchedMetric {
  return {
    unit: unit === "ratio" ? "ratio" : "number",
    words,
    title: `High ${subject}`,
    titleBelow: `Low ${subject}`,
    flutters,
    resource,
    behind,
    read: ({ host }) => new Map([["", read(host)]]),
  };
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
    // tasks that want a CPU make load and pressure as well
    behind: only === "memory" || only === "io" ? resourceKeys.filter((key) => resourceFigure(key).resource === only) : cpu,
    resource: only,
    read: (_, spikes) =>
      new Map(watched.map((resource) => [only === undefined ? resource : "", spikes.some((one) => one.resource === resource) ? 1 : 0])),
  };
}

function perPool(words: string, title: string, titleBelow: string, ratio: (pool: PoolUsage) => number | undefined): WatchedMetric {
  return {
    unit: "ratio",
    words,
    title,
    titleBelow,
    flutters: false,
    behind: ["writtenBytesPerSecond"],
    read: ({ host }) => host.filesystems && new Map(poolsOfHost(host).map((pool) => [pool.mountpoint, ratio(pool)])),
  };
}

/** What a Snapshot says of its fullest file system. */
export function fullestDisk(host: HostUsage): { readonly mountpoint: string; readonly ratio: number } | undefined {
  let fullest: { readonly mountpoint: string; readonly ratio: number } | undefined;
  for (const { mountpoint, usageRatio } of poolsOfHost(host)) {
    if (usageRatio !== undefined && usageRatio > (fullest?.ratio ?? -1)) fullest = { mountpoint, ratio: usageRatio };
  }
  return fullest;
}
