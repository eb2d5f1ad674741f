/**
 * Which processes to read in a tick: cost follows activity, not the number of processes.
 *
 * Counters are cumulative, so a process that is read late has lost nothing. What must not be late is who is busy now: when the
 * machine was busier than the processes that were read explain, the rest are read in the same tick.
 */
import type { CpuReading } from "../model/sample.ts";

/** Below this many processes a look at all of them is cheaper than thinking about it. */
const fewProcesses = 300;

/** Looking in vain is paid for by not looking for so many ticks, at most. */
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
  #busySeconds = 0;
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
    this.#busySeconds = 0;
    this.#slackSeconds = 0;
    if (cpu === undefined || previous === undefined) return;
    const cores = cpu.perCpu.length;
    const elapsed = cpu.readAtSeconds - previous.readAtSeconds;
    const rise = (mode: "idle" | "iowait" | "steal" | "irq" | "softirq") => Math.max(0, cpu.total[mode] - previous.total[mode]);
    const idle = rise("idle") + rise("iowait") + rise("steal") + rise("irq") + rise("softirq");
    this.#busySeconds = Math.min(cores * elapsed, Math.max(0, cores * elapsed - idle));
    // idle time is counted in ticks of the kernel, on every CPU for itself
    this.#slackSeconds = 0.02 + 0.005 * cores + 0.05 * this.#busySeconds;
  }

  /** A cold process has a turn in one of so many ticks: the less can hide from the gate, the rarer. */
  get turns(): number {
    if (this.#slackSeconds === 0) return fewestTurns;
    return Math.min(mostTurns, Math.max(fewestTurns, Math.floor(mostHiddenSeconds / this.#slackSeconds)));
  }

  /** True when what was read explains how busy the machine was. */
  isContent(explainedSeconds: number): boolean {
    return this.#busySeconds - explainedSeconds <= this.#slackSeconds;
  }

  /**
   * True when it is not content and everybody is to be read: unless that was of no use a moment ago, or so little is missing that
   * thousands of processes are not worth it yet. To be asked once a tick.
   */
  wantsAll(explainedSeconds: number, processes: number): boolean {
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
