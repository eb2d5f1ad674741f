/** /proc/stat: CPU time by mode, and counts since boot (proc_stat(5)). */
import { defined } from "../model/defined.ts";
import type { CpuModeSeconds, CpuReading, CpuTimes } from "../model/machine.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads /proc/stat, the dearest of the small files: the kernel adds it up over all CPUs and interrupts. Undefined where there is none. */
export function readStat(files: KernelFiles, ticksPerSecond: number, nowSeconds: number, skips: Skips): CpuReading | undefined {
  const text = files.readAtOnce(`${files.root.procfs}/stat`);
  return text && parseStat(text, ticksPerSecond, nowSeconds, skips);
}

/** Parses /proc/stat. Where the line of the sum is missing (sandboxes mask it), the lines of the CPUs are added up. */
export function parseStat(text: Scanner, ticksPerSecond: number, readAtSeconds: number, skips: Skips): CpuReading {
  const found: Found = { perCpu: [], counts: {} };
  while (!text.atEnd) {
    const start = text.at;
    try {
      parseLine(text, ticksPerSecond, found);
    } catch (error) {
      skips.add(text.path, error);
    }
    // intr and softirq go on with one number per source: thousands of them on large machines, of no use here
    text.at = start;
    text.skipLine();
  }
  const { perCpu, counts } = found;
  const sum = found.sum ?? sumOf(perCpu);
  if (sum === undefined) text.fail('a line that begins with "cpu"');
  return { readAtSeconds, ...defined({ total: sum.modes, totalLowDigits: sum.lowDigits }), perCpu, ...counts };
}

type Counts = Pick<
  CpuReading,
  "bootTimeSeconds" | "contextSwitches" | "interrupts" | "softirqs" | "forks" | "runningTasks" | "blockedTasks"
>;

interface Found {
  sum?: Omit<CpuTimes, "cpu">;
  readonly perCpu: CpuTimes[];
  readonly counts: { -readonly [Key in keyof Counts]: Counts[Key] };
}

function parseLine(text: Scanner, ticksPerSecond: number, found: Found): void {
  const { perCpu, counts } = found;
  if (text.take("cpu ")) found.sum = parseTimes(text, ticksPerSecond);
  else if (text.take("cpu")) {
    const cpu = text.number();
    perCpu.push({ cpu, ...parseTimes(text, ticksPerSecond) });
  } else if (text.take("intr ")) counts.interrupts = text.number();
  else if (text.take("ctxt ")) counts.contextSwitches = text.number();
  else if (text.take("btime ")) counts.bootTimeSeconds = text.number();
  else if (text.take("processes ")) counts.forks = text.number();
  else if (text.take("procs_running ")) counts.runningTasks = text.number();
  else if (text.take("procs_blocked ")) counts.blockedTasks = text.number();
  else if (text.take("softirq ")) counts.softirqs = text.number();
}

/** As many ticks need more digits than the fifteen that a double holds whatever they are. */
const beyondTicks = 1e15;

const modeNames = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guestNice"] as const;

function parseTimes(text: Scanner, ticksPerSecond: number): Omit<CpuTimes, "cpu"> {
  const start = text.at;
  const modes = parseModes(text, ticksPerSecond);
  const { user, nice, system, idle, iowait, irq, softirq, steal } = modes;
  if (user + nice + system + idle + iowait + irq + softirq + steal < beyondTicks / ticksPerSecond) return { modes };
  text.at = start;
  return { modes, lowDigits: parseModes(text, ticksPerSecond, true) };
}

/** Kernels before 2.6.33 have fewer columns: what is not there has not happened. The first four were always there. */
function parseModes(text: Scanner, ticksPerSecond: number, lowDigits = false): CpuModeSeconds {
  return {
    user: nextMode(text, ticksPerSecond, lowDigits),
    nice: nextMode(text, ticksPerSecond, lowDigits),
    system: nextMode(text, ticksPerSecond, lowDigits),
    idle: nextMode(text, ticksPerSecond, lowDigits),
    iowait: nextModeIfAny(text, ticksPerSecond, lowDigits),
    irq: nextModeIfAny(text, ticksPerSecond, lowDigits),
    softirq: nextModeIfAny(text, ticksPerSecond, lowDigits),
    steal: nextModeIfAny(text, ticksPerSecond, lowDigits),
    guest: nextModeIfAny(text, ticksPerSecond, lowDigits),
    guestNice: nextModeIfAny(text, ticksPerSecond, lowDigits),
  };
}

function nextMode(text: Scanner, ticksPerSecond: number, lowDigits: boolean): number {
  return (lowDigits ? text.lowDigits() : text.number()) / ticksPerSecond;
}

function nextModeIfAny(text: Scanner, ticksPerSecond: number, lowDigits: boolean): number {
  text.skipSpaces();
  return text.atLineEnd ? 0 : nextMode(text, ticksPerSecond, lowDigits);
}

function sumOf(perCpu: readonly CpuTimes[]): Omit<CpuTimes, "cpu"> | undefined {
  const [first, ...others] = perCpu;
  if (first === undefined) return undefined;
  const add = (sum: CpuModeSeconds, more: CpuModeSeconds) =>
    Object.fromEntries(modeNames.map((mode) => [mode, sum[mode] + more[mode]])) as unknown as CpuModeSeconds;
  return { modes: others.reduce((sum, { modes }) => add(sum, modes), first.modes) };
}
