/** The host's figures as columns of a table: which there are, in which order, and what they are called there. */
import type { HostFigures } from "./recorded.ts";

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
