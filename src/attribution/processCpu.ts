/**
 * Who used the CPU: what a process used itself, and what its children used that died before they were seen.
 *
 * utime + stime say the first. cutime + cstime say what the reaped children used in all; less what was seen of them while they
 * lived, that is the work of children too short to be seen, and it is the parent's that waited for them.
 */
import type { ProcessKey, ProcessReading } from "../model/processes.ts";
import { accountingCgroup } from "./cgroupCpu.ts";
import { mostSeconds } from "./counters.ts";
import { type Ledger, type LedgerProcess, processOf } from "./ledger.ts";
import { type IoRise, ioRiseOf, oweIoOfTheDead } from "./processIo.ts";

/** What one process turned out to have used since it was last known. */
export interface CpuRise {
  readonly process: LedgerProcess;
  /** Seconds over which the rise is spread. */
  readonly spanSeconds: number;
  /** Undefined where its counters say what cannot be. */
  readonly ownSeconds: number | undefined;
  childSeconds: number;
  readonly io: IoRise;
}

/** Owes what was seen of the vanished to those who reap them. Their entries must still be in the ledger. */
export function oweForTheDead(ledger: Ledger, vanished: readonly ProcessKey[]): void {
  const gone = new Set(vanished);
  for (const key of vanished) {
    const dead = ledger.processes.get(key)?.reading;
    if (dead === undefined) continue;
    const reapers = reapersOf(ledger, dead, gone);
    ledger.credits.owe(totalSeconds(dead), reapers);
    oweIoOfTheDead(ledger, key, reapers);
  }
}

/**
 * The parent; where it went in the same tick, nobody can tell whether it had reaped its child before: then its own reaper
 * took both over, or else the process that adopts orphans did.
 */
function reapersOf(ledger: Ledger, dead: ProcessReading, gone: ReadonlySet<ProcessKey>): readonly number[] {
  const reapers: number[] = [];
  let parentPid = dead.parentPid;
  for (let generation = 0; generation < 64 && parentPid > 0; generation++) {
    const parent = processOf(ledger, parentPid)?.reading;
    // one that was never seen may have reaped and died unseen: go on with those who adopt
    if (parent === undefined) break;
    if (!gone.has(parent.key)) {
      reapers.push(parentPid);
      break;
    }
    parentPid = parent.parentPid;
  }
  if (reapers[0] === dead.parentPid) return reapers;
  return [...new Set([...reapers, ...ledger.adopters])];
}

/** A child in another cgroup than its parent: what it uses is accounted there, and is not its parent's when it is reaped. */
function livesElsewhere(ledger: Ledger, child: ProcessReading): boolean {
  const parent = processOf(ledger, child.parentPid)?.reading;
  if (ledger.hierarchy === undefined || parent === undefined) return false;
  const home = accountingCgroup(child.identity, ledger.hierarchy);
  return home !== "/" && home !== accountingCgroup(parent.identity, ledger.hierarchy);
}

/** The rise of one process since its reading before; undefined when its past is not known. */
export function riseOf(ledger: Ledger, process: LedgerProcess, before: ProcessReading | undefined): CpuRise | undefined {
  const { reading } = process;
  const since = reading.unchangedUntilSeconds ?? before?.readAtSeconds;
  // the past of what was running before Culprit's first reading is unknown
  if (since === undefined || reading.readAtSeconds <= since) return undefined;
  const spanSeconds = reading.readAtSeconds - since;
  const ownSeconds = ownRise(ledger, reading, before, spanSeconds);
  const takenOver = Math.max(0, childrenOf(reading) - (before === undefined ? 0 : childrenOf(before)));
  const unseen = takenOver > 0 ? ledger.credits.settle(reading.pid, takenOver) : 0;
  // init and subreapers reap what others have started: whose it was, only the cgroup can say
  const childSeconds = ledger.adopters.has(reading.pid) ? 0 : unseen;
  const io = ioRiseOf(ledger, reading, before, takenOver > 0, spanSeconds);
  return { process, spanSeconds, ownSeconds, childSeconds, io };
}

/** The kernel rounds user and system time each for itself: their sum may fall by a tick. */
const roundingSeconds = 0.025;

/** No more than all CPUs can give in that time. */
function ownRise(ledger: Ledger, reading: ProcessReading, before: ProcessReading | undefined, spanSeconds: number): number | undefined {
  const from = before === undefined ? 0 : ownOf(before);
  const now = ownOf(reading);
  if (now < from && now >= from - roundingSeconds) return 0;
  const risen = ledger.counters.rise(reading.key, "cpu", from, now, ledger.mostCores * mostSeconds(spanSeconds));
  return risen === undefined ? undefined : Math.min(risen, ledger.mostCores * spanSeconds);
}

/**
 * A process whose parent has changed was adopted: the new parent takes orphans in.
 *
 * So does the parent of a newborn whose session was begun by a process that is dead: a daemon forks twice, and who finds it after
 * that finds it with its new parent. A child that began its session itself, or shares its parent's, says nothing.
 */
export function noteAdoption(ledger: Ledger, before: ProcessReading | undefined, now: ProcessReading): void {
  if (now.parentPid <= 0) return;
  if (before?.identity !== now.identity && livesElsewhere(ledger, now)) ledger.mixedParents.add(now.parentPid);
  if (before !== undefined) {
    if (now.parentPid !== before.parentPid) ledger.adopters.add(now.parentPid);
    return;
  }
  // what was there before Culprit looked may have lost its session's leader at any time
  if (now.unchangedUntilSeconds === undefined || now.sessionId === undefined || now.sessionId === now.pid || now.sessionId === 0) return;
  const parent = processOf(ledger, now.parentPid)?.reading;
  if (parent?.sessionId === undefined || parent.sessionId === now.sessionId || ledger.keys.has(now.sessionId)) return;
  ledger.adopters.add(now.parentPid);
}

function ownOf(reading: ProcessReading): number {
  return reading.userSeconds + reading.systemSeconds;
}

function childrenOf(reading: ProcessReading): number {
  return (reading.childUserSeconds ?? 0) + (reading.childSystemSeconds ?? 0);
}

function totalSeconds(reading: ProcessReading): number {
  return ownOf(reading) + childrenOf(reading);
}
