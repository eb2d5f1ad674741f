/**
 * Every process of the machine, with an open descriptor each where descriptors allow.
 *
 * A process whose counters have not moved costs one read and one comparison, and no allocation. After a few such readings it is
 * cold and is read only now and then.
 */
import { closeSync } from "node:fs";
import type { ProcessIdentity, ProcessKey, ProcessReading } from "../model/sample.ts";
import { isDenied, isGone, isOutOfDescriptors } from "../procfs/errors.ts";
import { ReadBuffer } from "../procfs/kernelFiles.ts";
import { kernelThreadFlag, newPidStat, openPidStat, type PidStat, parsePidStat, readPidStat } from "../procfs/pidStat.ts";
import { PidUsageReader } from "../procfs/pidUsage.ts";
import type { ProcRoot } from "../procfs/root.ts";
import type { KernelUnits } from "../procfs/units.ts";

/** Knows what processes are. Both throw like the kernel when the process is gone. */
export interface Identities {
  /** Of a process that is new or has a new name. */
  read(pid: number, kernelThread: boolean, nowSeconds: number): ProcessIdentity;
  /** Of one that moved: looked at again when that is due; the same object when nothing has changed. */
  refresh(pid: number, identity: ProcessIdentity, nowSeconds: number): ProcessIdentity;
  /** Gives back what it holds. */
  close?(): void;
}

/** What the table needs to know of its machine. */
export interface ProcessTableOptions {
  readonly root: ProcRoot;
  readonly units: KernelUnits;
  readonly identities: Identities;
  /** How many descriptors may stay open; the rest of the processes are opened for each reading. */
  readonly mostDescriptors: number;
}

interface Slot {
  readonly pid: number;
  descriptor: number | undefined;
  reading: ProcessReading;
  /** Ticks and pages of `reading`, to compare with. */
  readonly raw: PidStat;
  lastReadSeconds: number;
  /** Readings in a row in which nothing had moved. */
  quietReadings: number;
  /** Threads besides the main one that ran or waited when they were last looked at. */
  runningThreads: number;
  uninterruptibleThreads: number;
  /** Its last reading has more of reaped children than the one before. */
  reaped: boolean;
}

/** A process that was still for so many readings is left alone for a while. */
const quietIsCold = 3;

const stateRunning = "R".charCodeAt(0);
const stateUninterruptible = "D".charCodeAt(0);

/** What one tick has found. */
export interface TableChanges {
  readonly changed: ProcessReading[];
  readonly vanished: ProcessKey[];
}

/** Remembers the last reading of every process. */
export class ProcessTable {
  readonly #options: ProcessTableOptions;
  readonly #slots = new Map<number, Slot>();
  readonly #buffer = new ReadBuffer();
  readonly #scratch = newPidStat();
  readonly #usage: PidUsageReader;
  #openDescriptors = 0;
  #listedSeconds: number | undefined;
  #bornAfterSeconds: number | undefined;
  readonly #denied = new Set<number>();
  readonly #hot = new Set<Slot>();
  #rolling: Iterator<Slot> = [].values();
  #explainedTicks = 0;
  #beganSeconds = 0;

  constructor(options: ProcessTableOptions) {
    this.#options = options;
    this.#usage = new PidUsageReader(options.root, new ReadBuffer());
  }

  get size(): number {
    return this.#slots.size;
  }

  /** How many processes the kernel will not show to this user. */
  get denied(): number {
    return this.#denied.size;
  }

  /** Seconds of CPU that the readings since the last `begin` explain. */
  get explainedSeconds(): number {
    return this.#explainedTicks / this.#options.units.ticksPerSecond;
  }

  /** A new tick begins. */
  begin(nowSeconds: number): void {
    this.#beganSeconds = nowSeconds;
    this.#explainedTicks = 0;
  }

