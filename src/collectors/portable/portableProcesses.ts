/** Remembers the processes of the last list, so that the next one becomes what a Sample holds: who changed, who vanished. */
import { defined } from "../../model/defined.ts";
import type { ProcessesReading, ProcessKey, ProcessReading } from "../../model/processes.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { withoutOwnHelpers } from "./ownHelpers.ts";
import { burntSince } from "./processCpu.ts";
import { identityOf, isKernelThread, type Moment, nameOf, type Start, startOf, stateOf } from "./processFacts.ts";
import type { ListedProcess } from "./system.ts";

/** ps counts the age in whole seconds; a process that is this much younger than it should be is another one. */
const ageTolerance = 2;

interface ListContext extends Moment {
  readonly bootTimeSeconds: number;
  readonly uptimeSeconds: number;
  readonly cores: number;
  /** CPU seconds that the machine was busy until now, counted from anywhere; undefined where it is not known. */
  readonly busySeconds?: number | undefined;
}

interface Slot {
  reading: ProcessReading;
  readonly start: Start | undefined;
}

/** Changes are kept until they are drained, so that a list that no tick has taken is not lost. */
export class PortableProcesses {
  readonly #platform: NodeJS.Platform;
  readonly #ownPid: number;
  readonly #redactor: Redactor;
  #rulesVersion: number | undefined;
  /** In this list secrets are cut by other rules than in the one before. */
  #isCutAnew = false;
  #slots = new Map<number, Slot>();
  readonly #changed = new Map<ProcessKey, ProcessReading>();
  readonly #vanished = new Set<ProcessKey>();
  /** What was drained at least once: only that can be reported as vanished. */
  readonly #told = new Set<ProcessKey>();
  #last: { readonly readAtSeconds: number; readonly busySeconds: number | undefined } | undefined;

  constructor(platform: NodeJS.Platform, ownPid: number, redactor: Redactor) {
    this.#platform = platform;
    this.#ownPid = ownPid;
    this.#redactor = redactor;
    this.#rulesVersion = redactor.version;
  }

