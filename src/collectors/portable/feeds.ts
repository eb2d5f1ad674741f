/** The parts of a Sample as the portable source fills them: asked in the background, taken in a tick. */
import type { Clock } from "../../model/clock.ts";
import { defined } from "../../model/defined.ts";
import type { LoadReading } from "../../model/machine.ts";
import type { SampleParts } from "../../model/sample.ts";
import type { Redactor } from "../../redact/redactor.ts";
import type { PartName } from "../collector.ts";
import type { Ask } from "./asking.ts";
import { CpuCounter } from "./cpu.ts";
import { disksOf, filesystemsOf, memoryOf, networkOf } from "./levels.ts";
import { PortableProcesses } from "./portableProcesses.ts";
import type { PortableSystem } from "./system.ts";

/** One part. */
export interface Feed<Part extends PartName = PartName> {
  readonly part: Part;
  /** Asks the machine. Rejecting says why this round has nothing. */
  refresh(ask: Ask): Promise<void>;
  /** What the newest round found; undefined says that this machine has none. */
  take(): SampleParts[Part] | undefined;
}

/** All parts, in the order in which they are asked: what must be set against each other stands side by side. */
export function createFeeds(system: PortableSystem, clock: Clock, redactor: Redactor): readonly Feed[] {
  const bootTimeSeconds = Math.round(clock.wallMs() / 1000 - system.uptimeSeconds());
  const cpu = new CpuCounter({ remainderWaits: system.platform === "linux" });
  const processes = new PortableProcesses(system.platform, system.ownPid, redactor);
  return [
    createCpuFeed(system, clock, cpu, bootTimeSeconds),
    createProcessesFeed(system, clock, cpu, processes, bootTimeSeconds),
    { part: "load", refresh: async () => undefined, take: () => loadOf(system, processes.running) },
    plain("memory", "mem", system.mem, memoryOf),
    plain("network", "networkStats", system.networkStats, networkOf),
    plain("disks", "fsStats", system.fsStats, disksOf),
    plain("filesystems", "fsSize", system.fsSize, (list) => filesystemsOf(list, system.platform)),
  ];
}

/** The counters go on where they are told late or not told for a while: an answer counts whenever it comes. */
function createCpuFeed(system: PortableSystem, clock: Clock, cpu: CpuCounter, bootTimeSeconds: number): Feed<"cpu"> {
  return {
    part: "cpu",
    refresh: (ask) =>
      ask("currentLoad", async () => {
        // its first call waits between two looks of its own; every other looks at once
        const askedSeconds = cpu.begun ? clock.monotonicSeconds() : undefined;
        const { cpus } = await system.currentLoad();
        cpu.add(cpus, askedSeconds ?? clock.monotonicSeconds());
      }),
    take: () => cpu.reading(bootTimeSeconds),
  };
}

function createProcessesFeed(
  system: PortableSystem,
  clock: Clock,
  cpu: CpuCounter,
  processes: PortableProcesses,
  bootTimeSeconds: number,
): Feed<"processes"> {
  return {
    part: "processes",
    refresh: (ask) =>
      ask("processes", async () => {
        const { list } = await system.processes();
        processes.update(list, {
          bootTimeSeconds,
          wallMs: clock.wallMs(),
          monotonicSeconds: clock.monotonicSeconds(),
          timezoneOffsetMinutes: system.timezoneOffsetMinutes,
          uptimeSeconds: system.uptimeSeconds(),
          cores: system.cores(),
          busySeconds: cpu.begun ? cpu.busySeconds : undefined,
        });
      }),
    take: () => processes.drain(),
  };
}

function plain<Part extends PartName, Answer>(
  part: Part,
  question: string,
  call: () => Promise<Answer>,
  read: (answer: Answer) => SampleParts[Part] | undefined,
): Feed<Part> {
  let newest: SampleParts[Part] | undefined;
  return {
    part,
    refresh: async (ask) => {
      newest = read(await ask(question, call));
    },
    take: () => newest,
  };
}

/** Windows has no load average, and Node says 0 there. Who reads counts as running, as in /proc/loadavg. */
function loadOf(system: PortableSystem, running: number | undefined): LoadReading | undefined {
  if (system.platform === "win32") return undefined;
  const [load1, load5, load15] = system.loadAverages();
  if (load1 === undefined || load5 === undefined || load15 === undefined) return undefined;
  return defined({ load1, load5, load15, runnableTasks: running === undefined ? undefined : running + 1 });
}
