/** The whole machine: what it did, and whose its busy time was. */
import { defined } from "../model/defined.ts";
import type { FilesystemReading } from "../model/devices.ts";
import { type GroupUsage, groupId, remainderLabels } from "../model/group.ts";
import type { LoadReading } from "../model/machine.ts";
import { type PoolUsage, poolsOf } from "../model/pools.ts";
import type { Sample } from "../model/sample.ts";
import type { HostCpu, HostUsage, Snapshot } from "../model/snapshot.ts";
import type { Steps } from "../model/steps.ts";
import { deriveDisks, deriveMemory, deriveNetwork, derivePressure } from "./host.ts";
import type { Ledger } from "./ledger.ts";

/** What is known of the machine itself, by this Sample and the one before. */
export function* deriveHost(ledger: Ledger, sample: Sample, hostCpu: HostCpu | undefined, elapsed: number): Steps<HostUsage> {
  const { previous } = ledger;
  const { cpu, load, disks, network, filesystems, processes, units } = sample;
  const memory = sample.memory && deriveMemory(sample.memory);
  const pressure = sample.pressure && derivePressure(previous?.pressure, sample.pressure, elapsed, ledger.counters);
  const hostDisks = disks && (yield* deriveDisks(previous?.disks, disks, elapsed, ledger.still.disks, ledger.counters));
  const hostNetwork = network && (yield* deriveNetwork(previous?.network, network, elapsed, ledger.still.interfaces, ledger.counters));
  const running = plausibleTasks(load?.runnableTasks, load) ?? plausibleTasks(cpu?.runningTasks, load);
  return defined({
    cpu: hostCpu,
    load: load && { load1: load.load1, load5: load.load5, load15: load.load15 },
    tasks: defined({
      // Culprit itself is running while it reads /proc/loadavg
      running: running === undefined ? undefined : Math.max(0, running - 1),
      ...uninterruptible(ledger, sample),
    }),
    memory,
    pressure,
    disks: hostDisks,
    network: hostNetwork,
    filesystems,
    units,
    pools: filesystems && poolsIn(ledger, filesystems),
    bootTimeSeconds: cpu?.bootTimeSeconds,
    processes: processes?.total,
  });
}

function poolsIn({ pools }: Ledger, filesystems: readonly FilesystemReading[]): readonly PoolUsage[] {
  const known = pools.get(filesystems) ?? poolsOf(filesystems);
  pools.set(filesystems, known);
  return known;
}

/** The kernel gives out no more pids than this. */
const mostTasks = 4_194_304;

/** Some kernels count below zero, which reads as a little less than 2^64. And the reader itself is one of those that run. */
function plausibleTasks(count: number | undefined, load: LoadReading | undefined, least = 1): number | undefined {
  return count !== undefined && count >= least && count <= (load?.totalTasks ?? mostTasks) ? count : undefined;
}

/** procs_blocked counts only waits for I/O: a parent blocked in vfork() is in D as well and is seen in its own state alone. */
function uninterruptible(ledger: Ledger, sample: Sample): { uninterruptible?: number } {
  const blocked = plausibleTasks(sample.cpu?.blockedTasks, sample.load, 0);
  if (sample.processes === undefined || sample.processes.statesUnknown) return blocked === undefined ? {} : { uninterruptible: blocked };
  let seen = 0;
  for (const { reading } of ledger.waiting.values()) seen += (reading.state === "D" ? 1 : 0) + (reading.uninterruptibleThreads ?? 0);
  return { uninterruptible: Math.max(seen, blocked ?? 0) };
}

/** Divides the machine's busy time between the named groups, interrupts and what cannot be attributed. */
export function splitBusy(
  host: HostUsage,
  named: readonly GroupUsage[],
): { host: HostUsage; groups: GroupUsage[]; coverage?: Snapshot["coverage"] | undefined } {
  let namedCores = 0;
  let namedRunning = 0;
  for (const { usage } of named) {
    namedCores += usage.cpuCores ?? 0;
    namedRunning += usage.runningTasks ?? 0;
  }
  const runningRest = host.tasks?.running === undefined ? {} : { runningTasks: Math.max(0, host.tasks.running - namedRunning) };
  const { cpu } = host;
  if (cpu?.busyCores === undefined) return { host, groups: [...named, remainder("unattributed", runningRest)] };
  // the clocks of two readings differ a little: busy time is never less than what the processes used
  const busyCores = Math.max(cpu.busyCores, namedCores);
  const interrupts = Math.min(cpu.interruptCores ?? 0, busyCores - namedCores);
  const raised = busyCores > cpu.busyCores ? { ...cpu, busyCores, usageRatio: Math.min(1, busyCores / cpu.cores) } : cpu;
  return {
    host: { ...host, cpu: raised },
    groups: [
      ...named,
      remainder("interrupts", { cpuCores: interrupts }),
      remainder("unattributed", { cpuCores: Math.max(0, busyCores - namedCores - interrupts), ...runningRest }),
    ],
    coverage: busyCores >= 0.05 ? { cpu: Math.min(1, namedCores / busyCores) } : undefined,
  };
}

function remainder(kind: "interrupts" | "unattributed", usage: GroupUsage["usage"]): GroupUsage {
  const labels = remainderLabels(kind);
  return { ...labels, id: groupId(labels), usage };
}
