/** What must be remembered from tick to tick. Only `advance` writes to it. */
import type { CgroupCpuReading, ProcessKey, ProcessReading, Sample } from "../model/sample.ts";
import type { GroupLabels, GroupUsage } from "../model/snapshot.ts";
import type { LedgerCgroup } from "./cgroupCpu.ts";
import { Credits } from "./credits.ts";
import { Unexplained } from "./unexplained.ts";

/** A process as it was last read, and the group it is counted in. */
export interface LedgerProcess {
  reading: ProcessReading;
  group: LedgerGroup;
}

/** A group's living sums, kept up by every change instead of being counted anew. */
export interface LedgerGroup {
  readonly id: string;
  readonly labels: GroupLabels;
  processCount: number;
  residentBytes: number;
  runningTasks: number;
  uninterruptibleTasks: number;
  /** This tick's; undefined as long as no rise of any of its processes is known. */
  cpuCores: number | undefined;
  /** What the last Snapshot said: given out again as long as nothing has changed. */
  usage: GroupUsage | undefined;
}

/** The memory of the fold. */
export interface Ledger {
  previous: Sample | undefined;
  busySeconds: number;
  readonly processes: Map<ProcessKey, LedgerProcess>;
  /** The living process of every pid. */
  readonly keys: Map<number, ProcessKey>;
  /** Pids that take in orphans: init, and every subreaper that was seen to do so. */
  readonly adopters: Set<number>;
  /** What was seen of the dead, by who will be given it again. */
  readonly credits: Credits;
  readonly unexplained: Unexplained;
  /** The hierarchy in which CPU time is accounted, once known, and what each of its cgroups has used. */
  hierarchy: CgroupCpuReading["hierarchy"] | undefined;
  readonly cgroups: Map<string, LedgerCgroup>;
  readonly groups: Map<string, LedgerGroup>;
  /** Processes last seen running or in uninterruptible sleep: they count in every tick, changed or not. */
  readonly waiting: Map<ProcessKey, LedgerProcess>;
  /** Culprit's own process: running whenever it looks, and no load. */
  readerPid: number | undefined;
  /** Groups that are new or had CPU in the last tick: idle, until this tick says otherwise. */
  readonly active: Set<LedgerGroup>;
}

/** A group in which nothing is yet. */
export function emptyGroup(id: string, labels: GroupLabels): LedgerGroup {
  return { id, labels, processCount: 0, residentBytes: 0, runningTasks: 0, uninterruptibleTasks: 0, cpuCores: undefined, usage: undefined };
}

/** A ledger that has seen nothing. */
export function createLedger(): Ledger {
  return {
    previous: undefined,
    busySeconds: 0,
    processes: new Map(),
    keys: new Map(),
    adopters: new Set([1]),
    credits: new Credits(),
    unexplained: new Unexplained(),
    hierarchy: undefined,
    cgroups: new Map(),
    groups: new Map(),
    waiting: new Map(),
    readerPid: undefined,
    active: new Set(),
  };
}
