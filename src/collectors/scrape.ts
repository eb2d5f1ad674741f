/** The visible list of what is read only when somebody scrapes it. */
import { machine as machineOfSystem } from "node:os";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import type { SampleParts } from "../model/sample.ts";
import type { ClockDisciplineReading } from "../model/scraped.ts";
import { atOnce, type Steps } from "../model/steps.ts";
import { readBonds } from "../procfs/bonds.ts";
import { clockPrograms, parseClockDiscipline } from "../procfs/clockDiscipline.ts";
import { readClocksources } from "../procfs/clocksource.ts";
import { readConntrack } from "../procfs/conntrack.ts";
import { CpuFrequencyFiles } from "../procfs/cpuFrequencies.ts";
import { CpuTopologyFiles } from "../procfs/cpuTopology.ts";
import { readDiskArrays } from "../procfs/diskArrays.ts";
import { DiskRotation } from "../procfs/diskRotation.ts";
import { readEntropy } from "../procfs/entropy.ts";
import { readFileNr } from "../procfs/fileNr.ts";
import { InterfaceFiles } from "../procfs/interfaces.ts";
import type { KernelFiles } from "../procfs/kernelFiles.ts";
import { readNeighbours } from "../procfs/neighbours.ts";
import { createNetstatReader } from "../procfs/netstat.ts";
import { readNvme } from "../procfs/nvme.ts";
import { readOsRelease } from "../procfs/osRelease.ts";
import { readInterruptStall } from "../procfs/pressure.ts";
import { readSchedstat } from "../procfs/schedstat.ts";
import { SensorFiles } from "../procfs/sensors.ts";
import { Skips } from "../procfs/skips.ts";
import { readSockstat } from "../procfs/sockstat.ts";
import { readSoftnet } from "../procfs/softnet.ts";
import { readSystemName } from "../procfs/systemName.ts";
import { readThermal } from "../procfs/thermal.ts";
import { UdevData } from "../procfs/udev.ts";
import { readUdpQueues } from "../procfs/udpQueues.ts";
import type { KernelUnits } from "../procfs/units.ts";
import { readVmstat } from "../procfs/vmstat.ts";
import { LocalTime } from "../procfs/zoneinfo.ts";
import type { SlowReads } from "../slowReads/slowReads.ts";
import { askedFiles } from "./askedFiles.ts";
import type { Collector, PartName } from "./collector.ts";
import { preparedCollector } from "./prepared.ts";
import { onceAMinute, restWhereNone } from "./restWhereNone.ts";
import { type RunProgram, runProgram, SeldomReading } from "./seldomProgram.ts";
import { createTextfileCollector } from "./textfile.ts";

interface ScrapeCollectorOptions {
  /** The files of the whole machine; the caller closes them. */
  readonly files: KernelFiles;
  readonly units: KernelUnits;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes the reads that may never come back; the caller closes it. */
  readonly reads: SlowReads;
  /** Where scripts leave `*.prom` files; patterns allowed. */
  readonly textfileDirectories: readonly string[];
  /** Cuts secrets out of what those scripts say. */
  readonly hide?: (text: string) => string;
  /** What uname calls the processor; this system's unless a test says otherwise. */
  readonly machine?: string;
  /** Runs a program; for real unless a test says otherwise. */
  readonly run?: RunProgram;
}

