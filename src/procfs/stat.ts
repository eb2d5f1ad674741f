/** /proc/stat: CPU time by mode, and counts since boot (proc_stat(5)). */
import type { CpuModeSeconds, CpuReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads /proc/stat, the dearest of the small files: the kernel adds it up over all CPUs and interrupts. Undefined where there is none. */
export function readStat(files: KernelFiles, ticksPerSecond: number, nowSeconds: number): CpuReading | undefined {
  const text = files.readAtOnce(`${files.root.procfs}/stat`);
  return text && parseStat(text, ticksPerSecond, nowSeconds);
}

/** Parses /proc/stat. */
export function parseStat(text: Scanner, ticksPerSecond: number, readAtSeconds: number): CpuReading {
  let total: CpuModeSeconds | undefined;
  const perCpu: { cpu: number; modes: CpuModeSeconds }[] = [];
  const counts: Counts = {};
  while (!text.atEnd) {
    if (text.take("cpu ")) {
      total = parseModes(text, ticksPerSecond);
    } else if (text.take("cpu")) {
      const cpu = text.number();
      perCpu.push({ cpu, modes: parseModes(text, ticksPerSecond) });
    } else if (text.take("intr ")) counts.interrupts = text.number();
    else if (text.take("ctxt ")) counts.contextSwitches = text.number();
    else if (text.take("btime ")) counts.bootTimeSeconds = text.number();
    else if (text.take("processes ")) counts.forks = text.number();
    else if (text.take("procs_running ")) counts.runningTasks = text.number();
    else if (text.take("procs_blocked ")) counts.blockedTasks = text.number();
    else if (text.take("softirq ")) counts.softirqs = text.number();
    // intr and softirq go on with one number per source: thousands of them on large machines, of no use here
    text.skipLine();
  }
  if (total === undefined) text.fail('a line that begins with "cpu "');
  return { readAtSeconds, total, perCpu, ...counts };
}

type Counts = { -readonly [Key in Exclude<keyof CpuReading, "readAtSeconds" | "total" | "perCpu">]?: number };

/** Kernels before 2.6.33 have fewer columns: what is not there has not happened. */
function parseModes(text: Scanner, ticksPerSecond: number): CpuModeSeconds {
  return {
    user: nextMode(text, ticksPerSecond),
    nice: nextMode(text, ticksPerSecond),
    system: nextMode(text, ticksPerSecond),
    idle: nextMode(text, ticksPerSecond),
    iowait: nextMode(text, ticksPerSecond),
    irq: nextMode(text, ticksPerSecond),
    softirq: nextMode(text, ticksPerSecond),
    steal: nextMode(text, ticksPerSecond),
    guest: nextMode(text, ticksPerSecond),
    guestNice: nextMode(text, ticksPerSecond),
  };
}

function nextMode(text: Scanner, ticksPerSecond: number): number {
  text.skipSpaces();
  return text.atLineEnd ? 0 : text.number() / ticksPerSecond;
}
