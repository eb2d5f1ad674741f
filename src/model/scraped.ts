/** Readings that nobody needs every second: they are made when somebody scrapes them, as parts of a Sample of their own. */

/** Counters and levels by the kernel's own names: `pgfault` of /proc/vmstat, `Tcp_InSegs` of /proc/net/snmp. */
export type NamedCounters = ReadonlyMap<string, number>;

/** /proc/net/sockstat and /proc/net/sockstat6. */
export interface SocketsReading {
  /** Sockets of every kind. */
  readonly used?: number;
  readonly protocols: readonly SocketProtocolReading[];
}

/** One line of sockstat: `TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 0`. */
export interface SocketProtocolReading {
  /** The kernel's name: TCP, UDP6, FRAG. */
  readonly protocol: string;
  /** As the line gives them; `mem` is a number of pages, `memory` of bytes. */
  readonly fields: NamedCounters;
  /** `mem` in bytes, where the line has it. */
  readonly memoryBytes?: number;
}

/** /proc/sys/fs/file-nr: open files of the whole machine. */
export interface FileHandlesReading {
  readonly allocated: number;
  readonly limit: number;
}

/** /proc/sys/kernel/random: the pool that random numbers come from. */
export interface EntropyReading {
  readonly availableBits: number;
  readonly poolBits: number;
}

/** One CPU's line of /proc/net/softnet_stat: packets on their way from the interfaces. Counters since boot. */
export interface SoftnetReading {
  readonly cpu: number;
  readonly processed: number;
  readonly dropped: number;
  readonly timesSqueezed: number;
  /** From here on, what the kernel does not tell is absent: it gained one column after another. */
  readonly collisions?: number;
  readonly wokenForSteering?: number;
  readonly flowLimitReached?: number;
  /** Packets that wait now. */
  readonly backlog?: number;
}

/** One CPU's line of /proc/schedstat. Counters since boot. */
export interface ScheduleReading {
  readonly cpu: number;
  readonly runningSeconds: number;
  readonly waitingSeconds: number;
  readonly timeslices: number;
}

/** Connection tracking: how full its table is, and what happened to packets since boot, summed over all CPUs. */
export interface ConntrackReading {
  readonly entries: number;
  readonly limit: number;
  /** By the kernel's column names (`insert_failed`); absent where the kernel was built without the file. */
  readonly counters?: NamedCounters;
}

/** One directory of /sys/class/net. What the interface does not know is absent. */
export interface InterfaceReading {
  readonly device: string;
  /** Attributes that are text, by file name: `address`, `broadcast`, `duplex`, `ifalias`, `operstate`. */
  readonly texts: ReadonlyMap<string, string>;
  /** Attributes that are numbers, by file name: `mtu`, `carrier_changes`, and of its statistics `rx_nohandler`. */
  readonly numbers: NamedCounters;
}

/** What uname(2) says. */
export interface SystemNameReading {
  readonly sysname: string;
  readonly nodename: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
  readonly domainname: string;
}

/** The machine's clock. */
export interface TimeReading {
  readonly clocksources: readonly { readonly device: string; readonly available: readonly string[]; readonly current: string }[];
  /** What local time is called at this moment (`CET`), and how far it is from UTC. */
  readonly zone: { readonly name: string; readonly offsetSeconds: number };
}

/** adjtimex(2): how well the machine's clock is kept. */
export interface ClockDisciplineReading {
  /** Somebody keeps it by a better clock. */
  readonly synchronised: boolean;
  readonly offsetSeconds: number;
  readonly frequencyRatio: number;
  readonly mostErrorSeconds: number;
  readonly estimatedErrorSeconds: number;
  /** Bits, STA_* of the kernel. */
  readonly status: number;
  readonly loopTimeConstant: number;
  readonly tickSeconds: number;
  /** From here on of a pulse that comes every second, on the few machines that have one. */
  readonly ppsFrequencyHertz: number;
  readonly ppsJitterSeconds: number;
  readonly ppsShiftSeconds: number;
  readonly ppsStabilityHertz: number;
  readonly ppsJitterExceeded: number;
  readonly ppsCalibrations: number;
  readonly ppsErrors: number;
  readonly ppsStabilityExceeded: number;
  /** By how much atomic time is ahead; 0 where nobody told the kernel. */
  readonly taiOffsetSeconds: number;
}

/** What udev knows of the block devices: properties by `major:minor`. */
export type DiskPropertiesReading = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Whether block devices turn, by name: what /sys/block/NAME/queue/rotational says. */
export type DiskRotationReading = ReadonlyMap<string, boolean>;

/** What /sys/devices/system/cpu says beyond /proc/stat. */
export interface CpuTopologyReading {
  /** How often heat slowed the core or the package down, where the CPU counts that. */
  readonly coreThrottles: readonly { readonly package: number; readonly core: number; readonly count: number }[];
  readonly packageThrottles: readonly { readonly package: number; readonly count: number }[];
  /** CPUs that the scheduler was told to keep away from. */
  readonly isolatedCpus: readonly number[];
}

/** Bytes that wait in all UDP sockets, of each version of IP that the machine has. */
export type UdpQueuesReading = readonly { readonly ip: "v4" | "v6"; readonly sending: number; readonly received: number }[];

/** Neighbours of /proc/net/arp by interface. */
export type NeighboursReading = ReadonlyMap<string, number>;

/** os-release(5): what the system calls itself, by the file's names (`PRETTY_NAME`). */
export type OsReleaseReading = ReadonlyMap<string, string>;

/** A family as a file of the textfile directory gives it. */
export interface TextFamily {
  readonly name: string;
  readonly help: string;
  readonly type: TextFamilyType;
  readonly points: readonly TextPoint[];
}

/** The types that Prometheus' text format 0.0.4 has. */
export type TextFamilyType = "counter" | "gauge" | "untyped" | "histogram" | "summary";

/** One sample; `metricName` where it is not the family's own (`x_bucket`, `x_sum`). */
export interface TextPoint {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The files of the textfile directories. */
export interface TextfileReading {
  readonly families: readonly TextFamily[];
  /** The files that could be used, and when each was written. */
  readonly files: readonly { readonly path: string; readonly modifiedSeconds: number }[];
  /** True when a file or a directory could not be used, or said what another file had said already. */
  readonly failed: boolean;
}