/** Collectors of the procfs source, for a Scraper. */
export function createScrapeCollectors(options: ScrapeCollectorOptions): readonly Collector[] {
  const { files, units, clock, log, reads, textfileDirectories, hide, machine = machineOfSystem(), run = runProgram } = options;
  const { root } = files;
  const asked = askedFiles(reads, clock);
  const localTime = new LocalTime();
  return [
    skipping("vmstat", (skips) => () => readVmstat(files, skips)),
    skipping("netstat", (skips) => createNetstatReader(files, skips)),
    skipping("sockets", (skips) => () => readSockstat(files, units.pageBytes, skips)),
    { part: "fileHandles", collect: () => readFileNr(files) },
    { part: "entropy", collect: () => readEntropy(files) },
    skipping("interruptStallSeconds", (skips) => () => readInterruptStall(files, skips)),
    skipping("softnet", (skips) => () => readSoftnet(files, skips)),
    skipping("schedule", (skips) => () => readSchedstat(files, skips)),
    skipping("conntrack", (skips) => () => readConntrack(files, skips)),
    preparedCollector("interfaces", (skips) => {
      const interfaces = new InterfaceFiles(root, asked, skips);
      return (now) => interfaces.read(now.monotonicSeconds());
    }),
    skipping("systemName", (skips) => () => readSystemName(files, machine, skips)),
    preparedCollector("time", (skips) => {
      const clocksources = onceAMinute(() => readClocksources(root, asked, skips));
      return async (now) => {
        return { clocksources: (await clocksources(now)) ?? [], zone: localTime.at(now.wallMs()) };
      };
    }),
    preparedCollector("clockDiscipline", (skips) => {
      const seldom = new SeldomReading(() => readClockDiscipline(run, skips));
      return (now) => seldom.read(now);
    }),
    inSteps("diskProperties", (skips) => {
      const udev = new UdevData(`${root.rootfs.replace(/\/$/, "")}/run/udev/data`, skips);
      return () => udev.read();
    }),
    preparedCollector("diskRotation", (skips) => {
      const rotation = new DiskRotation(root, asked, skips);
      return onceAMinute(() => rotation.read());
    }),
    preparedCollector("cpuTopology", (skips) => {
      const topology = new CpuTopologyFiles(root, asked, skips);
      // a machine without counters of heat has nothing here that moves
      return restWhereNone(
        () => topology.read(),
        ({ coreThrottles, packageThrottles }) => isEmpty(coreThrottles) && isEmpty(packageThrottles),
      );
    }),
    skipping("neighbours", (skips) => () => readNeighbours(files, skips)),
    skipping("udpQueues", (skips) => () => readUdpQueues(files, skips)),
    { part: "osRelease", collect: () => readOsRelease(root) },
    preparedCollector("diskArrays", (skips) =>
      restWhereNone(
        () => readDiskArrays(files, asked, skips),
        ({ arrays }) => arrays.length === 0,
      ),
    ),
    preparedCollector("sensors", (skips) => {
      const sensors = new SensorFiles(root, asked, skips);
      return restWhereNone(() => sensors.read(), isEmpty);
    }),
    preparedCollector("thermal", (skips) =>
      restWhereNone(
        () => readThermal(root, asked, skips),
        ({ zones, coolers }) => isEmpty(zones) && isEmpty(coolers),
      ),
    ),
    preparedCollector("cpuFrequencies", (skips) => {
      const frequencies = new CpuFrequencyFiles(root, asked, skips);
      return restWhereNone(() => frequencies.read(), isEmpty);
    }),
    preparedCollector("bonds", (skips) => restWhereNone(() => readBonds(root, asked, skips), isEmpty)),
    preparedCollector("nvme", (skips) => restWhereNone(() => readNvme(root, asked, skips), isEmpty)),
    createTextfileCollector(textfileDirectories, asked, log, hide),
  ];
}

function isEmpty(list: readonly unknown[]): boolean {
  return list.length === 0;
}

/** Of the first program that there is. */
async function readClockDiscipline(run: RunProgram, skips: Skips): Promise<ClockDisciplineReading | undefined> {
  for (const { program, args } of clockPrograms(process.arch)) {
    const output = await run(program, args);
    if (output !== undefined) return skips.attempt(program, () => parseClockDiscipline(output));
  }
  return undefined;
}

/** A collector that leaves out what is odd. */
function skipping<Part extends PartName>(part: Part, make: (skips: Skips) => Collector<Part>["collect"]): Collector<Part> {
  const skips = new Skips();
  return { part, skips, collect: make(skips) };
}

/** The same of what may be much. */
function inSteps<Part extends PartName>(part: Part, make: (skips: Skips) => () => Steps<SampleParts[Part] | undefined>): Collector<Part> {
  const skips = new Skips();
  const collectInSteps = make(skips);
  return { part, skips, collect: () => atOnce(collectInSteps()), collectInSteps };
}
