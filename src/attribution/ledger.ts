/** What must be remembered from tick to tick. Only `advance` writes to it, apart from `newNames`. */
import type { FilesystemReading } from "../model/devices.ts";
import type { GroupLabels, GroupUsage } from "../model/group.ts";
import type { PoolUsage } from "../model/pools.ts";
import type { CgroupCpuReading, ProcessKey, ProcessReading } from "../model/processes.ts";
import type { Sample } from "../model/sample.ts";
import { Counters } from "./counters.ts";
import { Credits } from "./credits.ts";
import type { NameByRules } from "./groupRules.ts";
import type { StillDevices } from "./host.ts";
import { asItIs, type Hide } from "./names.ts";
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
  readonly processes: Set<LedgerProcess>;
  /** Resident memory that no other process has mapped, of all its processes. */
  privateBytes: number;
  /** Shared memory of the process that has most of it: the others' is taken for the same. */
  sharedBytes: number;
  /** The process that had most may be gone: count again. */
  sharedIsStale: boolean;
  runningTasks: number;
  uninterruptibleTasks: number;
  /** This tick's; undefined as long as no rise of any of its processes is known. */
  cpuCores: number | undefined;
  readBytesPerSecond: number | undefined;
  writtenBytesPerSecond: number | undefined;
  /** What the last Snapshot said: given out again as long as nothing has changed. */
  usage: GroupUsage | undefined;
}

/** What is remembered of one cgroup. */
export interface LedgerCgroup {
  /** Undefined as long as a process was seen in it but it was not read. */
  usageSeconds: number | undefined;
  /** The engine's name for the container, as its processes tell it. */
  containerName?: string;
  /** Given to its processes since the last reading. */
  explainedSeconds: number;
  /** Used but not explained until now; negative when more was explained than used. */
  residualSeconds: number;
  /** Since when the residual adds up. */
  sinceSeconds: number;
}

/** What is remembered of a process that is gone. */
export interface Remains {
  readonly reading: ProcessReading;
  readonly labels: GroupLabels;
  readonly goneAtMs: number;
}

/** The state of the fold. */
export interface Ledger {
  nameByRules: NameByRules | undefined;
  /** Other names that all processes are given in the next tick. */
  newNames: { readonly nameByRules: NameByRules | undefined } | undefined;
  /** Cuts the secrets out of the names of units and containers. */
  readonly hide: Hide;
  previous: Sample | undefined;
  busySeconds: number;
  readonly processes: Map<ProcessKey, LedgerProcess>;
  /** The living process of every pid. */
  readonly keys: Map<number, ProcessKey>;
  /** Pids that take in orphans: init, and every subreaper that was seen to do so. */
  readonly adopters: Set<number>;
  /** Parents that have, or had, a child in another cgroup than their own. */
  readonly mixedParents: Set<number>;
  /** What was seen of the dead, by the process whose counters will include it. */
  readonly credits: Credits;
  readonly readCredits: Credits;
  readonly writeCredits: Credits;
  readonly unexplained: Unexplained;
  /** What processes have taken over of their children in the last tick and nothing has confirmed yet. */
  readonly deferredClaims: Map<ProcessKey, { readonly seconds: number; readonly sinceSeconds: number }>;
  /** The hierarchy in which CPU time is accounted, once known, and what each of its cgroups has used. */
  hierarchy: CgroupCpuReading["hierarchy"] | undefined;
  readonly cgroups: Map<string, LedgerCgroup>;
  /** When they were read last; minus infinity before the first time. */
  cgroupsReadSeconds: number;
  /** The end of the last tick that living processes explained. */
  explainedUntilSeconds: number;
  readonly groups: Map<string, LedgerGroup>;
  /** Processes last seen running or in uninterruptible sleep: they count in every tick, changed or not. */
  readonly waiting: Map<ProcessKey, LedgerProcess>;
  /** Those that are gone and might have been killed, the oldest first. */
  remains: readonly Remains[];
  /** Culprit's own process: running whenever it looks, and no load. */
  readerPid: number | undefined;
  /** The OS does not tell states: nobody's tasks are known. */
  statesUnknown: boolean;
  /** Groups that are new or had CPU in the last tick: idle, until this tick says otherwise. */
  readonly active: Set<LedgerGroup>;
  /** Disks and interfaces that did nothing. */
  readonly still: StillDevices;
  /** The pools of the newest list of file systems: the list is the same object as long as nobody was asked anew. */
  readonly pools: WeakMap<readonly FilesystemReading[], readonly PoolUsage[]>;
  /** Counters that fell or leapt. */
  readonly counters: Counters;
  /** CPUs whose counters were ever seen to move. */
  readonly movedCpus: Set<number>;
  /** How many CPUs there are at most. */
  mostCores: number;
}

/** Linux runs on no more. */
const mostCpusOfLinux = 8192;

/** The living process of a pid, where it is known. */
export function processOf({ keys, processes }: Pick<Ledger, "keys" | "processes">, pid: number): LedgerProcess | undefined {
  const key = keys.get(pid);
  return key === undefined ? undefined : processes.get(key);
}

/** A group in which nothing is yet. */
export function emptyGroup(id: string, labels: GroupLabels): LedgerGroup {
  return {
    id,
    labels,
    processes: new Set(),
    privateBytes: 0,
    sharedBytes: 0,
    sharedIsStale: false,
    runningTasks: 0,
    uninterruptibleTasks: 0,
    cpuCores: undefined,
    readBytesPerSecond: undefined,
    writtenBytesPerSecond: undefined,
    usage: undefined,
  };
}

/** A ledger that has seen nothing; `nameByRules` are the user's own names for processes, `hide` cleans those of units and containers. */
export function createLedger(nameByRules?: NameByRules, hide: Hide = asItIs): Ledger {
  return {
    nameByRules,
    newNames: undefined,
    hide,
    previous: undefined,
    busySeconds: 0,
    processes: new Map(),
    keys: new Map(),
    adopters: new Set([1]),
    mixedParents: new Set(),
    credits: new Credits(),
    readCredits: new Credits(),
    writeCredits: new Credits(),
    unexplained: new Unexplained(),
    deferredClaims: new Map(),
    hierarchy: undefined,
    cgroups: new Map(),
    cgroupsReadSeconds: Number.NEGATIVE_INFINITY,
    explainedUntilSeconds: Number.NEGATIVE_INFINITY,
    groups: new Map(),
    waiting: new Map(),
    remains: [],
    readerPid: undefined,
    statesUnknown: false,
    active: new Set(),
    counters: new Counters(),
    movedCpus: new Set(),
    mostCores: mostCpusOfLinux,
    still: { disks: new WeakMap(), interfaces: new WeakMap() },
    pools: new WeakMap(),
  };
}
