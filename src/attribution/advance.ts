/**
 * The fold: what was remembered, and one more Sample, make one Snapshot.
 *
 * Deterministic: the same Samples give the same Snapshots, live or in replay. It writes to the ledger and to nothing else.
 */

import { defined } from "../model/defined.ts";
import type { CgroupCpuReading, ProcessesReading, ProcessReading } from "../model/processes.ts";
import type { Sample } from "../model/sample.ts";
import type { ProcessUsage, Snapshot } from "../model/snapshot.ts";
import { atOnce, eachInSteps, type Steps } from "../model/steps.ts";
import type { ResourceUsage } from "../model/usage.ts";
import { accountingCgroup, chooseHierarchy, explain, settleCgroups, takeInCgroups } from "./cgroupCpu.ts";
import { judgeClaims } from "./claims.ts";
import { groupUsages, move, place, remove, renameAll } from "./groups.ts";
import { deriveCpu } from "./hostCpu.ts";
import { type Ledger, type LedgerGroup, type LedgerProcess, processOf } from "./ledger.ts";
import { keepRemains, tellOomKills } from "./oomKills.ts";
import { type CpuRise, noteAdoption, oweForTheDead, riseOf } from "./processCpu.ts";
import type { IoRise } from "./processIo.ts";
import { deriveHost, splitBusy } from "./wholeMachine.ts";

/** What counts as a gap between two ticks. */
interface AdvanceOptions {
  readonly gapSeconds: number;
}

/**
 * Takes the ledger one Sample further: the CPU first, which bounds what all others can have used, then processes and cgroups, then groups.
 * The Sample itself is kept last, for all of these compare it with the one before.
 */
export function advance(ledger: Ledger, sample: Sample, options: AdvanceOptions): Snapshot {
  return atOnce(advanceInSteps(ledger, sample, options));
}

/** The same in steps. The ledger lies between two Samples until the last one is taken. */
export function* advanceInSteps(ledger: Ledger, sample: Sample, options: AdvanceOptions): Steps<Snapshot> {
  const { previous } = ledger;
  // before the dead are let go
  keepRemains(ledger, sample.processes?.vanished ?? [], sample.takenAtMs);
  const elapsedSeconds = previous === undefined ? undefined : sample.monotonicSeconds - previous.monotonicSeconds;
  const cpu = sample.cpu && deriveCpu(previous?.cpu, sample.cpu, ledger.busySeconds, ledger.movedCpus);
  if (cpu !== undefined) ledger.mostCores = cpu.cores;
  const busySeconds = cpu?.busyCores === undefined ? undefined : cpu.busySeconds - ledger.busySeconds;
  yield;
  const usages = sample.processes && (yield* advanceProcesses(ledger, sample.processes, sample, busySeconds));
  const host = yield* deriveHost(ledger, sample, cpu, elapsedSeconds ?? 0);
  yield;
  const named = usages && (yield* groupUsages(ledger));
  yield;
  const split = named && splitBusy(host, named);
  ledger.previous = sample;
  ledger.counters.age();
  if (split !== undefined) ledger.busySeconds = split.host.cpu?.busySeconds ?? ledger.busySeconds;
  return Object.freeze(
    defined({
      takenAtMs: sample.takenAtMs,
      elapsedSeconds,
      gap: elapsedSeconds !== undefined && elapsedSeconds > options.gapSeconds,
      host: split?.host ?? host,
      processes: usages ?? [],
      groups: split?.groups ?? [],
      coverage: split?.coverage,
      oomKills: tellOomKills(ledger, sample.oomKills),
    }),
  );
}

/**
 * Every step reads what the ones before it have written: what the dead did is known before they are owed for, all that processes explain
 * before a cgroup's rest is, and what their parents may claim of it before it is given away.
 */
