/** What a group or a process uses of the machine. */

/** `undefined` is unknown (no permission, first reading, counter reset), never 0. */
export interface ResourceUsage {
  readonly cpuCores?: number;
  readonly residentBytes?: number;
  readonly readBytesPerSecond?: number;
  readonly writtenBytesPerSecond?: number;
  readonly runningTasks?: number;
  readonly uninterruptibleTasks?: number;
}

/** The resources that a group or process can be ranked by. */
export type ResourceKey = keyof ResourceUsage;

/** All of them, in the order of their columns. */
export const resourceKeys: readonly ResourceKey[] = [
  "cpuCores",
  "residentBytes",
  "readBytesPerSecond",
  "writtenBytesPerSecond",
  "runningTasks",
  "uninterruptibleTasks",
];
