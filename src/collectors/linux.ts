/** The visible list of what a Sample is made of on Linux. */
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { type Log, silentLog } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { NetworkReading } from "../model/devices.ts";
import type { ProcessesReading } from "../model/processes.ts";
import { atOnce, type Steps } from "../model/steps.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import { readLoadavg } from "../procfs/loadavg.ts";
import { NetDevReader } from "../procfs/netDev.ts";
import { OneOfEach } from "../procfs/oneOfEach.ts";
import { readPressure } from "../procfs/pressure.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { Skips } from "../procfs/skips.ts";
import { readStat } from "../procfs/stat.ts";
import type { KernelUnits } from "../procfs/units.ts";
import { YoungReading } from "../procfs/youngReading.ts";
import type { Redactor } from "../redact/redactor.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";
import { createCgroupsCollector } from "./cgroups.ts";
import type { Collector, PartName } from "./collector.ts";
import { createDisksCollector } from "./disks.ts";
import { createFilesystemsCollector } from "./filesystems.ts";
import { type ContainerNaming, IdentityReader } from "./identity.ts";
import { createMemoryCollector } from "./memory.ts";
import { createOomKillsCollector } from "./oomKills.ts";
import { createProcessesCollector } from "./processes.ts";
import { type RunProgram, runProgram } from "./seldomProgram.ts";
import { createSystemdUnitsCollector } from "./systemdUnits.ts";
import { WaitingProcesses } from "./waitingProcesses.ts";

/** What the collectors of one machine need. */
export interface LinuxCollectorOptions {
  /** The files of the whole machine; the caller closes them, after all collectors. */
  readonly files: KernelFiles;
  readonly units: KernelUnits;
  readonly clock: Clock;
  readonly mostProcessDescriptors: number;
  /** Makes the reads that may never come back; the caller closes it. */
  readonly reads: SlowReads;
  /** Names of containers, where an engine tells them. */
  readonly containers?: ContainerNaming;
  /** Whether a unit of systemd is shown although nothing is wrong with it; none is unless told. */
  readonly isChosenUnit?: ((name: string) => boolean) | undefined;
  /** Runs a program; for real unless a test says otherwise. */
  readonly run?: RunProgram;
  /** Told what this user may not read; nobody is unless given. */
  readonly log?: Log;
  /** Reads every process in every tick. */
  readonly ungated?: boolean;
  /** What command lines pass; the careful one unless told. */
  readonly redactor?: Redactor | undefined;
}

/** Collectors whose part is not among `disabled`. */
export function withoutDisabled(collectors: readonly Collector[], disabled: ReadonlySet<string>): readonly Collector[] {
  return collectors.filter((collector) => !disabled.has(collector.part));
}

/** The parts of every tick, by the names that node_exporter and the flags have for them. */
export const partsByFlag: Readonly<Record<string, PartName>> = {
  cgroups: "cgroups",
  cpu: "cpu",
  diskstats: "disks",
  filesystem: "filesystems",
  loadavg: "load",
  meminfo: "memory",
  netdev: "network",
  oomkill: "oomKills",
  pressure: "pressure",
  processes: "processes",
  systemd: "units",
};

/** The procfs source: collectors in the order in which a tick runs them, what ages fastest side by side. */
export function createLinuxCollectors(options: LinuxCollectorOptions): readonly Collector[] {
  const { files, units } = options;
  const { root } = files;
  const skips = { processes: new Skips(), cpu: new Skips(), pressure: new Skips(), network: new Skips() };
  const stat = new YoungReading((nowSeconds) => readStat(files, units.ticksPerSecond, nowSeconds, skips.cpu));
  const load = new YoungReading(() => readLoadavg(files));
  const netDev = new NetDevReader(files, skips.network);
  const uniqueInterfaces = new OneOfEach<NetworkReading>();
  const readNetwork = function* (): Steps<readonly NetworkReading[] | undefined> {
    const listed = yield* netDev.readInSteps();
    return listed && uniqueInterfaces.of(listed);
  };
  const ownPid = readOwnPid(root);
  const processes = createProcessesCollector({
    root,
    units,
    stat,
    load,
    skips: skips.processes,
    identities: new IdentityReader(root, options.reads, options.containers, skips.processes, options.redactor),
    waiting: new WaitingProcesses(root, options.reads, skips.processes),
    mostDescriptors: options.mostProcessDescriptors,
    ownPids: ownPid === process.pid,
    ungated: options.ungated ?? false,
    readerPid: ownPid,
  });
  return [
    processes,
    createCgroupsCollector(root, () => taken(processes, options.clock)),
    { part: "cpu", skips: skips.cpu, collect: (clock) => stat.readOrRepeat(clock.monotonicSeconds()) },
    { part: "load", collect: (clock) => load.readOrRepeat(clock.monotonicSeconds()) },
    createMemoryCollector(files),
    createOomKillsCollector({ files, reads: options.reads, log: options.log ?? silentLog }),
    { part: "pressure", skips: skips.pressure, collect: () => readPressure(files, skips.pressure) },
    createDisksCollector(files),
    { part: "network", skips: skips.network, collect: () => atOnce(readNetwork()), collectInSteps: readNetwork },
    createFilesystemsCollector(files, options.reads),
    createSystemdUnitsCollector(root, options.run ?? runProgram, { isChosen: options.isChosenUnit }),
  ];
}

/** What a prepared collector has; undefined where it failed, which its own outcome tells. */
function taken(processes: Collector<"processes">, clock: Clock): ProcessesReading | undefined {
  try {
    return processes.collect(clock);
  } catch {
    return undefined;
  }
}

/** Our own pid in the pid namespace that `root` shows, which need not be the one we live in. */
function readOwnPid(root: ProcRoot): number | undefined {
  try {
    return Number(basename(realpathSync(`${root.procfs}/self`)));
  } catch {
    return undefined;
  }
}