function* advanceProcesses(
  ledger: Ledger,
  processes: ProcessesReading,
  sample: Sample,
  busySeconds: number | undefined,
): Steps<ProcessUsage[]> {
  const { cgroups, monotonicSeconds } = sample;
  yield* renameAll(ledger);
  beginTick(ledger, processes, cgroups);
  const rises = yield* takeInProcesses(ledger, processes);
  for (const { process, ownSeconds } of rises) explain(ledger, process.reading.identity, ownSeconds ?? 0);
  yield;
  const leftovers = cgroups && (yield* takeInCgroups(ledger, cgroups));
  judgeClaims(ledger, rises, leftovers, monotonicSeconds, busySeconds);
  yield* settleCgroups(ledger, leftovers, processes, monotonicSeconds);
  for (const credits of [ledger.credits, ledger.readCredits, ledger.writeCredits]) credits.age();
  yield;
  return usagesOf(ledger, rises);
}

function beginTick(ledger: Ledger, processes: ProcessesReading, cgroups: CgroupCpuReading | undefined): void {
  for (const group of ledger.active) fallIdle(group);
  ledger.active.clear();
  ledger.readerPid = processes.readerPid;
  ledger.statesUnknown = processes.statesUnknown === true;
  if (cgroups !== undefined) chooseHierarchy(ledger, cgroups);
}

function* takeInProcesses(ledger: Ledger, { changed, vanished }: ProcessesReading): Steps<CpuRise[]> {
  const gone = new Set(vanished);
  const rises: CpuRise[] = [];
  const take = (reading: ProcessReading) => {
    const rise = takeReading(ledger, reading);
    if (rise !== undefined) rises.push(rise);
  };
  // a process that was read and then found gone in the same tick did that work, and its reaper's counters will include it
  for (const reading of changed) if (gone.has(reading.key)) take(reading);
  yield;
  oweForTheDead(ledger, vanished);
  yield;
  for (const key of vanished) remove(ledger, key);
  yield* eachInSteps(changed, (reading) => {
    if (!gone.has(reading.key)) take(reading);
  });
  return rises;
}

function takeReading(ledger: Ledger, read: ProcessReading): CpuRise | undefined {
  const before = ledger.processes.get(read.key)?.reading;
  noteAdoption(ledger, before, read);
  const reading = before === undefined ? inItsCgroup(ledger, read) : read;
  if (reading === undefined) return undefined;
  const process = before === undefined ? place(ledger, reading) : move(ledger, reading);
  const rise = riseOf(ledger, process, before);
  ledger.waiting.delete(reading.key);
  if (reading.pid !== ledger.readerPid && isRunningOrWaiting(reading)) ledger.waiting.set(reading.key, process);
  return rise;
}

/**
 * In cgroup v1 who is ending is shown in the root: where it lived, only its parent can say. An orphan's new parent cannot; what the orphan
 * used is left to its cgroup then.
 */
function inItsCgroup(ledger: Ledger, newborn: ProcessReading): ProcessReading | undefined {
  const { exiting, identity } = newborn;
  if (ledger.hierarchy !== "cpuacct" || exiting !== true || accountingCgroup(identity, "cpuacct") !== "/") return newborn;
  if (ledger.adopters.has(newborn.parentPid) || ledger.mixedParents.has(newborn.parentPid)) return undefined;
  const parent = processOf(ledger, newborn.parentPid)?.reading.identity;
  if (parent === undefined || accountingCgroup(parent, "cpuacct") === "/") return newborn;
  const { cgroupPath, cpuacctCgroup = "/", containerName } = parent;
  return { ...newborn, identity: { ...identity, cgroupPath, cpuacctCgroup, ...(containerName === undefined ? {} : { containerName }) } };
}

function isRunningOrWaiting({ state, runningThreads = 0, uninterruptibleThreads = 0 }: ProcessReading): boolean {
  return state === "R" || state === "D" || runningThreads + uninterruptibleThreads > 0;
}

