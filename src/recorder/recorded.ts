/** The recorder's lines, read back. */
import type { GroupLabels } from "../model/group.ts";
import type { HostUsage, ProcessUsage } from "../model/snapshot.ts";
import type { ResourceUsage } from "../model/usage.ts";
import { nestsTooDeep } from "./depth.ts";
import type { RecordedLine } from "./recording.ts";
import { isGroup, isHost, isLength, isMoment, isProcess } from "./soundness.ts";

/** A group as a line holds it: without its id, which the labels make again. */
export interface RecordedGroup extends GroupLabels {
  readonly usage: ResourceUsage;
}

/** A process as a line holds it: without its group, which its name tells where only one has it. */
export type RecordedProcess = Omit<ProcessUsage, "groupId">;

/** What a line says. */
export interface RecordedSnapshot {
  readonly takenAtMs: number;
  readonly elapsedSeconds?: number;
  /** More time has passed than a tick explains. */
  readonly gap: boolean;
  readonly host: HostUsage;
  readonly groups: readonly RecordedGroup[];
  /** The busiest of the second. */
  readonly processes?: readonly RecordedProcess[];
}

/** Three times the longest interval that can be set, and more. */
export const longestTickSeconds = 300;

/** Reads one line; undefined when it is none, so that one bad second does not cost the others. */
export function parseRecorded({ line }: RecordedLine): RecordedSnapshot | undefined {
  return parse(line);
}

/** The same without the processes, of which hours are read a third faster. */
export function parseWithoutProcesses({ line }: RecordedLine): RecordedSnapshot | undefined {
  return parse(withoutProcesses(line));
}

function parse(line: string): RecordedSnapshot | undefined {
  if (nestsTooDeep(line)) return undefined;
  try {
    const { takenAtMs, elapsedSeconds, gap, host, groups, processes } = JSON.parse(line) as Partial<RecordedSnapshot>;
    if (!isMoment(takenAtMs) || !isHost(host) || !Array.isArray(groups) || !groups.every(isGroup)) return undefined;
    if (elapsedSeconds !== undefined && !isLength(elapsedSeconds)) return undefined;
    return {
      takenAtMs,
      // no tick is as long, whatever the line says of itself
      gap: gap === true || (elapsedSeconds ?? 0) > longestTickSeconds,
      host,
      groups,
      ...(Array.isArray(processes) ? { processes: processes.filter(isProcess) } : {}),
      ...(elapsedSeconds === undefined ? {} : { elapsedSeconds }),
    };
  } catch {
    return undefined;
  }
}

/** What is looked for cannot stand in a string, where every quotation mark has a backslash before it. */
function withoutProcesses(line: string): string {
  const start = line.indexOf('"processes":[');
  const end = start < 0 ? -1 : line.indexOf('"groups":[', start);
  return end < 0 ? line : line.slice(0, start) + line.slice(end);
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
  /** Share of the time in which at least one task waited for it, 0..1. */
  readonly cpuPressureRatio?: number | undefined;
  readonly memoryPressureRatio?: number | undefined;
  readonly ioPressureRatio?: number | undefined;
}

/** Sums a second's devices up: whole disks, and all interfaces but the loopback. */
export function hostFigures({ cpu, load, memory, disks, network, tasks, pressure }: HostUsage): HostFigures {
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
    cpuPressureRatio: pressure?.cpu?.some,
    memoryPressureRatio: pressure?.memory?.some,
    ioPressureRatio: pressure?.io?.some,
  };
}

/** The named group that used most CPU; undefined when none used any. */
export function busiestGroup(groups: readonly RecordedGroup[]): RecordedGroup | undefined {
  let top: RecordedGroup | undefined;
  for (const group of groups) {
    if (group.kind === "process" && (group.usage.cpuCores ?? 0) > (top?.usage.cpuCores ?? 0)) top = group;
  }
  return top;
}

/** Unknown when nothing is known; what is known of some still says something. */
function sum(values: readonly (number | undefined)[] | undefined): number | undefined {
  const known = values?.filter((value) => value !== undefined) ?? [];
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}
