/** Readings of processes, and of the cgroups that account for them. */

/** `${pid}@${startTicks}`: a reused pid is another process. */
export type ProcessKey = `${number}@${number}`;

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
