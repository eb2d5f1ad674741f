/** The recorder's lines, read back. */
import type { GroupLabels, HostUsage, ResourceUsage } from "../model/snapshot.ts";
import type { RecordedLine } from "../recorder/recording.ts";

/** A group as a line holds it: without its id, which the labels make again. */
export interface RecordedGroup extends GroupLabels {
  readonly usage: ResourceUsage;
}

/** What a line says. */
export interface RecordedSnapshot {
  readonly takenAtMs: number;
  readonly elapsedSeconds?: number;
  /** More time has passed than a tick explains. */
  readonly gap: boolean;
  readonly host: HostUsage;
  readonly groups: readonly RecordedGroup[];
}

/** Reads one line; undefined when it is none, so that one bad second does not cost the others. */
export function parseRecorded({ line }: RecordedLine): RecordedSnapshot | undefined {
  try {
    const { takenAtMs, elapsedSeconds, gap, host, groups } = JSON.parse(line) as Partial<RecordedSnapshot>;
    if (typeof takenAtMs !== "number" || typeof host !== "object" || !Array.isArray(groups)) return undefined;
    return { takenAtMs, gap: gap === true, host, groups, ...(typeof elapsedSeconds === "number" ? { elapsedSeconds } : {}) };
  } catch {
    return undefined;
  }
}

/** The figures of one second that a person looks at first. */
export interface HostFigures {
  readonly cpuUsageRatio?: number | undefined;
  readonly load1?: number | undefined;
  readonly load5?: number | undefined;
  readonly load15?: number | undefined;
  readonly memoryUsageRatio?: number | undefined;
  readonly swapUsedBytes?: number | undefined;
  readonly diskReadBytesPerSecond?: number | undefined;
  readonly diskWrittenBytesPerSecond?: number | undefined;
  readonly networkReceiveBytesPerSecond?: number | undefined;
  readonly networkTransmitBytesPerSecond?: number | undefined;
  readonly runningTasks?: number | undefined;
  readonly uninterruptibleTasks?: number | undefined;
}

/** Sums a second's devices up: whole disks, and all interfaces but the loopback. */
export function hostFigures({ cpu, load, memory, disks, network, tasks }: HostUsage): HostFigures {
  const whole = disks?.filter((disk) => disk.whole);
  const outer = network?.filter(({ device }) => device !== "lo");
  return {
    cpuUsageRatio: cpu?.usageRatio,
    ...load,
    memoryUsageRatio: memory?.usageRatio,
    swapUsedBytes: memory?.swapUsedBytes,
    diskReadBytesPerSecond: sum(whole?.map((disk) => disk.readBytesPerSecond)),
    diskWrittenBytesPerSecond: sum(whole?.map((disk) => disk.writtenBytesPerSecond)),
    networkReceiveBytesPerSecond: sum(outer?.map((one) => one.receiveBytesPerSecond)),
    networkTransmitBytesPerSecond: sum(outer?.map((one) => one.transmitBytesPerSecond)),
    runningTasks: tasks?.running,
    uninterruptibleTasks: tasks?.uninterruptible,
  };
}

/** Unknown when nothing is known; what is known of some still says something. */
function sum(values: readonly (number | undefined)[] | undefined): number | undefined {
  const known = values?.filter((value) => value !== undefined) ?? [];
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}