  /** Those that moved lately, run or wait: they are read in every tick. */
  hotPids(): number[] {
    return Array.from(this.#hot, (slot) => slot.pid);
  }

  /** The next few of all, round and round, so that everybody has a turn. */
  nextPids(count: number): number[] {
    const pids: number[] = [];
    for (let turn = 0; pids.length < count && turn < 2; ) {
      const next = this.#rolling.next();
      if (next.done) {
        this.#rolling = this.#slots.values();
        turn++;
      } else pids.push(next.value.pid);
    }
    return pids;
  }

  /** All that were not read in this tick. */
  unreadPids(): number[] {
    const pids: number[] = [];
    for (const slot of this.#slots.values()) if (slot.lastReadSeconds < this.#beganSeconds) pids.push(slot.pid);
    return pids;
  }

  /** Lets go of those that are not among `pids` any more; gives those of `pids` that are new. */
  reconcile(pids: readonly number[], { vanished }: TableChanges, nowSeconds: number): number[] {
    const existing = new Set(pids);
    for (const slot of this.#slots.values()) {
      if (!existing.has(slot.pid)) this.#forget(slot, vanished);
    }
    for (const pid of this.#denied) {
      if (!existing.has(pid)) this.#denied.delete(pid);
    }
    this.#bornAfterSeconds = this.#listedSeconds;
    this.#listedSeconds = nowSeconds;
    return pids.filter((pid) => !this.#slots.has(pid) && !this.#denied.has(pid));
  }

  /** Nobody is new but, at most, those that are taken up next. */
  listed(nowSeconds: number): void {
    this.#bornAfterSeconds = this.#listedSeconds;
    this.#listedSeconds = nowSeconds;
  }

  knows(pid: number): boolean {
    return this.#slots.has(pid) || this.#denied.has(pid);
  }

  /** Reads one known process again, unless that was done in this tick. */
  reread(pid: number, nowSeconds: number, { changed, vanished }: TableChanges): void {
    const slot = this.#slots.get(pid);
    if (slot === undefined || slot.lastReadSeconds >= this.#beganSeconds) return;
    try {
      this.#read(slot);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#forget(slot, vanished);
      return;
    }
    if (this.#scratch.startTicks !== slot.raw.startTicks) {
      // only where no descriptor was kept: the pid was given to another process in between
      this.#forget(slot, vanished);
      this.takeUp(pid, nowSeconds, changed);
      return;
    }
    if (this.#sameAs(slot)) {
      if (++slot.quietReadings >= quietIsCold && isStill(slot)) this.#hot.delete(slot);
    } else {
      slot.quietReadings = 0;
      this.#hot.add(slot);
      this.#explainedTicks += ticksOf(this.#scratch) - ticksOf(slot.raw);
      try {
        slot.reading = {
          ...this.#makeReading(nowSeconds, slot.lastReadSeconds, this.#renamed(slot) ? undefined : slot.reading),
          ...threadCounts(slot),
        };
      } catch (error) {
        if (!isGone(error)) throw error;
        this.#forget(slot, vanished);
        return;
      }
      slot.reaped = this.#scratch.childUserTicks > slot.raw.childUserTicks || this.#scratch.childSystemTicks > slot.raw.childSystemTicks;
      Object.assign(slot.raw, this.#scratch);
      changed.push(slot.reading);
    }
    slot.lastReadSeconds = nowSeconds;
  }

  /**
   * Looks again whether the children of those are still there whose reaped time has just risen.
   *
   * A child that was read a moment ago and then reaped would otherwise be found gone only in the next tick, when its parent has
   * already been given all that it ever used.
   */
  recheckChildren({ changed, vanished }: TableChanges): void {
    const reapers = new Set<number>();
    for (const { pid } of changed) if (this.#slots.get(pid)?.reaped) reapers.add(pid);
    if (reapers.size === 0) return;
    for (const slot of this.#slots.values()) {
      if (!reapers.has(slot.raw.parentPid)) continue;
      try {
        this.#read(slot);
        if (this.#scratch.startTicks !== slot.raw.startTicks) this.#forget(slot, vanished);
      } catch (error) {
        if (!isGone(error)) throw error;
        this.#forget(slot, vanished);
      }
    }
  }

  /** Main threads that run, and tasks in uninterruptible sleep, as they were last read. */
  get seenTasks(): { readonly running: number; readonly uninterruptible: number } {
    let running = 0;
    let uninterruptible = 0;
    // whoever runs or waits is hot
    for (const { raw, runningThreads, uninterruptibleThreads } of this.#hot) {
      running += runningThreads + (raw.state === stateRunning ? 1 : 0);
      uninterruptible += uninterruptibleThreads + (raw.state === stateUninterruptible ? 1 : 0);
    }
    return { running, uninterruptible };
  }

  /** Processes with several threads: those that moved lately first, then, if wanted, the others; at most so many threads in all. */
  threadedPids(mostThreads: number, andCold: boolean): number[] {
    const pids: number[] = [];
    let threads = 0;
    const take = (slots: Iterable<Slot>, wanted: (slot: Slot) => boolean) => {
      for (const slot of slots) {
        if (slot.raw.threads < 2 || !wanted(slot)) continue;
        threads += slot.raw.threads;
        if (threads > mostThreads) return;
        pids.push(slot.pid);
      }
    };
    take(this.#hot, () => true);
    if (andCold) take(this.#slots.values(), (slot) => !this.#hot.has(slot));
    return pids;
  }

  /** Processes whose threads ran or waited when they were last looked at: it must be seen when they stop. */
  busyThreadedPids(): number[] {
    return Array.from(this.#hot).flatMap((slot) => (slot.runningThreads + slot.uninterruptibleThreads > 0 ? [slot.pid] : []));
  }

  /** Looks at the threads of a process. */
  scanThreads(pid: number, { changed }: TableChanges): void {
    const slot = this.#slots.get(pid);
    if (slot === undefined) return;
    let states: { running: number; uninterruptible: number };
    try {
      states = this.#usage.readThreadStates(pid);
    } catch (error) {
      // who is gone is found to be so by its own descriptor
      if (isGone(error) || isDenied(error)) return;
      throw error;
    }
    if (states.running === slot.runningThreads && states.uninterruptible === slot.uninterruptibleThreads) return;
    slot.runningThreads = states.running;
    slot.uninterruptibleThreads = states.uninterruptible;
    slot.quietReadings = 0;
    this.#hot.add(slot);
    const told = changed.lastIndexOf(slot.reading);
    if (told >= 0) {
      slot.reading = { ...withoutThreads(slot.reading), ...threadCounts(slot) };
      changed[told] = slot.reading;
      return;
    }
    // nothing but the threads is new: the counters rose until the last reading and not since
    const atSeconds = slot.lastReadSeconds;
    slot.reading = { ...withoutThreads(slot.reading), readAtSeconds: atSeconds, unchangedUntilSeconds: atSeconds, ...threadCounts(slot) };
    changed.push(slot.reading);
  }

  /** Closes every descriptor. */
  close(): void {
    this.#options.identities.close?.();
    for (const slot of this.#slots.values()) this.#closeDescriptor(slot);
    this.#slots.clear();
  }

  /** Takes a new process up, unless it is gone again already. */
  takeUp(pid: number, nowSeconds: number, changed: ProcessReading[]): void {
    let descriptor: number | undefined;
    try {
      descriptor = this.#open(pid);
      if (descriptor === undefined) readPidStat(this.#options.root, pid, this.#buffer, this.#scratch);
      else parsePidStat(this.#buffer.bytes, this.#buffer.readWhole(descriptor), this.#scratch);
      // what was not there at the last listing has done all that it did since then
      const reading = this.#makeReading(nowSeconds, this.#bornAfterSeconds, undefined);
      const raw = { ...this.#scratch };
      const slot = {
        pid,
        descriptor,
        reading,
        raw,
        lastReadSeconds: nowSeconds,
        quietReadings: 0,
        runningThreads: 0,
        uninterruptibleThreads: 0,
        reaped: false,
      };
      this.#slots.set(pid, slot);
      this.#hot.add(slot);
      if (this.#bornAfterSeconds !== undefined) this.#explainedTicks += ticksOf(raw);
      changed.push(reading);
    } catch (error) {
      if (descriptor !== undefined) {
        closeSync(descriptor);
        this.#openDescriptors--;
      }
      if (isDenied(error)) this.#denied.add(pid);
      else if (!isGone(error)) throw error;
    }
  }

  #open(pid: number): number | undefined {
    if (this.#openDescriptors >= this.#options.mostDescriptors) return undefined;
    try {
      const descriptor = openPidStat(this.#options.root, pid);
      this.#openDescriptors++;
      return descriptor;
    } catch (error) {
      if (isOutOfDescriptors(error)) return undefined;
      throw error;
    }
  }

  #read(slot: Slot): void {
    if (slot.descriptor === undefined) readPidStat(this.#options.root, slot.pid, this.#buffer, this.#scratch);
    else parsePidStat(this.#buffer.bytes, this.#buffer.readWhole(slot.descriptor), this.#scratch);
  }

  #sameAs(slot: Slot): boolean {
    const now = this.#scratch;
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
      !this.#renamed(slot)
    );
  }

  #renamed(slot: Slot): boolean {
    const { commStart, commEnd } = this.#scratch;
    const { comm } = slot.reading;
    const { bytes } = this.#buffer;
    // ASCII names are compared byte by byte; any other is made a string, which is rare
    for (let index = 0; index < commEnd - commStart; index++) {
      const byte = bytes[commStart + index] as number;
      if (byte >= 0x80) return bytes.toString("utf8", commStart, commEnd) !== comm;
      if (comm.charCodeAt(index) !== byte) return true;
    }
    return comm.length !== commEnd - commStart;
  }

  #makeReading(nowSeconds: number, unchangedUntilSeconds: number | undefined, known: ProcessReading | undefined): ProcessReading {
    const { ticksPerSecond, pageBytes } = this.#options.units;
    const now = this.#scratch;
    const kernelThread = (now.flags & kernelThreadFlag) !== 0;
    return {
      key: known?.key ?? `${now.pid}@${now.startTicks}`,
      pid: now.pid,
      parentPid: now.parentPid,
      readAtSeconds: nowSeconds,
      ...(unchangedUntilSeconds === undefined ? {} : { unchangedUntilSeconds }),
      // read before the other files are
      comm: known?.comm ?? this.#buffer.bytes.toString("utf8", now.commStart, now.commEnd),
      state: String.fromCharCode(now.state),
      kernelThread,
      userSeconds: now.userTicks / ticksPerSecond,
      systemSeconds: now.systemTicks / ticksPerSecond,
      childUserSeconds: now.childUserTicks / ticksPerSecond,
      childSystemSeconds: now.childSystemTicks / ticksPerSecond,
      threads: now.threads,
      startedSeconds: now.startTicks / ticksPerSecond,
      virtualBytes: now.virtualBytes,
      residentBytes: now.residentPages * pageBytes,
      ...(kernelThread ? {} : this.#readUsage(now.pid, now.residentPages * pageBytes, known)),
      ...(now.state === stateUninterruptible ? this.#readWait(now.pid) : {}),
      identity:
        known === undefined
          ? this.#options.identities.read(now.pid, kernelThread, nowSeconds)
          : this.#options.identities.refresh(now.pid, known.identity, nowSeconds),
    };
  }

  /** Shared pages change slowly: they are counted again when the whole has changed by a twentieth. */
  #readUsage(pid: number, residentBytes: number, known: ProcessReading | undefined): Partial<ProcessReading> {
    const sharedBytes =
      known?.sharedBytes !== undefined && Math.abs(residentBytes - known.residentBytes) < known.residentBytes / 20
        ? Math.min(known.sharedBytes, residentBytes)
        : this.#usage.readSharedPages(pid) * this.#options.units.pageBytes;
    // what was denied once is not asked for again: every refusal costs as much as a reading
    const io = known !== undefined && known.readBytes === undefined ? undefined : this.#usage.readIo(pid);
    return { sharedBytes, ...io };
  }

  #readWait(pid: number): Partial<ProcessReading> {
    const waitChannel = this.#usage.readWaitChannel(pid);
    return waitChannel === undefined ? {} : { waitChannel };
  }

  #forget(slot: Slot, vanished: ProcessKey[]): void {
    this.#closeDescriptor(slot);
    this.#slots.delete(slot.pid);
    this.#hot.delete(slot);
    vanished.push(slot.reading.key);
    // whoever reaps it is given all of this once more, and who its parent is will be read now
    this.#explainedTicks -= ticksOf(slot.raw);
    const parent = this.#slots.get(slot.raw.parentPid);
    if (parent !== undefined) {
      parent.quietReadings = 0;
      this.#hot.add(parent);
    }
  }

  #closeDescriptor(slot: Slot): void {
    if (slot.descriptor === undefined) return;
    closeSync(slot.descriptor);
    slot.descriptor = undefined;
    this.#openDescriptors--;
  }
}

/** All that a process has used, its reaped children included. */
function ticksOf(stat: PidStat): number {
  return stat.userTicks + stat.systemTicks + stat.childUserTicks + stat.childSystemTicks;
}

/** It neither runs nor waits, and neither do its threads. */
function isStill({ raw, runningThreads, uninterruptibleThreads }: Slot): boolean {
  return raw.state !== stateRunning && raw.state !== stateUninterruptible && runningThreads + uninterruptibleThreads === 0;
}

function withoutThreads({
  runningThreads: _running,
  uninterruptibleThreads: _uninterruptible,
  ...reading
}: ProcessReading): ProcessReading {
  return reading;
}

function threadCounts({ runningThreads, uninterruptibleThreads }: Slot): Partial<ProcessReading> {
  return runningThreads + uninterruptibleThreads === 0 ? {} : { runningThreads, uninterruptibleThreads };
}
