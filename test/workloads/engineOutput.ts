/** What the engine under test says of each tick, as the runner reads it. */
import type { GroupLabels } from "../../src/model/group.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";

/** One line of one tick. */
export interface EngineLine extends GroupLabels {
  readonly usage: ResourceUsage;
}

/** One tick. */
export interface EngineTick {
  readonly takenAtMs: number;
  readonly elapsedSeconds: number;
  readonly busyCores: number;
  readonly lines: readonly EngineLine[];
  /** Processes that did something: pid, parent's pid, index of its line. */
  readonly processes: readonly (readonly [pid: number, parentPid: number, line: number])[];
  /** Those of them that wait in the kernel: index of its line, and the kernel function that it waits in. */
  readonly waits: readonly (readonly [line: number, waitChannel: string])[];
  /** All tasks of the machine in uninterruptible sleep. */
  readonly uninterruptible: number;
}

/** Lines of equal labels are one line. */
export function keyOf({ kind, process, unit, container, user }: EngineLine): string {
  return JSON.stringify([kind, process, unit, container, user]);
}

/** The keys of the lines that have a process which descends from one of these. */
export function linesBelow(ticks: readonly EngineTick[], roots: readonly number[]): ReadonlySet<string> {
  const below = new Set(roots);
  const keys = new Set<string>();
  for (const { processes, lines } of ticks) {
    for (let size = -1; size !== below.size; ) {
      size = below.size;
      for (const [pid, parentPid] of processes) if (below.has(parentPid)) below.add(pid);
    }
    for (const [pid, , index] of processes) {
      const line = lines[index];
      if (below.has(pid) && line !== undefined) keys.add(keyOf(line));
    }
  }
  return keys;
}

/** CPU seconds that lines were given over all ticks. */
export function creditedSeconds(ticks: readonly EngineTick[], owns: (line: EngineLine) => boolean): number {
  return sumOver(ticks, (tick) => amountOf(tick, owns, "cpuCores") * tick.elapsedSeconds);
}

/** Bytes that lines were given over all ticks. */
export function creditedBytes(
  ticks: readonly EngineTick[],
  owns: (line: EngineLine) => boolean,
  rate: "readBytesPerSecond" | "writtenBytesPerSecond",
): number {
  return sumOver(ticks, (tick) => amountOf(tick, owns, rate) * tick.elapsedSeconds);
}

/** What lines have of a resource in one tick; unknown counts as nothing, for nobody can be shown it. */
export function amountOf(tick: EngineTick, owns: (line: EngineLine) => boolean, resource: keyof ResourceUsage): number {
  return tick.lines.reduce((sum, line) => sum + (owns(line) ? (line.usage[resource] ?? 0) : 0), 0);
}

/** All lines with the CPU seconds they were given over all ticks, the largest first. */
export function rankByCpu(ticks: readonly EngineTick[]): readonly { readonly line: EngineLine; readonly seconds: number }[] {
  const sums = new Map<string, { line: EngineLine; seconds: number }>();
  for (const { lines, elapsedSeconds } of ticks) {
    for (const line of lines) {
      const key = keyOf(line);
      const sum = sums.get(key) ?? { line, seconds: 0 };
      sum.seconds += (line.usage.cpuCores ?? 0) * elapsedSeconds;
      sums.set(key, sum);
    }
  }
  return [...sums.values()].sort((a, b) => b.seconds - a.seconds);
}

function sumOver(ticks: readonly EngineTick[], amount: (tick: EngineTick) => number): number {
  return ticks.reduce((sum, tick) => sum + amount(tick), 0);
}
