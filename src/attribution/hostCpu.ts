/**
 * Busy CPU: the time that passed less what the CPUs were idle, waiting for I/O or stolen.
 *
 * Not user + system: with tick accounting a load that sleeps just past the tick is never seen there. The price is that whatever is wrong
 * with idle looks like work, so it is believed only where time allows it, CPU by CPU: one whose counters fall, leap or have only just
 * come says nothing of this tick, and where most say nothing the machine's usage is unknown.
 */
import { defined } from "../model/defined.ts";
import type { CpuModeSeconds, CpuReading, CpuTimes } from "../model/machine.ts";
import type { HostCpu } from "../model/snapshot.ts";
import { mostSeconds } from "./counters.ts";

/** The kernel counts in ticks of 10 ms, and three counters make one figure. */
const roundingSeconds = 0.05;
/** In a shorter time the counters may not have moved at all. */
const leastSecondsToMove = 0.1;

/** One CPU in one tick: how long it had nothing to do; undefined where that cannot be. */
interface CpuTick {
  readonly cpu: number;
  readonly modes: CpuModeSeconds;
  readonly before: CpuModeSeconds;
  readonly stillSeconds: number;
}

/** `moved` are the CPUs whose counters were ever seen to move; it is kept up to date here. */
export function deriveCpu(previous: CpuReading | undefined, current: CpuReading, busySecondsBefore: number, moved: Set<number>): HostCpu {
  const before = new Map(previous?.perCpu.map((one) => [one.cpu, one]));
  const anyMoved = noteMoved(before, current.perCpu, moved);
  const alive = current.perCpu.filter((one) => (before.has(one.cpu) ? moved.has(one.cpu) : countsAnything(one.modes)));
  const cores = Math.max(1, alive.length > 0 ? alive.length : current.perCpu.length);
  const unknown = { cores, busySeconds: busySecondsBefore };
  const elapsed = previous === undefined ? 0 : current.readAtSeconds - previous.readAtSeconds;
  if (previous === undefined || elapsed <= 0) return unknown;
  if (current.perCpu.length === 0) return withoutCpus(previous, current, elapsed, unknown);
  if (!anyMoved && elapsed >= leastSecondsToMove) return unknown;
  const believed = alive.flatMap((one) => believable(before.get(one.cpu), one, elapsed));
  if (believed.length === 0 || believed.length < alive.length / 2) return unknown;
  const isWhole = believed.length === alive.length && previous.perCpu.filter(({ cpu }) => moved.has(cpu)).length === alive.length;
  const sum = (pick: (modes: CpuModeSeconds) => number) => believed.reduce((total, one) => total + pick(one.modes) - pick(one.before), 0);
  const stillByCpu = sum(stillOf);
  const stillByTotal = stillOf(totalOf(current)) - stillOf(totalOf(previous));
  // the sum of all is counted a little finer than the CPUs, but only where it is their sum
  const useTotal = isWhole && Math.abs(stillByTotal - stillByCpu) <= believed.length * 0.03;
  const busyCores = clamp(believed.length - (useTotal ? stillByTotal : stillByCpu) / elapsed, 0, believed.length);
  const total = (pick: (modes: CpuModeSeconds) => number) => (useTotal ? pick(totalOf(current)) - pick(totalOf(previous)) : sum(pick));
  const share = (pick: (modes: CpuModeSeconds) => number) => coresOf(total(pick), elapsed, believed.length);
  return defined({
    cores,
    busyCores,
    busySeconds: busySecondsBefore + busyCores * elapsed,
    usageRatio: busyCores / believed.length,
    coreUsageRatios: believed.map(({ cpu, stillSeconds }) => ({ cpu, ratio: clamp(1 - stillSeconds / elapsed, 0, 1) })),
    interruptCores: share((modes) => modes.irq + modes.softirq),
    iowaitCores: share((modes) => modes.iowait),
    stealCores: share((modes) => modes.steal),
  });
}

/** A machine that shows the sum alone has at least one CPU: if it has more, idle leaps, and that is noticed. */
function withoutCpus(previous: CpuReading, current: CpuReading, elapsed: number, unknown: HostCpu): HostCpu {
  const still = stillOf(totalOf(current)) - stillOf(totalOf(previous));
  if (!canBe(still, elapsed) || sameModes(totalOf(previous), totalOf(current))) return unknown;
  const busyCores = clamp(1 - still / elapsed, 0, 1);
  return { ...unknown, busyCores, busySeconds: unknown.busySeconds + busyCores * elapsed, usageRatio: busyCores };
}

/** Lines of zeros, and lines that have stood still since they were first seen, are CPUs of somebody else (lxcfs): they count nothing. */
function noteMoved(before: ReadonlyMap<number, CpuTimes>, current: readonly CpuTimes[], moved: Set<number>): boolean {
  let anyMoved = false;
  for (const one of current) {
    const earlier = before.get(one.cpu);
    // a CPU that comes back begins anew
    if (earlier === undefined) moved.delete(one.cpu);
    else if (!sameModes(countedOf(earlier), countedOf(one))) {
      moved.add(one.cpu);
      anyMoved = true;
    }
  }
  return anyMoved;
}

function believable(earlier: CpuTimes | undefined, now: CpuTimes, elapsed: number): CpuTick[] {
  if (earlier === undefined) return [];
  const before = countedOf(earlier);
  const modes = countedOf(now);
  const stillSeconds = stillOf(modes) - stillOf(before);
  return canBe(stillSeconds, elapsed) ? [{ cpu: now.cpu, modes, before, stillSeconds }] : [];
}

/** Some kernels take time back from one of the three and give it to another: their sum is what must be possible. */
function stillOf({ idle, iowait, steal }: CpuModeSeconds): number {
  return idle + iowait + steal;
}

function canBe(stillSeconds: number, elapsed: number): boolean {
  return stillSeconds >= -roundingSeconds && stillSeconds <= mostSeconds(elapsed);
}

/** A part of the CPUs' time; unknown where it fell or is more than there was. */
function coresOf(seconds: number, elapsed: number, cpus: number): number | undefined {
  if (seconds < -roundingSeconds * cpus || seconds > cpus * mostSeconds(elapsed)) return undefined;
  return clamp(seconds / elapsed, 0, cpus);
}

function countedOf({ modes, lowDigits }: CpuTimes): CpuModeSeconds {
  return lowDigits ?? modes;
}

function totalOf({ total, totalLowDigits }: CpuReading): CpuModeSeconds {
  return totalLowDigits ?? total;
}

function countsAnything({ user, nice, system, idle, iowait, irq, softirq, steal }: CpuModeSeconds): boolean {
  return user + nice + system + idle + iowait + irq + softirq + steal > 0;
}

function sameModes(one: CpuModeSeconds, other: CpuModeSeconds): boolean {
  return (
    one.idle === other.idle &&
    one.user === other.user &&
    one.system === other.system &&
    one.nice === other.nice &&
    one.iowait === other.iowait &&
    one.irq === other.irq &&
    one.softirq === other.softirq &&
    one.steal === other.steal
  );
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
