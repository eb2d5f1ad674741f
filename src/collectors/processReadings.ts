/** Makes a reading of a process that is new or has moved: the only time at which its other files are opened. */
import type { ProcessIdentity, ProcessReading } from "../model/sample.ts";
import { ReadBuffer } from "../procfs/kernelFiles.ts";
import { kernelThreadFlag, type PidStat } from "../procfs/pidStat.ts";
import { PidUsageReader } from "../procfs/pidUsage.ts";
import type { ProcRoot } from "../procfs/root.ts";
import type { KernelUnits } from "../procfs/units.ts";
import { stateUninterruptible } from "./processSlot.ts";

/** Knows what processes are. Both throw like the kernel when the process is gone. */
export interface Identities {
  /** Of a process that is new or has a new name. */
  read(pid: number, kernelThread: boolean, nowSeconds: number): ProcessIdentity;
  /** Of one that moved: looked at again when that is due; the same object when nothing has changed. */
  refresh(pid: number, identity: ProcessIdentity, nowSeconds: number): ProcessIdentity;
  /** Gives back what it holds. */
  close?(): void;
}

/** What readings are made with. */
export interface ReadingOptions {
  readonly root: ProcRoot;
  readonly units: KernelUnits;
  readonly identities: Identities;
}

/** Turns the kernel's numbers into readings. */
export class ReadingMaker {
  readonly #options: ReadingOptions;
  readonly #usage: PidUsageReader;

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
  ): ProcessReading {
    const { ticksPerSecond, pageBytes } = this.#options.units;
    const kernelThread = (now.flags & kernelThreadFlag) !== 0;
    return {
      key: known?.key ?? `${now.pid}@${now.startTicks}`,
      pid: now.pid,
      parentPid: now.parentPid,
      sessionId: now.sessionId,
      readAtSeconds: nowSeconds,
      ...(unchangedUntilSeconds === undefined ? {} : { unchangedUntilSeconds }),
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
}
