/**
 * Which processes to read in a tick: cost follows activity, not the number of processes.
 *
 * Counters are cumulative, so a process that is read late has lost nothing. What must not be late is who is busy now: when the
 * machine was busier than the processes that were read explain, the rest are read in the same tick.
 */
import type { CpuReading } from "../model/machine.ts";

/** Below this many processes reading all of them is cheaper than deciding. */
const fewProcesses = 300;

/** After a full reading that explained nothing, none is made for so many ticks, at most. */
const longestPause = 8;

/** Looking at everybody may cost a tenth of the work that it looks for: what a process' reading takes, ten times over. */
const worthSeconds = 10 * 7e-6;

/** So much CPU may have been used, where the gate was content, before everybody's turn shows by whom. */
const mostHiddenSeconds = 1;
const fewestTurns = 10;
const mostTurns = 30;

/** Decides and remembers. */
export class ProcessGate {
  #previous: CpuReading | undefined;
  /** Undefined where nobody can tell. */
  #busySeconds: number | undefined;
  #slackSeconds = 0;
  #pause = 0;
  #pausedUntil = 0;
  #tick = 0;
  /** What was not explained since everybody was read, or since all was explained. */
  #missingSeconds = 0;

  /** A new tick begins with this reading of /proc/stat. */
  begin(cpu: CpuReading | undefined): void {
    this.#tick++;
    const previous = this.#previous;
    this.#previous = cpu;
    this.#busySeconds = undefined;
    this.#slackSeconds = 0;
    if (cpu === undefined || previous === undefined) return;
    const cores = countingCpus(cpu);
    const elapsed = cpu.readAtSeconds - previous.readAtSeconds;
    const before = previous.totalLowDigits ?? previous.total;
    const now = cpu.totalLowDigits ?? cpu.total;
    const rise = (mode: "idle" | "iowait" | "steal" | "irq" | "softirq") => now[mode] - before[mode];
    const idle = rise("idle") + rise("iowait") + rise("steal") + rise("irq") + rise("softirq");
    // idle time that is frozen, fallen or beyond what the clock allows says nothing
    const saysNothing = now.user === before.user && now.system === before.system && idle === 0;
    if (elapsed <= 0 || saysNothing || idle < -0.05 * cores || idle > cores * (elapsed * 1.1 + 0.25)) return;
    this.#busySeconds = Math.min(cores * elapsed, Math.max(0, cores * elapsed - idle));
    // idle time is counted in ticks of the kernel, on every CPU for itself
    this.#slackSeconds = 0.02 + 0.005 * cores + 0.05 * this.#busySeconds;
  }

  /** A cold process is read in one of so many ticks; the less its work could go unnoticed, the more seldom. */
  get turns(): number {
    if (this.#slackSeconds === 0) return fewestTurns;
    return Math.min(mostTurns, Math.max(fewestTurns, Math.floor(mostHiddenSeconds / this.#slackSeconds)));
  }

  /** True when what was read explains how busy the machine was, as far as anybody can tell. */
  isContent(explainedSeconds: number): boolean {
    return this.#busySeconds === undefined || this.#busySeconds - explainedSeconds <= this.#slackSeconds;
  }

  /**
   * True when it is not content and everybody is to be read: unless that was of no use a moment ago, or so little is missing that
   * thousands of processes are not worth it yet. To be asked once a tick.
   */
  wantsAll(explainedSeconds: number, processes: number): boolean {
    // nothing says who may be left: where they are few, all are looked at
    if (this.#busySeconds === undefined) return processes <= fewProcesses;
    if (this.isContent(explainedSeconds)) {
      this.#missingSeconds = 0;
      return false;
    }
    this.#missingSeconds += this.#busySeconds - explainedSeconds;
    if (processes <= fewProcesses) return true;
    return this.#tick >= this.#pausedUntil && this.#missingSeconds >= processes * worthSeconds;
  }

  /** Everybody was read: was it worth it? Work that no living process explains would else make every tick a full one. */
  learn(explainedBefore: number, explainedAfter: number): void {
    const worthIt = explainedAfter - explainedBefore >= this.#missingSeconds / 2;
    this.#missingSeconds = 0;
    this.#pause = worthIt ? 0 : Math.min(longestPause, Math.max(1, this.#pause * 2));
    this.#pausedUntil = this.#tick + 1 + this.#pause;
  }
}

/** Lines of zeros are CPUs of somebody else, as lxcfs shows them. */
function countingCpus({ perCpu }: CpuReading): number {
  let cpus = 0;
  for (const { modes } of perCpu) if (modes.idle + modes.user + modes.system > 0) cpus++;
  return cpus;
}
