/** The machine's state in words: one line under each reading, quiet when nothing is off. Pure. */

import { defined } from "../../model/defined.ts";
import type { RecordedValues } from "../../model/hostFigures.ts";
import type { HostUsage } from "../../model/snapshot.ts";
import { resourceNames } from "../../model/spikeResource.ts";
import { busiestGroup, type RecordedGroup } from "../../recorder/format/line.ts";
import { listText } from "../../text.ts";
import type { Whole } from "./charts.ts";
import { formatBytes, formatCount, formatNumber, formatPercent, nameOf } from "./format.ts";

/** What the words are made from. */
interface Reading {
  readonly host: HostUsage;
  readonly groups: readonly RecordedGroup[];
  /** The fullest file system that is known. */
  readonly fullest?: { readonly mountpoint: string; readonly usageRatio: number } | undefined;
}

/** How a reading stands. */
type Mood = "calm" | "busy" | "bad";

interface Words {
  readonly text: string;
  readonly mood: Mood;
}

/** The readings at the top of the page. */
export type ReadingName = "load" | "cpu" | "memory" | "disk" | "network" | "pressure";

/** What can be said of each. */
export function tell({ host, groups, fullest }: Reading): Readonly<Record<ReadingName, Words>> {
  return {
    load: tellLoad(host),
    cpu: tellCpu(host, groups),
    memory: tellMemory(host, groups),
    disk: tellDisk(host, groups, fullest),
    network: calm(""),
    pressure: tellPressure(host),
  };
}

function tellLoad({ load, cpu, tasks }: HostUsage): Words {
  if (load === undefined) return calm("not told by this machine");
  const cores = cpu?.cores;
  const blocked = tasks?.uninterruptible ?? 0;
  const running = tasks?.running ?? 0;
  const on = cores === undefined ? "" : ` on ${cores} ${cores === 1 ? "core" : "cores"}`;
  const waits = `${formatCount(blocked)} of it ${blocked === 1 ? "waits" : "wait"} for disk or other I/O`;
  const wanting = `${formatCount(running)} ${running === 1 ? "task wants" : "tasks want"}`;
  if (blocked >= 1 && blocked >= running)
    return { text: `${waits}${on}`, mood: cores !== undefined && load.load1 > cores ? "bad" : "busy" };
  if (cores !== undefined && load.load1 > cores) {
    const more = blocked > 0 ? `; ${waits}` : "";
    return {
      text: `more than its ${cores} ${cores === 1 ? "core" : "cores"}: ${wanting} CPU${more}`,
      mood: load.load1 > 2 * cores ? "bad" : "busy",
    };
  }
  return calm(on.trim());
}

function tellCpu({ cpu }: HostUsage, groups: readonly RecordedGroup[]): Words {
  const ratio = cpu?.usageRatio;
  if (cpu === undefined || ratio === undefined) return calm("not known yet");
  const stolen = (cpu.stealCores ?? 0) / cpu.cores;
  if (stolen > 0.1) return { text: `${formatPercent(stolen)} taken by the hypervisor`, mood: "bad" };
  const interrupts = (cpu.interruptCores ?? 0) / cpu.cores;
  if (interrupts > 0.2) return { text: `${formatPercent(interrupts)} goes to interrupts`, mood: "busy" };
  const top = busiestGroup(groups, "cpuCores");
  const share = top === undefined ? 0 : (top.usage.cpuCores ?? 0) / Math.max(cpu.busyCores ?? 0, 1e-9);
  if (ratio > 0.7 && top !== undefined && share > 0.4)
    return {
      text: `${nameOf(top)} uses ${formatNumber(top.usage.cpuCores ?? 0)} of ${cpu.cores} cores`,
      mood: ratio > 0.9 ? "bad" : "busy",
    };
  const core = cpu.coreUsageRatios?.find(({ ratio: one }) => one > 0.95);
  if (ratio <= 0.7 && core !== undefined && cpu.cores > 1)
    return { text: `core ${core.cpu} is full${top === undefined ? "" : `; most goes to ${nameOf(top)}`}`, mood: "busy" };
  if (ratio > 0.7) return { text: "spread over many processes", mood: ratio > 0.9 ? "bad" : "busy" };
  if ((cpu.iowaitCores ?? 0) / cpu.cores > 0.2)
    return { text: `${formatPercent((cpu.iowaitCores ?? 0) / cpu.cores)} idles while it waits for I/O`, mood: "busy" };
  return calm(`${formatNumber(cpu.busyCores ?? 0)} of ${cpu.cores} cores busy`);
}

