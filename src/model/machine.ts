/** Readings of the whole machine: CPU, load, memory and what tasks were stalled for. */

/** CPU seconds since boot by mode, of the whole machine or of one CPU. User includes guest, as in /proc/stat. */
export interface CpuModeSeconds {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
  readonly guest: number;
  readonly guestNice: number;
}

/** The time of one CPU. */
export interface CpuTimes {
  readonly cpu: number;
  readonly modes: CpuModeSeconds;
  /** As `totalLowDigits`. */
  readonly lowDigits?: CpuModeSeconds;
}

/** /proc/stat, or what comes nearest to it. */
export interface CpuReading {
  /** When the counters were read, on the monotonic clock: rates of CPU use this, not the time of the tick. */
  readonly readAtSeconds: number;
  readonly total: CpuModeSeconds;
  /** `total` without its highest digits, where one is beyond what a double counts exactly: its rises are made of this. */
  readonly totalLowDigits?: CpuModeSeconds;
  /** One entry per online CPU, by the kernel's number. */
  readonly perCpu: readonly CpuTimes[];
  readonly bootTimeSeconds?: number;
  readonly contextSwitches?: number;
  readonly interrupts?: number;
  readonly softirqs?: number;
  /** Tasks ever created, threads included. */
  readonly forks?: number;
  readonly runningTasks?: number;
  readonly blockedTasks?: number;
}

/** /proc/loadavg; the portable source knows the averages and, where the OS tells states, who is running. */
export interface LoadReading {
  readonly load1: number;
  readonly load5: number;
  readonly load15: number;
  /** Tasks runnable at the moment of reading, this process' own reading thread included. */
  readonly runnableTasks?: number;
  readonly totalTasks?: number;
  /** The last pid given out in the reader's own pid namespace. */
  readonly lastPid?: number;
}

/** /proc/meminfo in bytes; HugePages_* stay counts. Keys are the kernel's own (`MemTotal`, `Active(anon)`). */
export interface MemoryReading {
  /** Absent where the kernel does not tell it, or tells what cannot be. */
  readonly totalBytes?: number;
  readonly availableBytes?: number;
  readonly swapTotalBytes?: number;
  readonly swapFreeBytes?: number;
  /** What ZFS' cache can give back, which the kernel counts as used; absent where there is no ZFS. */
  readonly zfsReclaimableBytes?: number;
  readonly fields: ReadonlyMap<string, number>;
}

/** Stall times since boot in seconds (/proc/pressure). A resource is absent where the kernel does not tell of it. */
export interface PressureReading {
  readonly cpu?: StallSeconds;
  readonly memory?: StallSeconds;
  readonly io?: StallSeconds;
}

/** How long at least one task was waiting for the resource, and how long all of them were. */
export interface StallSeconds {
  readonly some: number;
  /** Absent for the CPU of kernels before 5.13. */
  readonly full?: number;
}
