/** What happened since the tick before: rates, usage per process and per group, and the remainder. */

import type { FilesystemReading } from "./devices.ts";
import type { GroupUsage } from "./group.ts";
import type { OomKill } from "./oomKill.ts";
import type { PoolUsage } from "./pools.ts";
import type { ProcessKey } from "./processes.ts";
import type { UnitReading } from "./units.ts";
import type { ResourceUsage } from "./usage.ts";

/** One process that did something in this tick. */
export interface ProcessUsage {
  readonly key: ProcessKey;
  readonly pid: number;
  readonly parentPid: number;
  /** The `id` of its group. */
  readonly groupId: string;
  readonly process: string;
  readonly state: string;
  readonly threads?: number;
  readonly commandLine: string;
  /** The kernel function in which it waits, of a process in uninterruptible sleep. */
  readonly waitChannel?: string;
  readonly usage: ResourceUsage;
}

/** The CPU of the whole machine. */
export interface HostCpu {
  readonly cores: number;
  /** Cores kept busy since the tick before. Not user + system: of what sleeps just past each tick of the kernel that has next to nothing. */
  readonly busyCores?: number;
  /** CPU seconds seen busy since Culprit started: only ever rises. */
  readonly busySeconds: number;
  /** busyCores / cores, 0..1. */
  readonly usageRatio?: number;
  /** The same per CPU, by the kernel's number. */
  readonly coreUsageRatios?: readonly { readonly cpu: number; readonly ratio: number }[];
  /** Hard and soft interrupts, in cores. */
  readonly interruptCores?: number;
  readonly iowaitCores?: number;
  readonly stealCores?: number;
}

/** The memory of the whole machine. */
export interface HostMemory {
  readonly totalBytes: number;
  readonly availableBytes: number;
  /** 1 - available / total. */
  readonly usageRatio: number;
  readonly swapTotalBytes?: number;
  readonly swapUsedBytes?: number;
}

/** A block device's counters and its rates since the tick before. */
export interface HostDisk {
  readonly device: string;
  readonly whole: boolean;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly ioSeconds?: number;
  readonly readBytesPerSecond?: number;
  readonly writtenBytesPerSecond?: number;
  /** Share of the time in which the device had work, 0..1. */
  readonly busyRatio?: number;
}

/** A network interface's counters and its rates since the tick before. */
export interface HostNetwork {
  readonly device: string;
  readonly receiveBytes: number;
  readonly transmitBytes: number;
  readonly receiveBytesPerSecond?: number;
  readonly transmitBytesPerSecond?: number;
}

/** Share of the time in which tasks waited for a resource, 0..1: at least one of them, and all of them. */
export interface Stall {
  readonly some?: number;
  readonly full?: number;
}

/** The resources that the kernel reports pressure of. */
export const pressureResources = ["cpu", "memory", "io"] as const;

/** One of them. */
export type PressureResource = (typeof pressureResources)[number];

/** The figures of the whole machine. What the machine does not have is absent. */
export interface HostUsage {
  readonly cpu?: HostCpu;
  readonly load?: { readonly load1: number; readonly load5: number; readonly load15: number };
  /** Runnable tasks without Culprit's own reader, and tasks in uninterruptible sleep. */
  readonly tasks?: { readonly running?: number; readonly uninterruptible?: number };
  readonly memory?: HostMemory;
  readonly pressure?: Readonly<Partial<Record<PressureResource, Stall>>>;
  readonly disks?: readonly HostDisk[];
  readonly network?: readonly HostNetwork[];
  readonly filesystems?: readonly FilesystemReading[];
  /** The room that some of them share, worked out once for a list; a recording does not hold it. */
  readonly pools?: readonly PoolUsage[];
  readonly bootTimeSeconds?: number;
  readonly processes?: number;
  /** Units of systemd that went wrong; a recording does not hold them. */
  readonly units?: readonly UnitReading[];
}

/** Its parts that are numbers and objects of numbers; the others are lists of devices. */
export const numericHostParts = [
  "cpu",
  "load",
  "tasks",
  "memory",
  "pressure",
  "bootTimeSeconds",
  "processes",
] as const satisfies readonly (keyof HostUsage)[];

/** One second (or one gap) of the machine. */
export interface Snapshot {
  readonly takenAtMs: number;
  /** Seconds since the tick before on the monotonic clock; `undefined` for the first. */
  readonly elapsedSeconds?: number;
  /** True when more time has passed than a tick explains (suspend, stall): it feeds no peak, baseline or spike. */
  readonly gap: boolean;
  readonly host: HostUsage;
  /** Those that did something in this tick; the idle ones are in their group's sums only. */
  readonly processes: readonly ProcessUsage[];
  /** All groups and the remainder; an idle group is the same object in tick after tick. */
  readonly groups: readonly GroupUsage[];
  /** CPU seconds given to named groups / CPU seconds busy; absent below 0.05 busy cores. */
  readonly coverage?: { readonly cpu?: number; readonly tasks?: number };
  /** Processes that the kernel killed for memory, as soon as it is known who they were. */
  readonly oomKills?: readonly OomKill[];
}
