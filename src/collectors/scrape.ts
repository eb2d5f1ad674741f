/** The visible list of what is read only when somebody scrapes it. */
import { machine as machineOfSystem } from "node:os";
import type { Log } from "../log.ts";
import { readClocksources } from "../procfs/clocksource.ts";
import { readConntrack } from "../procfs/conntrack.ts";
import { CpuTopologyFiles } from "../procfs/cpuTopology.ts";
import { readFileNr } from "../procfs/fileNr.ts";
import { InterfaceFiles } from "../procfs/interfaces.ts";
import { KernelFiles } from "../procfs/kernelFiles.ts";
import { createNetstatReader } from "../procfs/netstat.ts";
import type { ProcRoot } from "../procfs/root.ts";
import { readSchedstat } from "../procfs/schedstat.ts";
import { readSockstat } from "../procfs/sockstat.ts";
import { readSoftnet } from "../procfs/softnet.ts";
import { readSystemName } from "../procfs/systemName.ts";
import { UdevData } from "../procfs/udev.ts";
import type { KernelUnits } from "../procfs/units.ts";
import { readVmstat } from "../procfs/vmstat.ts";
import { LocalTime } from "../procfs/zoneinfo.ts";
import type { Collector } from "./collector.ts";
import { createTextfileCollector } from "./textfile.ts";

/** What these collectors need. */
export interface ScrapeCollectorOptions {
  readonly root: ProcRoot;
  readonly units: KernelUnits;
  readonly log: Log;
  /** Where scripts leave `*.prom` files; patterns allowed. */
  readonly textfileDirectories: readonly string[];
  /** What uname calls the processor; this system's unless a test says otherwise. */
  readonly machine?: string;
}

/** Collectors of the procfs source, for a Scraper. */
export function createScrapeCollectors(options: ScrapeCollectorOptions): readonly Collector[] {
  const { root, units, log, textfileDirectories, machine = machineOfSystem() } = options;
  const files = new KernelFiles(root);
  const interfaces = new InterfaceFiles(root);
  const topology = new CpuTopologyFiles(root);
  const udev = new UdevData(`${root.rootfs.replace(/\/$/, "")}/run/udev/data`);
  const localTime = new LocalTime();
  return [
    { part: "vmstat", collect: () => readVmstat(files), close: () => files.close() },
    { part: "netstat", collect: createNetstatReader(files) },
    { part: "sockets", collect: () => readSockstat(files, units.pageBytes) },
    { part: "fileHandles", collect: () => readFileNr(files) },
    { part: "softnet", collect: () => readSoftnet(files) },
    { part: "schedule", collect: () => readSchedstat(files) },
    { part: "conntrack", collect: () => readConntrack(files) },
    { part: "interfaces", collect: () => interfaces.read(), close: () => interfaces.close() },
    { part: "systemName", collect: () => readSystemName(files, machine) },
    { part: "time", collect: (clock) => ({ clocksources: readClocksources(files), zone: localTime.at(clock.wallMs()) }) },
    { part: "diskProperties", collect: () => udev.read() },
    { part: "cpuTopology", collect: () => topology.read(), close: () => topology.close() },
    createTextfileCollector(textfileDirectories, log),
  ];
}
