/**
 * Whether what a process has taken over of its dead children can be work of this time.
 *
 * Where the kernel accounts by cgroup, the parent's own cgroup says it exactly: it must have used that much beyond what its living
 * processes explain. That rules out children that lived in another cgroup, orphans that a reaper outside took in, and earlier use.
 * Elsewhere the machine's busy time has to say it.
 */
import { type CgroupLeftovers, explain, knownCgroup } from "./cgroupCpu.ts";
import { mostSeconds } from "./counters.ts";
import type { Ledger } from "./ledger.ts";
import type { CpuRise } from "./processCpu.ts";
import { fitting } from "./unexplained.ts";

/** Work of children that a process says was done for it. */
interface Claim {
  readonly rise: CpuRise;
  readonly seconds: number;
  readonly sinceSeconds: number;
  readonly isSecondTry: boolean;
}

/**
 * Leaves to every rise of its claims what is borne out. The largest are the least likely, so the small ones are served first.
 *
 * On a machine in trouble the files of one tick are read far apart: what does not fit yet may fit in the next tick, and is tried once
 * more. `leftovers` is undefined where no cgroup was read in this tick.
 */
export function judgeClaims(
  ledger: Ledger,
  rises: CpuRise[],
  leftovers: CgroupLeftovers | undefined,
  endedSeconds: number,
  busySeconds: number | undefined,
): void {
  const tickSeconds = endedSeconds - (ledger.previous?.monotonicSeconds ?? endedSeconds);
  const own = rises.reduce((sum, rise) => sum + (rise.ownSeconds ?? 0) * partOfTick(rise.spanSeconds, tickSeconds), 0);
  const elsewhere = Math.max(0, leftovers?.belowRootSeconds ?? 0);
  ledger.unexplained.add(endedSeconds, busySeconds === undefined ? undefined : busySeconds - own - elsewhere);
  const claims = [...newClaims(rises, endedSeconds), ...deferredClaims(ledger, rises, endedSeconds)];
  ledger.deferredClaims.clear();
  for (const claim of claims.sort((a, b) => a.seconds - b.seconds)) {
    const { rise, seconds, sinceSeconds, isSecondTry } = claim;
    const fit = borneOut(ledger, claim, leftovers, busySeconds === undefined ? undefined : tickSeconds);
    rise.childSeconds += fit;
    if (fit === 0 && !isSecondTry) ledger.deferredClaims.set(rise.process.reading.key, { seconds, sinceSeconds });
  }
}

function newClaims(rises: readonly CpuRise[], endedSeconds: number): Claim[] {
  const claims: Claim[] = [];
  for (const rise of rises) {
    if (rise.childSeconds <= 0) continue;
    claims.push({ rise, seconds: rise.childSeconds, sinceSeconds: endedSeconds - rise.spanSeconds, isSecondTry: false });
    rise.childSeconds = 0;
  }
  return claims;
}

function deferredClaims(ledger: Ledger, rises: CpuRise[], endedSeconds: number): Claim[] {
  const claims: Claim[] = [];
  for (const [key, { seconds, sinceSeconds }] of ledger.deferredClaims) {
    const process = ledger.processes.get(key);
    if (process === undefined) continue;
    let rise = rises.find((one) => one.process === process);
    if (rise === undefined) {
      const spanSeconds = endedSeconds - (ledger.previous?.monotonicSeconds ?? sinceSeconds);
      rise = { process, spanSeconds, ownSeconds: 0, childSeconds: 0, io: {} };
      rises.push(rise);
    }
    claims.push({ rise, seconds, sinceSeconds, isSecondTry: true });
  }
  return claims;
}

/** On a busy machine a process is read early in one tick and late in the next: what it used in more than a tick is not a tick's. */
function partOfTick(spanSeconds: number, tickSeconds: number): number {
  return tickSeconds > 0 ? Math.min(2, tickSeconds / spanSeconds) : 1;
}

/** How much of it somebody must have done; taken from what is left of it then. Without `tickSeconds` busy time is not known. */
function borneOut(
  ledger: Ledger,
  { rise, seconds, sinceSeconds, isSecondTry }: Claim,
  leftovers: CgroupLeftovers | undefined,
  tickSeconds: number | undefined,
): number {
  const { identity, pid } = rise.process.reading;
  const cgroup = leftovers && knownCgroup(ledger, identity);
  if (cgroup !== undefined) {
    const fit = fitting(seconds, cgroup.residualSeconds, isSecondTry);
    cgroup.residualSeconds -= fit;
    return fit;
  }
  // a process with children in other cgroups reaps what was accounted there
  if (ledger.mixedParents.has(pid)) return 0;
  // how busy the machine was is unknown: no more than all of its CPUs
  let fit = seconds <= ledger.mostCores * mostSeconds(rise.spanSeconds) ? seconds : 0;
  if (tickSeconds !== undefined) {
    const part = rise.spanSeconds < 2 * tickSeconds ? partOfTick(rise.spanSeconds, tickSeconds) : 1;
    fit = ledger.unexplained.take(seconds * part, sinceSeconds, isSecondTry) / part;
  }
  explain(ledger, identity, fit);
  return fit;
}