/** Gives the rises to their groups; lists who used CPU or waits for it. */
function usagesOf(ledger: Ledger, rises: readonly CpuRise[]): ProcessUsage[] {
  const usages: ProcessUsage[] = [];
  const shown = new Set<LedgerProcess>();
  const unknown = rises.filter((rise) => rise.ownSeconds === undefined || rise.io.isOdd === true);
  const fit = fitOf(rises, ledger.mostCores);
  for (const { process, spanSeconds, ownSeconds, childSeconds, io } of rises) {
    const rates = ioRates(io, spanSeconds);
    addIo(process.group, rates);
    if (ownSeconds === undefined) continue;
    const cpuCores = ((ownSeconds + childSeconds) / spanSeconds) * fit;
    process.group.cpuCores = (process.group.cpuCores ?? 0) + cpuCores;
    if (cpuCores === 0 && !rates.readBytesPerSecond && !rates.writtenBytesPerSecond) continue;
    ledger.active.add(process.group);
    usages.push(usageOf(process, { cpuCores, ...rates }));
    shown.add(process);
  }
  for (const rise of unknown) leaveUnknown(ledger, rise);
  for (const process of ledger.waiting.values()) {
    if (!shown.has(process)) usages.push(usageOf(process, { cpuCores: 0 }));
  }
  return usages;
}

/** Readings that were late, each a little, can add up to more than the CPUs there are: then all have used a little less. */
function fitOf(rises: readonly CpuRise[], mostCores: number): number {
  let cores = 0;
  for (const { ownSeconds = 0, childSeconds, spanSeconds } of rises) cores += (ownSeconds + childSeconds) / spanSeconds;
  return cores > mostCores ? mostCores / cores : 1;
}

/** What one of its processes did cannot be told: neither can what all of them did. */
function leaveUnknown(ledger: Ledger, { process: { group }, ownSeconds, io }: CpuRise): void {
  ledger.active.add(group);
  if (ownSeconds === undefined) group.cpuCores = undefined;
  if (io.isOdd !== true) return;
  group.readBytesPerSecond = undefined;
  group.writtenBytesPerSecond = undefined;
}

/** Nothing until this tick says otherwise; what was never known of the group stays unknown. */
function fallIdle(group: LedgerGroup): void {
  group.cpuCores = 0;
  const tellsIo = group.readBytesPerSecond !== undefined || [...group.processes].some(({ reading }) => reading.readBytes !== undefined);
  if (!tellsIo) return;
  group.readBytesPerSecond = 0;
  group.writtenBytesPerSecond = 0;
}

function ioRates(
  { readBytes, writtenBytes }: IoRise,
  spanSeconds: number,
): Pick<ResourceUsage, "readBytesPerSecond" | "writtenBytesPerSecond"> {
  return {
    ...(readBytes === undefined ? {} : { readBytesPerSecond: readBytes / spanSeconds }),
    ...(writtenBytes === undefined ? {} : { writtenBytesPerSecond: writtenBytes / spanSeconds }),
  };
}

function addIo(group: LedgerGroup, { readBytesPerSecond, writtenBytesPerSecond }: ResourceUsage): void {
  if (readBytesPerSecond !== undefined) group.readBytesPerSecond = (group.readBytesPerSecond ?? 0) + readBytesPerSecond;
  if (writtenBytesPerSecond !== undefined) group.writtenBytesPerSecond = (group.writtenBytesPerSecond ?? 0) + writtenBytesPerSecond;
}

function tasksOf({ state, runningThreads = 0, uninterruptibleThreads = 0 }: ProcessReading): ResourceUsage {
  return {
    runningTasks: runningThreads + (state === "R" ? 1 : 0),
    uninterruptibleTasks: uninterruptibleThreads + (state === "D" ? 1 : 0),
  };
}

function usageOf({ reading, group }: LedgerProcess, usage: ResourceUsage): ProcessUsage {
  const { waitChannel } = reading;
  return {
    key: reading.key,
    pid: reading.pid,
    parentPid: reading.parentPid,
    groupId: group.id,
    process: group.labels.process,
    state: reading.state,
    ...(reading.threads === undefined ? {} : { threads: reading.threads }),
    commandLine: reading.identity.commandLine,
    ...(waitChannel === undefined ? {} : { waitChannel }),
    usage: {
      ...usage,
      residentBytes: reading.residentBytes,
      ...(reading.state === "" ? {} : tasksOf(reading)),
    },
  };
}
