/**
 * Every process of the machine, with an open descriptor each where descriptors allow.
 *
 * A process whose counters have not moved costs one read and one comparison, and no allocation. After a few such readings it is
 * cold and is read only now and then.
 */
import type { ProcessKey, ProcessReading } from "../model/processes.ts";
import { isDenied, isGone, MalformedError } from "../procfs/errors.ts";
import { ReadBuffer } from "../procfs/kernelFiles.ts";
import { newPidStat } from "../procfs/pidStat.ts";
import { ProcessNames } from "./processNames.ts";
import { ReadingMaker, type ReadingOptions } from "./processReadings.ts";
import { isCold, isRenamed, isUnchanged, newSlot, noThreads, type ProcessChanges, type Slot, ticksOf } from "./processSlot.ts";
import { ProcessThreads } from "./processThreads.ts";
import { Round } from "./round.ts";
import { StatDescriptors } from "./statDescriptors.ts";
import { UntoldPids } from "./untoldPids.ts";

/** What must be known of the machine. */
export interface KnownProcessesOptions extends ReadingOptions {
  /** How many descriptors may stay open; the rest of the processes are opened for each reading. */
  readonly mostDescriptors: number;
}

/** A process whose file is odd so many times in a row is let go: what it does is unknown by then. */
const mostOddReadings = 3;

/** Remembers the last reading of every process. */
export class KnownProcesses {
  readonly #options: KnownProcessesOptions;
  readonly #slots = new Map<number, Slot>();
  readonly #buffer = new ReadBuffer();
  #scratch = newPidStat();
  readonly #readings: ReadingMaker;
  /** Their threads, which are looked at when tasks are missing. */
  readonly threads: ProcessThreads;
  /** What they are called, where that becomes known after they were read. */
  readonly names: ProcessNames;
  readonly #descriptors: StatDescriptors;
  #listedSeconds: number | undefined;
  #bornAfterSeconds: number | undefined;
  /** Of these nothing can be told. */
  readonly untold = new UntoldPids();
  readonly #hot = new Set<Slot>();
  readonly #round = new Round<number>();
  /** How many of those that are there were read in this tick. */
  readCount = 0;
  #oddCount = 0;
  #explainedTicks = 0;
  #beganSeconds = 0;
  /** A reading since the last `begin` has more of dead children than the one before. */
  reaped = false;

