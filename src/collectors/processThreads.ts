/** Looks at the threads of processes: the load counts them all, a process' own state is its main thread's only. */
import type { ProcessReading } from "../model/processes.ts";
import { isGone } from "../procfs/errors.ts";
import { ReadBuffer } from "../procfs/kernelFiles.ts";
import { PidUsageReader } from "../procfs/pidUsage.ts";
import type { ProcRoot } from "../procfs/root.ts";
import type { Skips } from "../procfs/skips.ts";
import { readPidFile } from "./pidFiles.ts";
import { type ProcessChanges, type Slot, stateRunning, stateUninterruptible, threadCounts } from "./processSlot.ts";

/** Two hundredths of a core: less is what a thread that mostly sleeps takes, and looking at a thread costs as much as at a process. */
const leastTicks = 2;

/** The threads of the known processes. */
export class ProcessThreads {
  readonly #root: ProcRoot;
  readonly #skips: Skips;
  readonly #usage: PidUsageReader;
  readonly #slots: ReadonlyMap<number, Slot>;
  readonly #hot: Set<Slot>;

  /** `hot` are those that moved, run or wait; those that are found to do so are added. */
  constructor(root: ProcRoot, slots: ReadonlyMap<number, Slot>, hot: Set<Slot>, skips: Skips) {
    this.#root = root;
    this.#skips = skips;
    this.#usage = new PidUsageReader(root, new ReadBuffer());
    this.#slots = slots;
    this.#hot = hot;
  }

  /** Main threads that run, and tasks in uninterruptible sleep, as they were last read. */
  get seenTasks(): { readonly running: number; readonly uninterruptible: number } {
    let running = 0;
    let uninterruptible = 0;
    // a process that runs or waits is hot
    for (const { raw, runningThreads, uninterruptibleThreads } of this.#hot) {
      running += runningThreads + (raw.state === stateRunning ? 1 : 0);
      uninterruptible += uninterruptibleThreads + (raw.state === stateUninterruptible ? 1 : 0);
    }
    return { running, uninterruptible };
  }

  /**
   * Processes with several threads, of at most so many threads in all: those that moved lately and, if wanted, then the others; else
   * only those that have used some CPU: on a busy machine every runnable thread gets a little.
   */
  pids(mostThreads: number, andCold: boolean): number[] {
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
    take(this.#hot, (slot) => andCold || slot.risenTicks >= leastTicks);
    if (andCold) take(this.#slots.values(), (slot) => !this.#hot.has(slot));
    return pids;
  }

  /** Processes whose threads ran or waited when they were last looked at: it must be seen when they stop. */
  busyPids(): number[] {
    return Array.from(this.#hot).flatMap((slot) => (slot.runningThreads + slot.uninterruptibleThreads > 0 ? [slot.pid] : []));
  }

  /** Looks at the threads of a process. */
  scan(pid: number, { changed }: ProcessChanges): void {
    const slot = this.#slots.get(pid);
    if (slot === undefined) return;
    const states = this.#statesOf(pid);
    if (states === undefined) return;
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

  #statesOf(pid: number): { running: number; uninterruptible: number } | undefined {
    try {
      return readPidFile(this.#root, pid, "task", this.#skips, () => this.#usage.readThreadStates(pid, this.#skips));
    } catch (error) {
      // that it is gone will be noticed by its own descriptor
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

function withoutThreads({
  runningThreads: _running,
  uninterruptibleThreads: _uninterruptible,
  ...reading
}: ProcessReading): ProcessReading {
  return reading;
}
