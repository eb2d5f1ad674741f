/**
 * The raw readings of one tick: counters and levels as the machine gave them, never rates.
 *
 * A Sample is frozen once taken. Whatever needs two readings (a rate, a share, a rise) is the work of `advance`.
 */

import type { DiskReading, FilesystemReading, NetworkReading } from "./devices.ts";
import type { BondReading, CpuFrequencyReading, DiskArraysReading, NvmeReading, SensorChipReading, ThermalReading } from "./hardware.ts";
import type { CpuReading, LoadReading, MemoryReading, PressureReading } from "./machine.ts";
import type { OomKillsReading } from "./oomKill.ts";
import type { CgroupCpuReading, ProcessesReading } from "./processes.ts";
import type {
  ClockDisciplineReading,
  ConntrackReading,
  CpuTopologyReading,
  DiskPropertiesReading,
  DiskRotationReading,
  EntropyReading,
  FileHandlesReading,
  InterfaceReading,
  NamedCounters,
  NeighboursReading,
  OsReleaseReading,
  ScheduleReading,
  SocketsReading,
  SoftnetReading,
  SystemNameReading,
  TextfileReading,
  TimeReading,
  UdpQueuesReading,
} from "./scraped.ts";
import type { UnitReading } from "./units.ts";

/** Where a Sample came from: the kernel's own files, or systeminformation. */
export type SourceName = "procfs" | "portable";

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
  /** Units of systemd that went wrong; a minute old at most. */
  readonly units?: readonly UnitReading[];
  readonly cgroups?: CgroupCpuReading;
  readonly oomKills?: OomKillsReading;
  // from here on: read when somebody scrapes them, not every tick
  readonly vmstat?: NamedCounters;
  /** /proc/net/netstat, snmp and snmp6 in one: `Tcp_InSegs`, `Ip6_InOctets`. */
  readonly netstat?: NamedCounters;
  readonly sockets?: SocketsReading;
  readonly fileHandles?: FileHandlesReading;
  readonly entropy?: EntropyReading;
  /** Seconds since boot in which interrupts kept all tasks from running. */
  readonly interruptStallSeconds?: number;
  readonly softnet?: readonly SoftnetReading[];
  readonly schedule?: readonly ScheduleReading[];
  readonly conntrack?: ConntrackReading;
  readonly interfaces?: readonly InterfaceReading[];
  readonly systemName?: SystemNameReading;
  readonly time?: TimeReading;
  /** A minute old at most. */
  readonly clockDiscipline?: ClockDisciplineReading;
  readonly diskProperties?: DiskPropertiesReading;
  readonly diskRotation?: DiskRotationReading;
  readonly cpuTopology?: CpuTopologyReading;
  readonly neighbours?: NeighboursReading;
  readonly udpQueues?: UdpQueuesReading;
  readonly osRelease?: OsReleaseReading;
  readonly diskArrays?: DiskArraysReading;
  readonly sensors?: readonly SensorChipReading[];
  readonly thermal?: ThermalReading;
  readonly cpuFrequencies?: readonly CpuFrequencyReading[];
  readonly bonds?: readonly BondReading[];
  readonly nvme?: readonly NvmeReading[];
  readonly textfile?: TextfileReading;
}

/** All readings of one tick. */
export interface Sample extends SampleParts {
  readonly takenAtMs: number;
  readonly monotonicSeconds: number;
  readonly source: SourceName;
  readonly outcomes: readonly CollectorOutcome[];
}
