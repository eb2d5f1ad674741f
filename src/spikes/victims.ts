/**
 * Takes what waits, and what works for others, out of the shares, and gives it to the process that caused it.
 *
 * A task in uninterruptible sleep makes load and does nothing: the process that keeps its disk busy made that load. The kernel's own
 * threads write back what others have dirtied and look for memory because others have taken it.
 */
import { isNamed } from "../model/group.ts";
import { type HelpsWith, helpsWith, type WaitCause, waitCauseOf } from "./causes.ts";
import type { ProcessSums } from "./processTally.ts";
import type { Tally } from "./tally.ts";
import { ioRise, memoryRise, type WeighedLine, writeRise } from "./weigh.ts";

type Cause = "io" | "writes" | "memory" | "interrupts";

/** Less than this is not what keeps others waiting. */
const leastBytesPerSecond = 1e6;
const leastBytes = 32e6;
/** Less help than this stays with the helper. */
const leastHelp = 0.03;
/** A line with less than this of the cause is given nothing. */
const leastPart = 0.1;

/** Gives what lines did not cause themselves to those that did. A line from which most was taken is marked as waiting. */
export function giveToCauses(lines: readonly WeighedLine[], tally: Tally): void {
  const total = lines.reduce((sum, { weight }) => sum + weight, 0);
  for (const line of lines) if (line.weight > leastHelp * total) moveHelp(line, lines, tally);
  const found = lines.map((line) => line.weight);
  const pools = new Map<WaitCause, number>();
  for (const line of lines) {
    if (line.waitingTasks === 0 || line.helping) continue;
    const cause = waitCause(line, tally);
    const causers = cause === "io" || cause === "memory" ? causersOf(cause, lines) : undefined;
    if (causers === undefined) {
      // nobody can be named for it: it stays where it was seen
      line.waiting = line.waitingTasks > line.weight / 2;
      continue;
    }
    const amount = Math.min(line.weight, line.waitingTasks);
    line.weight -= amount;
    pools.set(cause, (pools.get(cause) ?? 0) + amount);
  }
  for (const [cause, amount] of pools) hand(amount, causersOf(cause === "memory" ? "memory" : "io", lines) ?? new Map());
  for (const [at, line] of lines.entries()) {
    if (line.waitingTasks > 0 && !line.waiting && line.weight < (found[at] ?? 0) / 2) line.waiting = true;
  }
}

function moveHelp(line: WeighedLine, lines: readonly WeighedLine[], tally: Tally): void {
  const [first] = tally.processes.of(line.id, activity);
  const help = first === undefined ? undefined : helpsWith(line.labels, first.commandLine);
  if (help === undefined) return;
  const causers = causersOf(help, lines, line);
  if (causers === undefined) return;
  const amount = line.weight;
  line.weight = 0;
  line.helping = true;
  hand(amount, causers);
}

function hand(amount: number, causers: ReadonlyMap<WeighedLine, number>): void {
  for (const [causer, part] of causers) causer.weight += amount * part;
}

/** Those who cause it and the part of each; undefined where there is nobody. */
function causersOf(
  cause: Cause | HelpsWith,
  lines: readonly WeighedLine[],
  except?: WeighedLine,
): ReadonlyMap<WeighedLine, number> | undefined {
  if (cause === "interrupts") {
    const interrupts = lines.find(({ labels }) => labels.kind === "interrupts");
    return interrupts === undefined ? undefined : new Map([[interrupts, 1]]);
  }
  const of = cause === "memory" ? memoryRise : cause === "writes" ? writeRise : ioRise;
  const least = cause === "memory" ? leastBytes : leastBytesPerSecond;
  const able = lines.filter((line) => line !== except && isSomebody(line) && !line.helping);
  const total = able.reduce((sum, line) => sum + of(line), 0);
  const chosen = able.filter((line) => of(line) >= least && of(line) >= leastPart * total);
  const sum = chosen.reduce((all, line) => all + of(line), 0);
  return sum === 0 ? undefined : new Map(chosen.map((line) => [line, of(line) / sum]));
}

/** What most of a line's waiting tasks wait for. */
function waitCause({ id }: WeighedLine, tally: Tally): WaitCause {
  const [io, memory] = [tally.host("ioPressureRatio") ?? 0, tally.host("memoryPressureRatio") ?? 0];
  const seconds = new Map<WaitCause, number>();
  for (const { waitChannels, waitingSeconds } of tally.processes.of(id, (sums) => sums.waitingSeconds)) {
    if (waitChannels.size === 0) count(undefined, waitingSeconds);
    for (const [channel, time] of waitChannels) count(channel, time);
  }
  if (seconds.size === 0) return waitCauseOf(undefined, io, memory);
  return [...seconds].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "unknown";

  function count(channel: string | undefined, time: number): void {
    const cause = waitCauseOf(channel, io, memory);
    seconds.set(cause, (seconds.get(cause) ?? 0) + time);
  }
}

function isSomebody({ labels }: WeighedLine): boolean {
  return isNamed(labels);
}

function activity({ cpuSeconds, runningSeconds, waitingSeconds, readBytes, writtenBytes }: ProcessSums): number {
  return cpuSeconds + runningSeconds + waitingSeconds + (readBytes + writtenBytes) / 1e6 + 1e-9;
}
