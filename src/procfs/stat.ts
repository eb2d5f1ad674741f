/** /proc/stat: CPU time by mode, and counts since boot (proc_stat(5)). */
import type { CpuModeSeconds, CpuReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads /proc/stat; `readAtSeconds` is taken by the caller right before. */
export function readStat(files: KernelFiles, ticksPerSecond: number, readAtSeconds: number): CpuReading | undefined {
  const text = files.read(`${files.root.procfs}/stat`);
  return text && parseStat(text, ticksPerSecond, readAtSeconds);
}

/** Parses /proc/stat. */
export function parseStat(text: Scanner, ticksPerSecond: number, readAtSeconds: number): CpuReading {
  let total: CpuModeSeconds | undefined;
  const perCpu: { cpu: number; modes: CpuModeSeconds }[] = [];
  const counts: Record<string, number> = {};
  while (!text.atEnd) {
    if (text.take("cpu ")) {
      total = parseModes(text, ticksPerSecond);
    } else if (text.take("cpu")) {
      const cpu = text.number();
      perCpu.push({ cpu, modes: parseModes(text, ticksPerSecond) });
    } else {
      const key = countKeys.find((candidate) => text.take(`${candidate} `));
      if (key !== undefined) counts[key] = text.number();
    }
    // intr and softirq go on with one number per source: thousands of them on large machines, of no use here
    text.skipLine();
  }
  if (total === undefined) text.fail('a line that begins with "cpu "');
  return {
    readAtSeconds,
    total,
    perCpu,
    ...optional("bootTimeSeconds", counts.btime),
    ...optional("contextSwitches", counts.ctxt),
    ...optional("interrupts", counts.intr),
    ...optional("softirqs", counts.softirq),
    ...optional("forks", counts.processes),
    ...optional("runningTasks", counts.procs_running),
    ...optional("blockedTasks", counts.procs_blocked),
  };
}

const countKeys = ["intr", "ctxt", "btime", "processes", "procs_running", "procs_blocked", "softirq"];

/** Kernels before 2.6.33 have fewer columns: what is not there has not happened. */
function parseModes(text: Scanner, ticksPerSecond: number): CpuModeSeconds {
  const next = () => {
    text.skipSpaces();
    return text.atLineEnd ? 0 : text.number() / ticksPerSecond;
  };
  return {
    user: next(),
    nice: next(),
    system: next(),
    idle: next(),
    iowait: next(),
    irq: next(),
    softirq: next(),
    steal: next(),
    guest: next(),
    guestNice: next(),
  };
}

function optional<Key extends string>(key: Key, value: number | undefined): { [key in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: number });
}
