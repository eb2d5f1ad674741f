/** The ledger's groups: processes come, change and go, and the sums follow. */
import { type GroupUsage, groupId } from "../model/group.ts";
import type { ProcessKey, ProcessReading } from "../model/processes.ts";
import { eachInSteps, type Steps } from "../model/steps.ts";
import type { ResourceUsage } from "../model/usage.ts";
import { emptyGroup, type Ledger, type LedgerGroup, type LedgerProcess } from "./ledger.ts";
import { labelsOfProcess } from "./names.ts";

/** Takes a process up. */
export function place(ledger: Ledger, reading: ProcessReading): LedgerProcess {
  const process = { reading, group: groupFor(ledger, reading) };
  enter(ledger, process);
  ledger.processes.set(reading.key, process);
  ledger.keys.set(reading.pid, reading.key);
  return process;
}

/** Brings a known process up to its new reading, into another group where its name has changed. */
export function move(ledger: Ledger, reading: ProcessReading): LedgerProcess {
  const process = ledger.processes.get(reading.key);
  if (process === undefined) return place(ledger, reading);
  const before = process.reading;
  leave(ledger, process);
  if (before.identity !== reading.identity || before.comm !== reading.comm) process.group = groupFor(ledger, reading);
  process.reading = reading;
  enter(ledger, process);
  return process;
}

/** Names all processes anew: by other rules, and as secrets are cut now. What they did before stays with the names of then. */
export function* renameAll(ledger: Ledger): Steps<void> {
  if (ledger.newNames === undefined) return;
  ledger.nameByRules = ledger.newNames.nameByRules;
  ledger.newNames = undefined;
  yield* eachInSteps(ledger.processes.values(), (process) => {
    const group = groupFor(ledger, process.reading);
    if (group === process.group) return;
    leave(ledger, process);
    process.group = group;
    enter(ledger, process);
  });
}

/** Lets a process go. */
export function remove(ledger: Ledger, key: ProcessKey): void {
  const process = ledger.processes.get(key);
  if (process === undefined) return;
  leave(ledger, process);
  ledger.processes.delete(key);
  ledger.counters.forget(key);
  ledger.waiting.delete(key);
  const { pid } = process.reading;
  if (ledger.keys.get(pid) === key) {
    ledger.keys.delete(pid);
    if (pid !== 1) ledger.adopters.delete(pid);
    ledger.mixedParents.delete(pid);
  }
}

/** What every group used in this tick; forgets groups that are empty. A group that did nothing new gives the object of the tick before. */
export function* groupUsages(ledger: Ledger): Steps<GroupUsage[]> {
  const usages: GroupUsage[] = [];
  yield* eachInSteps(ledger.groups.values(), (group) => {
    if (group.processes.size === 0 && !group.cpuCores) {
      ledger.groups.delete(group.id);
      return;
    }
    if (group.usage === undefined || !isCurrent(group, group.usage.usage, ledger.statesUnknown)) {
      group.usage = { ...group.labels, id: group.id, usage: currentUsage(group, ledger.statesUnknown) };
    }
    usages.push(group.usage);
  });
  return usages;
}

function groupFor(ledger: Ledger, reading: ProcessReading): LedgerGroup {
  const labels = labelsOfProcess(reading, ledger.nameByRules, ledger.hide);
  const id = groupId(labels);
  let group = ledger.groups.get(id);
  if (group === undefined) {
    group = emptyGroup(id, labels);
    ledger.groups.set(id, group);
    ledger.active.add(group);
  }
  return group;
}

function enter(ledger: Ledger, process: LedgerProcess): void {
  const { group, reading } = process;
  group.processes.add(process);
  group.privateBytes += privateBytes(reading);
  group.sharedBytes = Math.max(group.sharedBytes, reading.sharedBytes ?? 0);
  countTasks(ledger, group, reading, 1);
}

function leave(ledger: Ledger, process: LedgerProcess): void {
  const { group, reading } = process;
  group.processes.delete(process);
  group.privateBytes -= privateBytes(reading);
  if ((reading.sharedBytes ?? 0) >= group.sharedBytes) group.sharedIsStale = true;
  countTasks(ledger, group, reading, -1);
}

function countTasks(ledger: Ledger, group: LedgerGroup, reading: ProcessReading, sign: 1 | -1): void {
  const { state, runningThreads = 0, uninterruptibleThreads = 0 } = reading;
  if (reading.pid !== ledger.readerPid) group.runningTasks += sign * (runningThreads + (state === "R" ? 1 : 0));
  group.uninterruptibleTasks += sign * (uninterruptibleThreads + (state === "D" ? 1 : 0));
}

function privateBytes({ residentBytes, sharedBytes = 0 }: ProcessReading): number {
  return Math.max(0, residentBytes - sharedBytes);
}

/** Workers share most of what they have mapped: it is in memory once, and counted once. */
function residentBytes(group: LedgerGroup): number {
  if (group.sharedIsStale) {
    group.sharedBytes = 0;
    for (const { reading } of group.processes) group.sharedBytes = Math.max(group.sharedBytes, reading.sharedBytes ?? 0);
    group.sharedIsStale = false;
  }
  return group.privateBytes + group.sharedBytes;
}

function isCurrent(group: LedgerGroup, usage: ResourceUsage, statesUnknown: boolean): boolean {
  return (
    group.labels.kind === "process" &&
    usage.cpuCores === group.cpuCores &&
    usage.residentBytes === residentBytes(group) &&
    usage.readBytesPerSecond === group.readBytesPerSecond &&
    usage.writtenBytesPerSecond === group.writtenBytesPerSecond &&
    (statesUnknown || (usage.runningTasks === group.runningTasks && usage.uninterruptibleTasks === group.uninterruptibleTasks))
  );
}

function currentUsage(group: LedgerGroup, statesUnknown: boolean): ResourceUsage {
  // no living process could have memory or tasks there
  if (group.labels.kind !== "process") return { cpuCores: group.cpuCores ?? 0 };
  return {
    ...(group.cpuCores === undefined ? {} : { cpuCores: group.cpuCores }),
    residentBytes: residentBytes(group),
    ...(statesUnknown ? {} : { runningTasks: group.runningTasks, uninterruptibleTasks: group.uninterruptibleTasks }),
    ...(group.readBytesPerSecond === undefined ? {} : { readBytesPerSecond: group.readBytesPerSecond }),
    ...(group.writtenBytesPerSecond === undefined ? {} : { writtenBytesPerSecond: group.writtenBytesPerSecond }),
  };
}
