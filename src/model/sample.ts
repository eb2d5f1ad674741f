/**
 * The raw readings of one tick: counters and levels as the machine gave them, never rates.
 *
 * A Sample is frozen once taken. Whatever needs two readings (a rate, a share, a rise) is the work of `advance`.
 */

import type {
  ConntrackReading,
  CpuTopologyReading,
  DiskPropertiesReading,
  FileHandlesReading,
  InterfaceReading,
  NamedCounters,
  ScheduleReading,
  SocketsReading,
  SoftnetReading,
  SystemNameReading,
  TextfileReading,
  TimeReading,
} from "./scraped.ts";

/** `${pid}@${startTicks}`: a reused pid is another process. */
export type ProcessKey = `${number}@${number}`;

/** Where a Sample came from: the kernel's own files, or systeminformation. */
export type SourceName = "procfs" | "portable";

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

/** One line of /proc/diskstats, in bytes and seconds. Counters since boot; the portable source knows the bytes alone. */
export interface DiskReading {
  readonly device: string;
  /** The device's number, by which udev knows it. */
  readonly major?: number;
  readonly minor?: number;
  /** Whole means: no partition, and no other device is built from it being counted already. */
  readonly whole: boolean;
  readonly readsCompleted?: number;
  readonly readsMerged?: number;
  readonly readBytes: number;
  readonly readSeconds?: number;
  readonly writesCompleted?: number;
  readonly writesMerged?: number;
  readonly writtenBytes: number;
  readonly writeSeconds?: number;
  readonly ioNow?: number;
  readonly ioSeconds?: number;
  readonly ioWeightedSeconds?: number;
  readonly discardsCompleted?: number;
  readonly discardsMerged?: number;
  readonly discardedBytes?: number;
  readonly discardSeconds?: number;
  readonly flushesCompleted?: number;
  readonly flushSeconds?: number;
}

/** One line of /proc/net/dev. Counters since boot (or since the interface was made). */
export interface NetworkReading {
  readonly device: string;
  readonly receive: NetworkCounters;
  readonly transmit: NetworkCounters;
}

/** The eight columns of one direction in /proc/net/dev; what only one direction has is 0 in the other. What an OS does not tell is absent. */
export interface NetworkCounters {
  readonly bytes: number;
  readonly packets?: number;
  readonly errors?: number;
  readonly drops?: number;
  readonly fifo?: number;
  readonly frameOrCollisions?: number;
  readonly compressed?: number;
  readonly multicastOrCarrier?: number;
}