function tellMemory({ memory, pressure }: HostUsage, groups: readonly RecordedGroup[]): Words {
  if (memory === undefined) return calm("not known yet");
  const { usageRatio, totalBytes, availableBytes, swapTotalBytes = 0, swapUsedBytes = 0 } = memory;
  const left = `${formatBytes(availableBytes)} of ${formatBytes(totalBytes)} left`;
  const top = busiestGroup(groups, "residentBytes");
  const holder = top === undefined ? "" : `; ${nameOf(top)} holds ${formatBytes(top.usage.residentBytes ?? 0)}`;
  if ((pressure?.memory?.some ?? 0) > 0.1) return { text: `tasks wait for memory${holder}`, mood: "bad" };
  if (usageRatio > 0.9) return { text: `${left}${holder}`, mood: "bad" };
  if (swapTotalBytes > 0 && swapUsedBytes / swapTotalBytes > 0.5)
    return { text: `${formatBytes(swapUsedBytes)} of swap in use`, mood: "busy" };
  if (usageRatio > 0.8) return { text: `${left}${holder}`, mood: "busy" };
  return calm(left);
}

/** Of a moment of the past the machine's figures are known, and nothing of single cores, disks and file systems. */
export function hostOf(figures: RecordedValues, { cores, memoryBytes }: Whole): HostUsage {
  const { cpuUsageRatio, load1, load5, load15, memoryUsageRatio, swapUsedBytes, runningTasks, uninterruptibleTasks } = figures;
  const { diskReadBytesPerSecond: read, diskWrittenBytesPerSecond: written } = figures;
  const { cpuPressureRatio, memoryPressureRatio, ioPressureRatio } = figures;
  const isPressureKnown = [cpuPressureRatio, memoryPressureRatio, ioPressureRatio].some((ratio) => ratio !== undefined);
  return defined({
    cpu:
      cores === undefined || cpuUsageRatio === undefined
        ? undefined
        : { cores, busySeconds: 0, busyCores: cpuUsageRatio * cores, usageRatio: cpuUsageRatio },
    load: load1 === undefined ? undefined : { load1, load5: load5 ?? load1, load15: load15 ?? load1 },
    memory:
      memoryBytes === undefined || memoryUsageRatio === undefined
        ? undefined
        : defined({
            totalBytes: memoryBytes,
            availableBytes: memoryBytes * (1 - memoryUsageRatio),
            usageRatio: memoryUsageRatio,
            swapUsedBytes,
          }),
    tasks: defined({ running: runningTasks, uninterruptible: uninterruptibleTasks }),
    pressure: isPressureKnown
      ? { cpu: defined({ some: cpuPressureRatio }), memory: defined({ some: memoryPressureRatio }), io: defined({ some: ioPressureRatio }) }
      : undefined,
    disks: read === undefined && written === undefined ? undefined : [{ device: "all disks", whole: true, readBytes: 0, writtenBytes: 0 }],
  });
}

function tellDisk({ disks, pressure }: HostUsage, groups: readonly RecordedGroup[], fullest: Reading["fullest"]): Words {
  if (fullest !== undefined && fullest.usageRatio > 0.9) {
    return { text: `${fullest.mountpoint} is ${formatPercent(fullest.usageRatio)} full`, mood: fullest.usageRatio > 0.95 ? "bad" : "busy" };
  }
  const full = disks?.filter(({ whole, busyRatio = 0 }) => whole && busyRatio > 0.8).map(({ device }) => device) ?? [];
  const user = busiestGroup(groups, "writtenBytesPerSecond") ?? busiestGroup(groups, "readBytesPerSecond");
  if (full.length > 0)
    return {
      text: `${listText(full)} ${full.length === 1 ? "is" : "are"} busy all the time${user === undefined ? "" : `; most by ${nameOf(user)}`}`,
      mood: "bad",
    };
  if ((pressure?.io?.some ?? 0) > 0.3)
    return { text: `tasks wait for I/O${user === undefined ? "" : `; most by ${nameOf(user)}`}`, mood: "busy" };
  if (disks === undefined || disks.length === 0) return calm("no disk is shown");
  return calm(fullest === undefined ? "" : `${fullest.mountpoint} ${formatPercent(fullest.usageRatio)} full`);
}

function tellPressure({ pressure }: HostUsage): Words {
  if (pressure === undefined) return calm("not told by this kernel");
  const names = { ...resourceNames, cpu: "the CPU" };
  const waiting = (["memory", "io", "cpu"] as const)
    .map((resource) => ({ name: names[resource], some: pressure[resource]?.some ?? 0, full: pressure[resource]?.full ?? 0 }))
    .sort((a, b) => b.some - a.some);
  const [most] = waiting;
  if (most === undefined || most.some < 0.1) return calm("hardly anything waits");
  const all = most.full > 0.1 && most.name !== "the CPU" ? `, ${formatPercent(most.full)} of the time all do` : "";
  return { text: `tasks wait for ${most.name}${all}`, mood: most.some > 0.4 ? "bad" : "busy" };
}

function calm(text: string): Words {
  return { text, mood: "calm" };
}