  constructor(options: KnownProcessesOptions) {
    this.#options = options;
    this.#readings = new ReadingMaker(options);
    this.names = new ProcessNames(options.identities, this.#slots);
    this.#descriptors = new StatDescriptors(options.root, options.mostDescriptors);
    this.threads = new ProcessThreads(options.root, this.#slots, this.#hot, options.skips);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Seconds of CPU that the readings since the last `begin` explain. */
  get explainedSeconds(): number {
    return this.#explainedTicks / this.#options.units.ticksPerSecond;
  }

  /** True when all of them were read in this tick, as far as they can be. */
  get allRead(): boolean {
    return this.readCount + this.#oddCount >= this.#slots.size;
  }

  begin(nowSeconds: number): void {
    this.readCount = 0;
    this.#oddCount = 0;
    this.reaped = false;
    this.#beganSeconds = nowSeconds;
    this.#explainedTicks = 0;
  }

  /** Those that moved lately, run or wait: they are read in every tick. */
  hotPids(): number[] {
    return Array.from(this.#hot, (slot) => slot.pid);
  }

  /** The next few of all, round and round, so that everybody has a turn. */
  nextPids(count: number): number[] {
    // the reading notices a process that is gone, or another with the same pid
    return this.#round.next(Math.min(count, this.#slots.size), () => Array.from(this.#slots.keys()));
  }

  /** All that were not read in this tick. */
  unreadPids(): number[] {
    const pids: number[] = [];
    for (const slot of this.#slots.values()) if (slot.triedSeconds < this.#beganSeconds) pids.push(slot.pid);
    return pids;
  }

  /** Lets go of those that are not among `pids` any more; gives those of `pids` that are new. */
  reconcile(pids: readonly number[], { vanished }: ProcessChanges, nowSeconds: number): number[] {
    const existing = new Set(pids);
    for (const slot of this.#slots.values()) if (!existing.has(slot.pid)) this.#forget(slot, vanished);
    this.untold.keepOnly(existing);
    this.listed(nowSeconds);
    return pids.filter((pid) => !this.knows(pid));
  }

  /** Nobody is new but, at most, those that are taken up next. */
  listed(nowSeconds: number): void {
    this.#bornAfterSeconds = this.#listedSeconds;
    this.#listedSeconds = nowSeconds;
  }

  knows(pid: number): boolean {
    return this.#slots.has(pid) || this.untold.has(pid);
  }

  /** Reads one known process again, unless that was done in this tick. */
  reread(pid: number, nowSeconds: number, { changed, vanished }: ProcessChanges): void {
    const slot = this.#slots.get(pid);
    if (slot === undefined || slot.triedSeconds >= this.#beganSeconds) return;
    slot.triedSeconds = nowSeconds;
    if (!this.#readAgain(slot)) {
      if (slot.oddReadings === 0) this.#replace(slot, nowSeconds, changed, vanished);
      // for a while it stays what it was; its counters catch up when it can be read again
      else if (slot.oddReadings < mostOddReadings) this.#oddCount++;
      else {
        this.#forget(slot, vanished);
        this.untold.addOdd(slot.pid, nowSeconds);
      }
      return;
    }
    slot.risenTicks = this.#scratch.userTicks + this.#scratch.systemTicks - slot.raw.userTicks - slot.raw.systemTicks;
    if (isUnchanged(slot, this.#scratch, this.#buffer.bytes)) {
      slot.quietReadings++;
      if (isCold(slot)) this.#hot.delete(slot);
      this.names.refresh(slot, nowSeconds, changed);
    } else {
      slot.quietReadings = 0;
      this.#hot.add(slot);
      this.#explainedTicks += ticksOf(this.#scratch) - ticksOf(slot.raw);
      try {
        const known = isRenamed(slot, this.#scratch, this.#buffer.bytes) ? undefined : slot.reading;
        slot.reading = this.#readings.make(this.#scratch, this.#buffer.bytes, nowSeconds, slot.lastReadSeconds, known, slot);
        slot.namesVersion = this.#options.identities.namesVersion;
      } catch (error) {
        if (!isGone(error)) throw error;
        this.#forget(slot, vanished);
        return;
      }
      slot.reaped = this.#scratch.childUserTicks > slot.raw.childUserTicks || this.#scratch.childSystemTicks > slot.raw.childSystemTicks;
      this.reaped ||= slot.reaped;
      const overwritten = slot.raw;
      slot.raw = this.#scratch;
      this.#scratch = overwritten;
      changed.push(slot.reading);
    }
    slot.lastReadSeconds = nowSeconds;
    this.readCount++;
  }

  /** It is gone. Its pid may have been given to another process since, which no listing would show to be new. */
  #replace(slot: Slot, nowSeconds: number, changed: ProcessReading[], vanished: ProcessKey[]): void {
    this.#forget(slot, vanished);
    this.takeUp(slot.pid, nowSeconds, changed);
  }

  /**
   * Looks again whether the children of those are still there whose reaped time has just risen: one that was read a moment ago and then
   * reaped would be found gone only in the next tick, when its parent has already been given all that it ever used.
   */
  recheckChildren({ changed, vanished }: ProcessChanges, nowSeconds: number): void {
    const reapers = new Set<number>();
    for (const { pid } of changed) if (this.#slots.get(pid)?.reaped) reapers.add(pid);
    if (reapers.size === 0) return;
    for (const slot of this.#slots.values()) {
      if (reapers.has(slot.raw.parentPid) && !this.#readAgain(slot) && slot.oddReadings === 0)
        this.#replace(slot, nowSeconds, changed, vanished);
    }
  }

  close(): void {
    this.#options.identities.close?.();
    for (const { descriptor } of this.#slots.values()) this.#descriptors.close(descriptor);
    this.#slots.clear();
  }

  /** Takes a new process up, unless it is gone again already or cannot be understood. */
  takeUp(pid: number, nowSeconds: number, changed: ProcessReading[]): void {
    let descriptor: number | undefined;
    // one that could not be read until now may be old: its past is not known
    const bornAfterSeconds = this.untold.takeOdd(pid) ? undefined : this.#bornAfterSeconds;
    const { root, identities } = this.#options;
    try {
      descriptor = this.#descriptors.open(pid);
      this.#descriptors.read(pid, descriptor, this.#buffer, this.#scratch);
      if (this.#scratch.pid !== pid) throw new MalformedError("/proc/PID/stat", `${this.#scratch.pid} ...`, `the process ${pid}`);
      // what was not there at the last listing has done all that it did since then
      const reading = this.#readings.make(this.#scratch, this.#buffer.bytes, nowSeconds, bornAfterSeconds, undefined, noThreads);
      const raw = { ...this.#scratch };
      const slot = newSlot({ pid, descriptor, reading, raw, namesVersion: identities.namesVersion }, nowSeconds);
      this.#slots.set(pid, slot);
      this.readCount++;
      this.#hot.add(slot);
      if (bornAfterSeconds !== undefined) this.#explainedTicks += ticksOf(raw);
      changed.push(reading);
    } catch (error) {
      this.#descriptors.close(descriptor);
      if (isDenied(error)) this.untold.addDenied(pid);
      else if (!isGone(error)) {
        this.#options.skips.add(`${root.procfs}/${pid}/stat`, error);
        this.untold.addOdd(pid, nowSeconds);
      }
    }
  }

  /**
   * Reads a known process; false when it is gone or, where no descriptor was kept, when its pid is another's by now. False as well, with
   * one more among `oddReadings`, when it cannot be understood.
   */
  #readAgain(slot: Slot): boolean {
    try {
      this.#descriptors.read(slot.pid, slot.descriptor, this.#buffer, this.#scratch);
    } catch (error) {
      slot.oddReadings = isGone(error) ? 0 : slot.oddReadings + 1;
      if (slot.oddReadings > 0) this.#options.skips.add(`${this.#options.root.procfs}/${slot.pid}/stat`, error);
      return false;
    }
    slot.oddReadings = 0;
    return this.#scratch.startTicks === slot.raw.startTicks;
  }

  #forget(slot: Slot, vanished: ProcessKey[]): void {
    this.#descriptors.close(slot.descriptor);
    this.#slots.delete(slot.pid);
    this.#hot.delete(slot);
    if (slot.lastReadSeconds >= this.#beganSeconds) this.readCount--;
    vanished.push(slot.reading.key);
    // its reaper's counters will show all of this once more, so its parent is read in every tick from now on
    this.#explainedTicks -= ticksOf(slot.raw);
    const parent = this.#slots.get(slot.raw.parentPid);
    if (parent !== undefined) {
      parent.quietReadings = 0;
      this.#hot.add(parent);
    }
  }
}
