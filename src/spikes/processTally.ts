/** The processes behind the lines, over a stretch of time: bounded, for a spike may be made of thousands. */
import type { ProcessKey } from "../model/processes.ts";
import type { ProcessUsage } from "../model/snapshot.ts";

/** What one process used in all. */
export interface ProcessSums {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: string;
  readonly process: string;
  commandLine: string;
  cpuSeconds: number;
  readBytes: number;
  writtenBytes: number;
  residentBytes: number;
  /** Seconds in which it was running or ready to, and in which it was in uninterruptible sleep. */
  runningSeconds: number;
  waitingSeconds: number;
  readonly waitChannels: Map<string, number>;
}

/** More than these are never needed; beyond them half is let go, those that did least. */
const mostProcesses = 600;
const bytesPerSecondOfCpu = 50e6;

/** Adds up. */
export class ProcessTally {
  readonly #processes = new Map<ProcessKey, ProcessSums>();

  add(process: ProcessUsage, seconds: number): void {
    const sums = this.#sumsOf(process);
    const { usage, waitChannel } = process;
    sums.cpuSeconds += (usage.cpuCores ?? 0) * seconds;
    sums.readBytes += (usage.readBytesPerSecond ?? 0) * seconds;
    sums.writtenBytes += (usage.writtenBytesPerSecond ?? 0) * seconds;
    sums.residentBytes = Math.max(sums.residentBytes, usage.residentBytes ?? 0);
    sums.runningSeconds += (usage.runningTasks ?? 0) * seconds;
    sums.waitingSeconds += (usage.uninterruptibleTasks ?? 0) * seconds;
    if (waitChannel !== undefined) sums.waitChannels.set(waitChannel, (sums.waitChannels.get(waitChannel) ?? 0) + seconds);
  }

  /** Adds what was written before. */
  addEarlier(process: ProcessUsage, seconds: number): void {
    const { writtenBytesPerSecond = 0 } = process.usage;
    if (writtenBytesPerSecond > 0) this.#sumsOf(process).writtenBytes += writtenBytesPerSecond * seconds;
  }

  /** Those of a group, the one with most first; those that have none of it are left out. */
  of(groupId: string, weight: (sums: ProcessSums) => number): readonly ProcessSums[] {
    const found: ProcessSums[] = [];
    for (const sums of this.#processes.values()) if (sums.groupId === groupId && weight(sums) > 0) found.push(sums);
    return found.sort((a, b) => weight(b) - weight(a));
  }

  #sumsOf(process: ProcessUsage): ProcessSums {
    let sums = this.#processes.get(process.key);
    if (sums === undefined || sums.groupId !== process.groupId) {
      if (this.#processes.size >= mostProcesses) this.#forgetLeast();
      sums = {
        pid: process.pid,
        parentPid: process.parentPid,
        groupId: process.groupId,
        process: process.process,
        commandLine: process.commandLine,
        cpuSeconds: 0,
        readBytes: 0,
        writtenBytes: 0,
        residentBytes: 0,
        runningSeconds: 0,
        waitingSeconds: 0,
        waitChannels: new Map(),
      };
      this.#processes.set(process.key, sums);
    }
    sums.commandLine = process.commandLine;
    return sums;
  }

  #forgetLeast(): void {
    const ranked = [...this.#processes].sort((a, b) => importance(b[1]) - importance(a[1]));
    for (const [key] of ranked.slice(mostProcesses / 2)) this.#processes.delete(key);
  }
}

function importance({ cpuSeconds, readBytes, writtenBytes, residentBytes, runningSeconds, waitingSeconds }: ProcessSums): number {
  return cpuSeconds + runningSeconds + waitingSeconds + (readBytes + writtenBytes + residentBytes / 10) / bytesPerSecondOfCpu;
}
