import type { CpuModeSeconds, CpuReading } from "../../src/model/machine.ts";
import type { ProcessReading } from "../../src/model/processes.ts";
import type { Sample } from "../../src/model/sample.ts";

const noModes: CpuModeSeconds = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0, guest: 0, guestNice: 0 };

/** A CPU reading of `cores` CPUs whose time went where `total` says. */
export function cpuReading(readAtSeconds: number, total: Partial<CpuModeSeconds>, cores = 2): CpuReading {
  const modes = { ...noModes, ...total };
  const each = Object.fromEntries(Object.entries(modes).map(([mode, seconds]) => [mode, seconds / cores])) as unknown as CpuModeSeconds;
  return { readAtSeconds, total: modes, perCpu: Array.from({ length: cores }, (_, cpu) => ({ cpu, modes: each })) };
}

/** A process that does nothing, but for what `changes` say. */
export function processReading(pid: number, comm: string, changes: Partial<ProcessReading> = {}): ProcessReading {
  return {
    key: `${pid}@1`,
    pid,
    parentPid: 1,
    readAtSeconds: 0,
    comm,
    state: "S",
    kernelThread: false,
    userSeconds: 0,
    systemSeconds: 0,
    childUserSeconds: 0,
    childSystemSeconds: 0,
    threads: 1,
    startedSeconds: 1,
    virtualBytes: 0,
    residentBytes: 1024,
    identity: { commandLine: comm, user: "root", cgroupPath: "/" },
    ...changes,
  };
}

/** A Sample taken `seconds` after the clock's zero. */
export function sampleAt(seconds: number, parts: Partial<Sample> = {}): Sample {
  return { takenAtMs: 1_700_000_000_000 + seconds * 1000, monotonicSeconds: seconds, source: "procfs", outcomes: [], ...parts };
}

/** The processes part of a Sample. */
export function processesOf(
  changed: readonly ProcessReading[],
  more: Partial<NonNullable<Sample["processes"]>> = {},
): NonNullable<Sample["processes"]> {
  return { changed, vanished: [], total: changed.length, read: changed.length, complete: true, denied: 0, ...more };
}
