/** The processes of a tick: who is new, who is gone, and of the others those that the gate lets be read. */
import type { Clock } from "../model/clock.ts";
import { defined } from "../model/defined.ts";
import type { CpuReading, LoadReading } from "../model/machine.ts";
import type { ProcessesReading } from "../model/processes.ts";
import { withinLimit } from "../model/withinLimit.ts";
import { isGone, isOdd } from "../procfs/errors.ts";
import { readIsProcess } from "../procfs/pidIdentity.ts";
import { readPids } from "../procfs/pids.ts";
import type { YoungReading } from "../procfs/youngReading.ts";
import type { Collector } from "./collector.ts";
import { ForkCounter } from "./forkCounter.ts";
import { KnownProcesses, type KnownProcessesOptions } from "./knownProcesses.ts";
import { LoadWatch } from "./loadWatch.ts";
import { preparedCollector } from "./prepared.ts";
import { ProcessGate } from "./processGate.ts";
import type { ProcessChanges } from "./processSlot.ts";
import { inSlices, Slice } from "./slices.ts";

/** Trying a number costs as much as listing so many processes: up to there, new ones are looked for one by one. */
const listedPerProbe = 16;
const leastProbes = 32;
/** However still a machine is, the list is looked at so often. */
const listEveryTicks = 30;
/** So many tasks may be missing: some run only while nobody looks. */
const mostUnseenTasks = 0.6;
/** On a busy machine some task is always missing; those that were found to run are looked at in every tick anyway. */
const searchEveryTicks = 3;
/** How many threads are looked at in a tick, some ten microseconds each. */
const mostScannedThreads = 500;

/** A tick waits so long for command lines; usually they take less than a millisecond. */
const answersWithinSeconds = 0.05;
/** At first somebody must be started who reads them. */
const firstAnswersWithinSeconds = 0.5;

interface ProcessesOptions extends KnownProcessesOptions {
  /** What says how busy the machine was, before any process is read. */
  readonly stat: YoungReading<CpuReading>;
  /** What says how many tasks there are, and which pid was given last. */
  readonly load: YoungReading<LoadReading>;
  /** Culprit's own pid, as the machine's /proc shows it. */
  readonly readerPid?: number | undefined;
  /** The pids of /proc are those of our own pid namespace: `last_pid` speaks of them. */
  readonly ownPids: boolean;
  /** Reads everybody in every tick: what the gated way is measured against. */
  readonly ungated?: boolean;
}

/** Reads the processes; the work is done in `prepare`, in slices. */
export function createProcessesCollector(options: ProcessesOptions): Collector<"processes"> {
  const reader = new ProcessesReader(options);
  return {
    ...preparedCollector("processes", () => (clock) => reader.read(clock), options.skips),
    close: () => reader.close(),
  };
}

