/**
 * One recorded second in a few words: the machine in the shape that a hub takes from any script (`cpu`, `memory`, `disk` in percent and
 * bytes), the figures of every table, and who used most CPU.
 */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, labelsOf } from "../../model/group.ts";
import { type RecordedValues, recordedValues } from "../../model/hostFigures.ts";
import { busiestGroup, type RecordedSnapshot } from "./line.ts";
import type { MountRollup } from "./mounts.ts";

/** A store of bytes and how full it is. `used` and `free` are together `total`. */
interface Fill {
  readonly total: number;
  readonly used: number;
  readonly free: number;
  /** 0 to 100. */
  readonly percent: number;
}

/** The machine in a shape that scripts write, too. What is unknown is absent. */
interface PlainHost {
  readonly hostname: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  /** 0 to 100; `per_core` in the order of their numbers. */
  readonly cpu?: { readonly percent: number; readonly per_core?: readonly number[] };
  /** `free` is what can still be had, caches included. */
  readonly memory?: Fill;
  /** The file system at `/`; where there is none, the fullest. `free` is what others than root can write. */
  readonly disk?: Fill;
}

/** An entry of the history. What is unknown is absent. */
export interface HistoryEntry extends PlainHost, RecordedValues {
  /** The same as `timestamp`. */
  readonly time: string;
  readonly takenAtMs: number;
  readonly elapsedSeconds?: number;
  /** More time has passed than a tick explains. */
  readonly gap?: true;
  /** The named group that used most CPU; absent when none used any. */
  readonly top?: Omit<GroupLabels, "kind"> & { readonly cpuCores: number };
}

/** A second as an entry; `mounts` are those of the newest line that has told of them. */
export function historyEntry(hostname: string, snapshot: RecordedSnapshot, mounts?: readonly MountRollup[]): HistoryEntry {
  const { takenAtMs, elapsedSeconds, gap, host, groups } = snapshot;
  const top = busiestGroup(groups);
  const { cpu, memory } = host;
  const percents = [...(cpu?.coreUsageRatios ?? [])].sort((a, b) => a.cpu - b.cpu).map(({ ratio }) => percentOf(ratio));
  return defined({
    ...plainHead(hostname, takenAtMs),
    time: new Date(takenAtMs).toISOString(),
    takenAtMs,
    elapsedSeconds,
    gap: gap || undefined,
    cpu:
      cpu?.usageRatio === undefined
        ? undefined
        : defined({ percent: percentOf(cpu.usageRatio), per_core: percents.length > 0 ? percents : undefined }),
    memory: memory === undefined ? undefined : fillOf(memory.totalBytes, memory.availableBytes),
    disk: diskOf(mounts),
    ...recordedValues(host),
    top: top === undefined ? undefined : { ...withoutKind(labelsOf(top)), cpuCores: top.usage.cpuCores ?? 0 },
  });
}

/** Whose it is, and of when. */
export function plainHead(hostname: string, takenAtMs: number): Pick<PlainHost, "hostname" | "timestamp"> {
  return { hostname, timestamp: new Date(takenAtMs).toISOString() };
}

/** The file system to name where there is room for one. */
export function diskOf(mounts: readonly MountRollup[] | undefined): Fill | undefined {
  const disk = mounts?.find(({ mountpoint }) => mountpoint === "/") ?? mounts?.[0];
  return disk && fillOf(disk.sizeBytes, disk.availableBytes);
}

/** How full something is. */
export function fillOf(total: number, free: number): Fill {
  return { total, used: total - free, free, percent: total > 0 ? percentOf(1 - free / total) : 0 };
}

/** A ratio in percent, to two digits. */
export function percentOf(ratio: number): number {
  return Math.round(ratio * 10_000) / 100;
}

function withoutKind({ kind: _, ...labels }: GroupLabels): Omit<GroupLabels, "kind"> {
  return labels;
}