  /** How many processes were running, Culprit itself and its helpers not counted; undefined where the OS does not tell. */
  get running(): number | undefined {
    if (this.#statesUnknown || this.#last === undefined) return undefined;
    let running = 0;
    for (const { reading } of this.#slots.values()) if (reading.state === "R" && reading.pid !== this.#ownPid) running++;
    return running;
  }

  /** Takes in the list that was read just now. */
  update(everything: readonly ListedProcess[], context: ListContext): void {
    // pid 0 of Windows is the idle time
    const list = withoutOwnHelpers(everything, this.#ownPid).filter(({ pid }) => Number.isInteger(pid) && pid > 0);
    if (list.length === 0) throw new Error("systeminformation's processes gave an empty list");
    const before = this.#slots;
    this.#isCutAnew = this.#rulesVersion !== this.#redactor.version;
    this.#rulesVersion = this.#redactor.version;
    const ageOf = (process: ListedProcess) => {
      const start = startOf(process.started, this.#platform, context);
      return start === undefined ? undefined : Math.max(0, context.wallMs / 1000 - start.epochSeconds);
    };
    // whether systeminformation knows the process depends on the pid alone
    const burnt = burntSince(list, ({ pid }) => !before.has(pid), ageOf, this.#spoken(context), this.#platform);
    this.#slots = new Map();
    for (const [index, process] of list.entries()) {
      const { userSeconds = 0, systemSeconds = 0 } = burnt[index] ?? {};
      this.#slots.set(process.pid, this.#next(process, before.get(process.pid), { userSeconds, systemSeconds }, context));
    }
    for (const [pid, { reading }] of before) if (this.#slots.get(pid)?.reading.key !== reading.key) this.#vanish(reading.key);
    this.#last = { readAtSeconds: context.monotonicSeconds, busySeconds: context.busySeconds };
  }

  /** What happened since it was drained before. */
  drain(): ProcessesReading {
    const reading: ProcessesReading = defined({
      changed: [...this.#changed.values()],
      vanished: [...this.#vanished],
      total: this.#slots.size,
      read: this.#slots.size,
      // what ps says on macOS is an average of the past: what it does not explain may well be a living process'
      complete: this.#platform === "linux" || this.#platform === "win32",
      denied: 0,
      readerPid: this.#ownPid,
      statesUnknown: this.#statesUnknown ? true : undefined,
    });
    for (const key of this.#changed.keys()) this.#told.add(key);
    for (const key of this.#vanished) this.#told.delete(key);
    this.#changed.clear();
    this.#vanished.clear();
    return reading;
  }

  get #statesUnknown(): boolean {
    return this.#platform === "win32";
  }

  #spoken({ monotonicSeconds, uptimeSeconds, cores, busySeconds }: ListContext) {
    const last = this.#last;
    const elapsedSeconds = last && monotonicSeconds - last.readAtSeconds;
    const busy = last?.busySeconds === undefined || busySeconds === undefined ? undefined : busySeconds - last.busySeconds;
    return { uptimeSeconds, cores, elapsedSeconds, busySeconds: busy };
  }

  #next(process: ListedProcess, slot: Slot | undefined, rise: { userSeconds: number; systemSeconds: number }, context: ListContext): Slot {
    const start = startOf(process.started, this.#platform, context);
    const same = slot !== undefined && !isYounger(start, slot.start) ? slot : undefined;
    const known = same?.reading;
    const comm = nameOf(process, this.#platform, this.#redactor);
    const startedAt = same === undefined ? start : same.start;
    const reading: ProcessReading = {
      key: known?.key ?? `${process.pid}@${Math.floor(startedAt?.epochSeconds ?? 0)}`,
      pid: process.pid,
      parentPid: process.parentPid,
      readAtSeconds: context.monotonicSeconds,
      ...this.#unchanged(same, startedAt, context),
      comm,
      state: stateOf(process),
      kernelThread: isKernelThread(process, this.#platform),
      userSeconds: (known?.userSeconds ?? 0) + rise.userSeconds,
      systemSeconds: (known?.systemSeconds ?? 0) + rise.systemSeconds,
      // what has no date (System on Windows) was started with the machine
      startedSeconds: Math.max(0, (startedAt?.epochSeconds ?? context.bootTimeSeconds) - context.bootTimeSeconds),
      ...(process.memVsz ? { virtualBytes: process.memVsz * 1024 } : {}),
      residentBytes: process.memRss * 1024,
      identity:
        known !== undefined && known.comm === comm && !this.#isCutAnew
          ? known.identity
          : identityOf(process, this.#platform, this.#redactor),
    };
    if (known !== undefined && isSame(known, reading)) return same as Slot;
    this.#change(reading);
    return { reading, start: startedAt };
  }

  /** Since when it may have moved: since the list before, if it was in that or is not older than that. Else its past is unknown. */
  #unchanged(same: Slot | undefined, start: Start | undefined, context: ListContext): { unchangedUntilSeconds?: number } {
    if (this.#last === undefined) return {};
    const { readAtSeconds } = this.#last;
    const ageSeconds = start === undefined ? Number.POSITIVE_INFINITY : context.wallMs / 1000 - start.epochSeconds;
    const isKnown = same !== undefined || ageSeconds <= context.monotonicSeconds - readAtSeconds + ageTolerance;
    return isKnown ? { unchangedUntilSeconds: readAtSeconds } : {};
  }

  #change(reading: ProcessReading): void {
    const pending = this.#changed.get(reading.key);
    const { unchangedUntilSeconds, ...rest } = reading;
    // two changes with no drain between them are one, and began where the first did
    const since = pending === undefined ? unchangedUntilSeconds : pending.unchangedUntilSeconds;
    this.#changed.set(reading.key, since === undefined ? rest : { ...rest, unchangedUntilSeconds: since });
  }

  #vanish(key: ProcessKey): void {
    this.#changed.delete(key);
    if (this.#told.has(key)) this.#vanished.add(key);
  }
}

function isYounger(now: Start | undefined, before: Start | undefined): boolean {
  return now !== undefined && before !== undefined && now.scaleSeconds > before.scaleSeconds + ageTolerance;
}

function isSame(before: ProcessReading, now: ProcessReading): boolean {
  return (
    before.userSeconds === now.userSeconds &&
    before.systemSeconds === now.systemSeconds &&
    before.state === now.state &&
    before.residentBytes === now.residentBytes &&
    before.parentPid === now.parentPid &&
    before.comm === now.comm
  );
}