class ProcessesReader {
  readonly #options: ProcessesOptions;
  readonly #known: KnownProcesses;
  readonly #gate = new ProcessGate();
  readonly #loadWatch = new LoadWatch();
  readonly #forks = new ForkCounter();
  #lastPid: number | undefined;
  #ticksSinceList = 0;
  /** The look of the kernel that all threads were last searched for. */
  #scannedAt = -1;
  /** Ticks since the threads of those were searched that had burnt something. */
  #ticksSinceSearch = searchEveryTicks;
  /** How many had their turn since the last complete reading. */
  #hadTurn = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#known = new KnownProcesses(options);
  }

  close(): void {
    this.#known.close();
  }

  async read(clock: Clock): Promise<ProcessesReading> {
    const known = this.#known;
    const changes: ProcessChanges = { changed: [], vanished: [] };
    const startSeconds = clock.monotonicSeconds();
    // what these two cannot say is said by the collectors cpu and load, and costs no process
    const cpu = readable(() => this.#options.stat.read(startSeconds));
    const load = readable(() => this.#options.load.read(startSeconds));
    known.begin(startSeconds);
    this.#gate.begin(cpu);
    const born = [...(await this.#findNew(clock, cpu, load, changes)), ...known.untold.oddPids(startSeconds)];
    await inSlices(clock, born, (pid, nowSeconds) => known.takeUp(pid, nowSeconds, changes.changed));
    const inTurn = Math.ceil(known.size / this.#gate.turns);
    const first = this.#options.ungated ? known.unreadPids() : [...known.hotPids(), ...known.nextPids(inTurn)];
    await inSlices(clock, first, (pid, nowSeconds) => known.reread(pid, nowSeconds, changes));
    known.recheckChildren(changes, clock.monotonicSeconds());
    let everybody = known.allRead;
    const explainedBefore = known.explainedSeconds;
    if (!everybody && this.#gate.wantsAll(explainedBefore, known.size)) {
      await inSlices(clock, known.unreadPids(), (pid, nowSeconds) => known.reread(pid, nowSeconds, changes));
      known.recheckChildren(changes, clock.monotonicSeconds());
      this.#gate.learn(explainedBefore, known.explainedSeconds);
      everybody = true;
    }
    await this.#hearAnswers(clock, changes, startSeconds);
    await this.#findTasks(clock, load, changes);
    this.#hadTurn += inTurn;
    const complete = everybody || this.#hadTurn >= known.size || !this.#gate.isContent(explainedBefore);
    if (complete) this.#hadTurn = 0;
    const { readerPid } = this.#options;
    return defined({
      ...changes,
      total: known.size,
      read: known.readCount,
      complete,
      reaped: known.reaped ? true : undefined,
      denied: known.untold.deniedCount,
      readerPid,
    });
  }

  /** Waits a moment for what can only be asked for: what the processes of this tick are called, what those in D wait for. */
  async #hearAnswers(clock: Clock, changes: ProcessChanges, startSeconds: number): Promise<void> {
    const { identities, waiting } = this.#options;
    this.#known.names.askAgain();
    const names = identities.ask();
    const waits = waiting.ask();
    if (names !== undefined || waits !== undefined) {
      const limitSeconds = identities.isQuick ? answersWithinSeconds : firstAnswersWithinSeconds;
      await withinLimit(clock, limitSeconds, Promise.all([names, waits?.answered]));
      waits?.finish();
    }
    this.#known.names.learn(changes, startSeconds);
  }

  /** Looks at threads where the load says that tasks are missing, and where some were found before. */
  async #findTasks(clock: Clock, load: LoadReading | undefined, changes: ProcessChanges): Promise<void> {
    if (load === undefined) return;
    const { threads } = this.#known;
    const scan = (pids: readonly number[]) => inSlices(clock, pids, (pid) => threads.scan(pid, changes));
    await scan(threads.busyPids());
    const { running, uninterruptible } = threads.seenTasks;
    // our own thread, which reads, is among the runnable, and among those seen
    const counted = this.#loadWatch.observe(load.load1, clock.monotonicSeconds()) ?? 0;
    const isMissing = counted - running - uninterruptible > mostUnseenTasks;
    // the kernel looks every five seconds: between two of its looks everybody is looked at once
    if (isMissing && this.#scannedAt !== this.#loadWatch.looks) {
      this.#scannedAt = this.#loadWatch.looks;
      await scan(threads.pids(mostScannedThreads, true));
    } else if (++this.#ticksSinceSearch >= searchEveryTicks && (load.runnableTasks ?? 0) - running > mostUnseenTasks) {
      this.#ticksSinceSearch = 0;
      await scan(threads.pids(mostScannedThreads, false));
    }
  }

  /** The pids that may be new. Where no task was made since the last tick, there are none, and nothing is listed. */
  async #findNew(
    clock: Clock,
    cpu: CpuReading | undefined,
    load: LoadReading | undefined,
    changes: ProcessChanges,
  ): Promise<readonly number[]> {
    const nowSeconds = clock.monotonicSeconds();
    const from = this.#lastPid;
    this.#lastPid = load?.lastPid;
    const forked = this.#forks.take(cpu?.forks, from !== this.#lastPid);
    this.#ticksSinceList++;
    const mustList = forked === undefined || this.#ticksSinceList >= listEveryTicks || this.#options.ungated;
    if (!mustList && forked === 0) {
      this.#known.listed(nowSeconds);
      return [];
    }
    const to = load?.lastPid;
    const mostProbes = Math.max(leastProbes, this.#known.size / listedPerProbe);
    // fewer numbers than tasks: the numbers began anew, or they are those of a namespace and the tasks the whole machine's
    const isGapless = from !== undefined && to !== undefined && forked !== undefined && to - from >= forked;
    if (!mustList && this.#options.ownPids && isGapless && to - from <= mostProbes) {
      this.#known.listed(nowSeconds);
      return range(from + 1, to).filter((pid) => !this.#known.knows(pid) && this.#isProcess(pid));
    }
    this.#ticksSinceList = 0;
    const isFirst = this.#known.size === 0;
    const born = this.#known.reconcile(await this.#listPids(clock), changes, nowSeconds);
    if (born.length > 0 && !isFirst) this.#forks.noteNew();
    return born;
  }

  async #listPids(clock: Clock): Promise<readonly number[]> {
    const slice = new Slice(clock);
    const pids: number[] = [];
    for (const part of readPids(this.#options.root)) {
      pids.push(...part);
      if (slice.isOver) await slice.next();
    }
    return pids.sort((a, b) => a - b);
  }

  #isProcess(pid: number): boolean {
    try {
      return readIsProcess(this.#options.root, pid);
    } catch (error) {
      // one that cannot be told from a thread is found by the next listing
      if (!isGone(error)) this.#options.skips.add(`${this.#options.root.procfs}/${pid}/status`, error);
      return false;
    }
  }
}

/** Undefined also where it is odd. */
function readable<Reading>(read: () => Reading | undefined): Reading | undefined {
  try {
    return read();
  } catch (error) {
    if (!isOdd(error)) throw error;
    return undefined;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
