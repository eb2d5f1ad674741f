/** The ledger's groups: processes come, change and go, and the sums follow. */
import type { ProcessKey, ProcessReading } from "../model/sample.ts";
import type { GroupUsage, ResourceUsage } from "../model/snapshot.ts";
import { emptyGroup, type Ledger, type LedgerGroup, type LedgerProcess } from "./ledger.ts";
import { groupId, labelsOf } from "./names.ts";

/** Takes a process up. */
export function place(ledger: Ledger, reading: ProcessReading): LedgerProcess {
  const process = { reading, group: groupFor(ledger, reading) };
  count(ledger, process.group, reading, 1);
  ledger.processes.set(reading.key, process);
  ledger.keys.set(reading.pid, reading.key);
  return process;
}

/** Brings a known process up to its new reading, into another group where its name has changed. */
export function move(ledger: Ledger, reading: ProcessReading): LedgerProcess {
  const process = ledger.processes.get(reading.key);
  if (process === undefined) return place(ledger, reading);
  const before = process.reading;
  count(ledger, process.group, before, -1);
  if (before.identity !== reading.identity || before.comm !== reading.comm) process.group = groupFor(ledger, reading);
  process.reading = reading;
  count(ledger, process.group, reading, 1);
  return process;
}

/** Lets a process go. */
export function remove(ledger: Ledger, key: ProcessKey): void {
  const process = ledger.processes.get(key);
  if (process === undefined) return;
  count(ledger, process.group, process.reading, -1);
  ledger.processes.delete(key);
  ledger.waiting.delete(key);
  const { pid } = process.reading;
  if (ledger.keys.get(pid) === key) {
    ledger.keys.delete(pid);
    if (pid !== 1) ledger.adopters.delete(pid);
  }
}

/** What every group used in this tick; forgets groups that are empty. A group that did nothing new gives the object of the tick before. */
export function groupUsages(ledger: Ledger): GroupUsage[] {
  const usages: GroupUsage[] = [];
  for (const group of ledger.groups.values()) {
    if (group.processCount === 0 && !group.cpuCores) {
      ledger.groups.delete(group.id);
      continue;
    }
    if (group.usage === undefined || !isCurrent(group, group.usage.usage)) {
      group.usage = { ...group.labels, id: group.id, usage: currentUsage(group) };
    }
    usages.push(group.usage);
  }
  return usages;
}

function groupFor(ledger: Ledger, reading: ProcessReading): LedgerGroup {
  const labels = labelsOf(reading);
  const id = groupId(labels);
  let group = ledger.groups.get(id);
  if (group === undefined) {
    group = emptyGroup(id, labels);
    ledger.groups.set(id, group);
    ledger.active.add(group);
  }
  return group;
}

function count(ledger: Ledger, group: LedgerGroup, reading: ProcessReading, sign: 1 | -1): void {
  group.processCount += sign;
  group.residentBytes += sign * reading.residentBytes;
  if (reading.state === "R" && reading.pid !== ledger.readerPid) group.runningTasks += sign;
  if (reading.state === "D") group.uninterruptibleTasks += sign;
}

function isCurrent(group: LedgerGroup, usage: ResourceUsage): boolean {
  return (
    group.labels.kind === "process" &&
    usage.cpuCores === group.cpuCores &&
    usage.residentBytes === group.residentBytes &&
    usage.runningTasks === group.runningTasks &&
    usage.uninterruptibleTasks === group.uninterruptibleTasks
  );
}

function currentUsage(group: LedgerGroup): ResourceUsage {
  // nobody lives there who could have memory or tasks
  if (group.labels.kind !== "process") return { cpuCores: group.cpuCores ?? 0 };
  return {
    ...(group.cpuCores === undefined ? {} : { cpuCores: group.cpuCores }),
    residentBytes: group.residentBytes,
    runningTasks: group.runningTasks,
    uninterruptibleTasks: group.uninterruptibleTasks,
  };
}
