/** The host's figures: what is looked at first of a second, and as columns of a table: which there are, in which order, and what they are called there. */
import type { HostUsage } from "../../model/snapshot.ts";

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

/** The name of one of the host's figures. */
export type Figure = keyof HostFigures;

/** Every figure with its column's name. */
export const figureColumns: readonly (readonly [Figure, string])[] = [
  ["cpuUsageRatio", "cpu_usage_ratio"],
  ["load1", "load1"],
  ["load5", "load5"],
  ["load15", "load15"],
  ["memoryUsageRatio", "memory_usage_ratio"],
  ["swapUsedBytes", "swap_used_bytes"],
  ["diskReadBytesPerSecond", "disk_read_bytes_per_second"],
  ["diskWrittenBytesPerSecond", "disk_written_bytes_per_second"],
  ["networkReceiveBytesPerSecond", "network_receive_bytes_per_second"],
  ["networkTransmitBytesPerSecond", "network_transmit_bytes_per_second"],
  ["runningTasks", "running_tasks"],
  ["uninterruptibleTasks", "uninterruptible_tasks"],
  ["cpuPressureRatio", "cpu_pressure_ratio"],
  ["memoryPressureRatio", "memory_pressure_ratio"],
  ["ioPressureRatio", "io_pressure_ratio"],
];

/** Unknown when nothing is known; what is known of some still says something. */
function sum(values: readonly (number | undefined)[] | undefined): number | undefined {
  const known = values?.filter((value) => value !== undefined) ?? [];
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}
