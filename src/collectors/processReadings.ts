/** Makes a reading of a process that is new or has moved: the only time at which its other files are opened. */
import type { ProcessIdentity, ProcessKey, ProcessReading } from "../model/processes.ts";
import { ReadBuffer } from "../procfs/kernelFiles.ts";
import { exitingFlag, kernelThreadFlag, type PidStat } from "../procfs/pidStat.ts";
import { PidUsageReader } from "../procfs/pidUsage.ts";
import type { ProcRoot } from "../procfs/root.ts";
import type { Skips } from "../procfs/skips.ts";
import type { KernelUnits } from "../procfs/units.ts";
import type { IdentityReader } from "./identity.ts";
import { readPidFile } from "./pidFiles.ts";
import { stateUninterruptible, type ThreadCounts } from "./processSlot.ts";
import type { WaitingProcesses } from "./waitingProcesses.ts";

/** What readings are made with. */
export interface ReadingOptions {
  readonly root: ProcRoot;
  readonly units: KernelUnits;
  readonly identities: IdentityReader;
  /** Asks about those in uninterruptible sleep. */
  readonly waiting: WaitingProcesses;
  /** Takes what is odd of processes. */
  readonly skips: Skips;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Turns the kernel's numbers into readings. */
export class ReadingMaker {
  readonly #options: ReadingOptions;
  readonly #usage: PidUsageReader;
  /** The newest readings of processes whose I/O is denied. */
  readonly #tellsNoIo = new WeakSet<ProcessReading>();

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.#usage = new PidUsageReader(options.root, new ReadBuffer());
  }

  /** Makes a reading of what stands in the buffer; `known` is the reading before, unless the process has a new name. */
  make(
    now: PidStat,
    bytes: Buffer,
    nowSeconds: number,
    unchangedUntilSeconds: number | undefined,
    known: ProcessReading | undefined,
    { runningThreads, uninterruptibleThreads }: ThreadCounts,
  ): ProcessReading {
    const { ticksPerSecond, pageBytes } = this.#options.units;
    const kernelThread = (now.flags & kernelThreadFlag) !== 0;
    const key: ProcessKey = known?.key ?? `${now.pid}@${now.startTicks}`;
    const reading: Mutable<ProcessReading> = {
      key,
      pid: now.pid,
      parentPid: now.parentPid,
      sessionId: now.sessionId,
      readAtSeconds: nowSeconds,
      // read before the other files are
      comm: known?.comm ?? bytes.toString("utf8", now.commStart, now.commEnd),
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
      identity: this.#identityOf(now, key, kernelThread, nowSeconds, known),
    };
    if (unchangedUntilSeconds !== undefined) reading.unchangedUntilSeconds = unchangedUntilSeconds;
    if ((now.flags & exitingFlag) !== 0) reading.exiting = true;
    const isWaiting = now.state === stateUninterruptible;
    if (!kernelThread) this.#readUsage(reading, known, isWaiting);
    if (isWaiting) this.#options.waiting.note(reading);
    if (runningThreads + uninterruptibleThreads > 0) {
      reading.runningThreads = runningThreads;
      reading.uninterruptibleThreads = uninterruptibleThreads;
    }
    return reading;
  }

  #identityOf(
    { pid, flags, state }: PidStat,
    key: ProcessKey,
    kernelThread: boolean,
    nowSeconds: number,
    known: ProcessReading | undefined,
  ): ProcessIdentity {
    const { identities } = this.#options;
    const isWaiting = state === stateUninterruptible;
    if (known === undefined) return identities.read({ pid, key, kernelThread, isWaiting }, nowSeconds);
    // one that is stuck in the kernel, or that ends, keeps the identity that is known
    if ((flags & exitingFlag) !== 0 || isWaiting) return identities.rename(known.identity);
    return identities.refresh({ pid, key, kernelThread, isWaiting }, known.identity, nowSeconds);
  }

  /** Shared pages change slowly: they are counted again when the whole has changed by a twentieth. */
  #readUsage(reading: Mutable<ProcessReading>, known: ProcessReading | undefined, isWaiting: boolean): void {
    const { pid, residentBytes } = reading;
    if (known?.sharedBytes !== undefined && Math.abs(residentBytes - known.residentBytes) < known.residentBytes / 20) {
      reading.sharedBytes = Math.min(known.sharedBytes, residentBytes);
    } else {
      const pages = this.#attempt(pid, "statm", () => this.#usage.readSharedPages(pid));
      if (pages !== undefined) reading.sharedBytes = pages * this.#options.units.pageBytes;
    }
    // what was denied once is not asked for again: every refusal costs as much as a reading
    if (known !== undefined && this.#tellsNoIo.has(known)) {
      this.#tellsNoIo.add(reading);
      return;
    }
    if (isWaiting) {
      // asked for; until the answer comes nothing has been moved
      if (known?.readBytes !== undefined) reading.readBytes = known.readBytes;
      if (known?.writtenBytes !== undefined) reading.writtenBytes = known.writtenBytes;
      return;
    }
    const { skips } = this.#options;
    const before = skips.count;
    const io = this.#attempt(pid, "io", () => this.#usage.readIo(pid, skips));
    if (io?.readBytes !== undefined) reading.readBytes = io.readBytes;
    if (io?.writtenBytes !== undefined) reading.writtenBytes = io.writtenBytes;
    // no error and no bytes: denied, or this kernel has none
    if (io === undefined && skips.count === before) this.#tellsNoIo.add(reading);
  }

  #attempt<Value>(pid: number, file: string, read: () => Value): Value | undefined {
    const { root, skips } = this.#options;
    return readPidFile(root, pid, file, skips, read);
  }
}
