/** What the table remembers of one process, and how a new reading is compared with it. */
import type { ProcessIdentity, ProcessKey, ProcessReading } from "../model/processes.ts";
import type { PidStat } from "../procfs/pidStat.ts";

/** One known process. */
export interface Slot {
  readonly pid: number;
  readonly descriptor: number | undefined;
  reading: ProcessReading;
  /** Ticks and pages of `reading`, to compare with. */
  raw: PidStat;
  /** When it was last read, be it that it could not be understood. */
  triedSeconds: number;
  /** When it was last read and understood. */
  lastReadSeconds: number;
  /** Ticks of its own that the last reading had more than the one before. */
  risenTicks: number;
  /** Readings in a row in which nothing had moved. */
  quietReadings: number;
  /** Threads besides the main one that ran or waited when they were last looked at. */
  runningThreads: number;
  uninterruptibleThreads: number;
  /** Its last reading has more of reaped children than the one before. */
  reaped: boolean;
  /** The containers' names that it was last shown with. */
  namesVersion: number;
  /** Readings in a row that could not be understood. */
  oddReadings: number;
}

/** Threads besides the main one that ran or waited. */
export type ThreadCounts = Pick<Slot, "runningThreads" | "uninterruptibleThreads">;

/** Of a process whose threads nobody has looked at. */
export const noThreads: ThreadCounts = Object.freeze({ runningThreads: 0, uninterruptibleThreads: 0 });

/** The slot of a process that was read for the first time. Written out, so that all have one shape: they are looked at by the thousand. */
export function newSlot(
  { pid, descriptor, reading, raw, namesVersion }: Pick<Slot, "pid" | "descriptor" | "reading" | "raw" | "namesVersion">,
  nowSeconds: number,
): Slot {
  return {
    pid,
    descriptor,
    reading,
    raw,
    triedSeconds: nowSeconds,
    lastReadSeconds: nowSeconds,
    risenTicks: raw.userTicks + raw.systemTicks,
    quietReadings: 0,
    runningThreads: 0,
    uninterruptibleThreads: 0,
    reaped: false,
    namesVersion,
    oddReadings: 0,
  };
}

/** What one tick has found. */
export interface ProcessChanges {
  readonly changed: ProcessReading[];
  readonly vanished: ProcessKey[];
}

/** The state of a task that runs or could run. */
export const stateRunning = "R".charCodeAt(0);
/** The state of a task in uninterruptible sleep. */
export const stateUninterruptible = "D".charCodeAt(0);

/** The slot's reading with another identity, made `atSeconds`: its counters rose until it was last read and not since. */
export function renamed({ reading, lastReadSeconds }: Slot, identity: ProcessIdentity, atSeconds: number): ProcessReading {
  return { ...reading, identity, readAtSeconds: atSeconds, unchangedUntilSeconds: lastReadSeconds };
}

/** True when nothing that counts has moved since the slot's last reading. */
export function isUnchanged(slot: Slot, now: PidStat, bytes: Buffer): boolean {
  const { raw } = slot;
  return (
    now.userTicks === raw.userTicks &&
    now.systemTicks === raw.systemTicks &&
    now.state === raw.state &&
    now.residentPages === raw.residentPages &&
    now.childUserTicks === raw.childUserTicks &&
    now.childSystemTicks === raw.childSystemTicks &&
    now.parentPid === raw.parentPid &&
    now.threads === raw.threads &&
    !isRenamed(slot, now, bytes)
  );
}

/** True when the name in the buffer is another than the slot's. */
export function isRenamed({ reading: { comm } }: Slot, { commStart, commEnd }: PidStat, bytes: Buffer): boolean {
  // ASCII names are compared byte by byte; any other is made a string, which is rare
  for (let index = 0; index < commEnd - commStart; index++) {
    const byte = bytes[commStart + index] as number;
    if (byte >= 0x80) return bytes.toString("utf8", commStart, commEnd) !== comm;
    if (comm.charCodeAt(index) !== byte) return true;
  }
  return comm.length !== commEnd - commStart;
}

/** All that a process has used, its reaped children included. */
export function ticksOf(stat: PidStat): number {
  return stat.userTicks + stat.systemTicks + stat.childUserTicks + stat.childSystemTicks;
}

/**
 * A process that was still for so many readings is left alone for a while. The kernel counts in ticks of 10 ms: who uses 1 ms a second
 * moves once in ten readings, and letting it go in between would make the gate look at everybody to find it again.
 */
const quietIsCold = 12;

/** It has not moved for long, neither runs nor waits, and neither do its threads. */
export function isCold({ quietReadings, raw, runningThreads, uninterruptibleThreads }: Slot): boolean {
  if (quietReadings < quietIsCold || runningThreads + uninterruptibleThreads > 0) return false;
  return raw.state !== stateRunning && raw.state !== stateUninterruptible;
}

/** The reading's thread counts, where there are any. */
export function threadCounts({ runningThreads, uninterruptibleThreads }: ThreadCounts): Partial<ProcessReading> {
  return runningThreads + uninterruptibleThreads === 0 ? {} : { runningThreads, uninterruptibleThreads };
}