/** A mounted file system; `size` is absent while it does not answer. */
export interface FilesystemReading {
  readonly device: string;
  readonly fstype: string;
  readonly mountpoint: string;
  readonly readOnly?: boolean;
  /** The kernel's number of it (`8:1`): mounts with the same one are of one file system. Absent where the system does not tell. */
  readonly superblock?: string;
  readonly size?: {
    readonly sizeBytes: number;
    readonly freeBytes: number;
    readonly availableBytes: number;
    readonly files?: number;
    readonly filesFree?: number;
  };
  /** Why `size` is absent: `denied`, `timeout`, or the error's code. */
  readonly error?: string;
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

/** One process as /proc/PID/stat gave it; seconds and bytes, not ticks and pages. */
export interface ProcessReading {
  readonly key: ProcessKey;
  readonly pid: number;
  readonly parentPid: number;
  /** The process that began its session, alive or not. */
  readonly sessionId?: number;
  /** When this reading was made, on the monotonic clock. */
  readonly readAtSeconds: number;
  /**
   * The last moment at which it is known not to have moved: when it was read before without change, or was not there yet.
   * The rise happened after it. Absent for what was already running when Culprit first looked.
   */
  readonly unchangedUntilSeconds?: number;
  /** The kernel's name for it, at most 15 bytes for a user process. */
  readonly comm: string;
  /** The kernel's letter: R running, S sleeping, D uninterruptible, T stopped, Z zombie, I idle; "" where it is not known. */
  readonly state: string;
  readonly kernelThread: boolean;
  /** It is ending or a zombie: cgroup v1 shows it in the root by now, wherever it lived. */
  readonly exiting?: true;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** What its dead and waited-for children had burnt. */
  readonly childUserSeconds?: number;
  readonly childSystemSeconds?: number;
  readonly threads?: number;
  /** When it was started, in seconds after boot. */
  readonly startedSeconds: number;
  readonly virtualBytes?: number;
  readonly residentBytes: number;
  /** The part of `residentBytes` that others may have mapped as well. */
  readonly sharedBytes?: number;
  /** Bytes read from storage and written to it since its start, those of reaped children included; absent where denied. */
  readonly readBytes?: number;
  readonly writtenBytes?: number;
  /** Threads besides the main one that run or are in uninterruptible sleep, where they were looked at. */
  readonly runningThreads?: number;
  readonly uninterruptibleThreads?: number;
  /** The kernel function in which a process in uninterruptible sleep waits. */
  readonly waitChannel?: string;
  readonly identity: ProcessIdentity;
}

/** What a process is, apart from what it does; read when it is first seen and again when its name changes. */
export interface ProcessIdentity {
  /** Redacted where it was read: no type downstream can hold a raw command line. Empty for kernel threads. */
  readonly commandLine: string;
  /**
   * The same argument by argument, redacted and bounded: what its name is made of. Absent where none are known (kernel threads, hidepid).
   * Not to be joined for showing: long ones are cut.
   */
  readonly arguments?: readonly string[];
  /** Name of the effective user, or its number where no name is known; "" where the OS does not tell. */
  readonly user: string;
  /** Its place in the cgroup tree, `/` when that says nothing. */
  readonly cgroupPath: string;
  /** Where its CPU time is accounted, in the unified hierarchy and in v1's. */
  readonly unifiedCgroup?: string;
  readonly cpuacctCgroup?: string;
  /** What the container engine calls the container that `cgroupPath` lies in, once it has told. */
  readonly containerName?: string;
}

/** The processes of one tick. A process that was read and had not changed is not in `changed`. */
export interface ProcessesReading {
  readonly changed: readonly ProcessReading[];
  readonly vanished: readonly ProcessKey[];
  /** How many processes exist, read in this tick or not. */
  readonly total: number;
  /** How many were read in this tick. */
  readonly read: number;
  /**
   * What they leave unexplained is no process' that still lives: every one was read in this tick, or had its turn since the last complete
   * reading, or reading them all was of no use a moment ago. Otherwise they explain all of it, and the rest were not looked at.
   */
  readonly complete: boolean;
  /** Somebody has taken over the time of dead children in this tick: what they used is to be held against their cgroups. */
  readonly reaped?: true;
  /** How many exist that the kernel will not show to this user (hidepid). */
  readonly denied: number;
  /** The OS does not say what its processes are doing (Windows): no tasks can be counted. */
  readonly statesUnknown?: true;
  /** Culprit's own process where it is among them: its reading thread is always running and counts as no load. */
  readonly readerPid?: number;
}

/** CPU time that the kernel accounts by cgroup, in one hierarchy of the machine. */
export interface CgroupCpuReading {
  readonly hierarchy: "unified" | "cpuacct";
  readonly readAtSeconds: number;
  /** CPU seconds since the cgroup was made, those of its child cgroups included, by path. */
  readonly usageSeconds: ReadonlyMap<string, number>;
}

/** How a collector fared: `absent` means this machine has none, `failed` means it should have had. */
export interface CollectorOutcome {
  readonly collector: string;
  readonly result: "ok" | "absent" | "failed";
  readonly durationSeconds: number;
  readonly reason?: string;
  /** What it left out because it was odd; absent when that is nothing. */
  readonly skipped?: Skipped;
}

/** Lines, files and processes that were left out of a part: nobody can say what they mean. */
export interface Skipped {
  readonly count: number;
  /** Some of them. */
  readonly notes: readonly SkippedNote[];
}

/** One thing that was left out. */
export interface SkippedNote {
  readonly path: string;
  /** What was expected and the line that stood there, or the system's error. */
  readonly reason: string;
}

/** The parts of a Sample, by the name of the collector that fills them. */
export interface SampleParts {
  readonly cpu?: CpuReading;
  readonly load?: LoadReading;
  readonly memory?: MemoryReading;
  readonly disks?: readonly DiskReading[];
  readonly network?: readonly NetworkReading[];
  readonly filesystems?: readonly FilesystemReading[];
  readonly processes?: ProcessesReading;
  readonly pressure?: PressureReading;
  readonly cgroups?: CgroupCpuReading;
  // from here on: read when somebody scrapes them, not every tick
  readonly vmstat?: NamedCounters;
  /** /proc/net/netstat, snmp and snmp6 in one: `Tcp_InSegs`, `Ip6_InOctets`. */
  readonly netstat?: NamedCounters;
  readonly sockets?: SocketsReading;
  readonly fileHandles?: FileHandlesReading;
  readonly softnet?: readonly SoftnetReading[];
  readonly schedule?: readonly ScheduleReading[];
  readonly conntrack?: ConntrackReading;
  readonly interfaces?: readonly InterfaceReading[];
  readonly systemName?: SystemNameReading;
  readonly time?: TimeReading;
  readonly diskProperties?: DiskPropertiesReading;
  readonly cpuTopology?: CpuTopologyReading;
  readonly textfile?: TextfileReading;
}

/** All readings of one tick. */
export interface Sample extends SampleParts {
  readonly takenAtMs: number;
  readonly monotonicSeconds: number;
  readonly source: SourceName;
  readonly outcomes: readonly CollectorOutcome[];
}
