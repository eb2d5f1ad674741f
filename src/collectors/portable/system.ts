/** What the portable source asks of a machine, as a value: tests play recorded answers instead. */
import { cpus, loadavg, uptime } from "node:os";
import type { Systeminformation } from "systeminformation";

/** What passed on one CPU since the call before, in milliseconds. */
export type CpuTicks = Pick<
  Systeminformation.CurrentLoadCpuData,
  "rawLoadUser" | "rawLoadNice" | "rawLoadSystem" | "rawLoadIdle" | "rawLoadIrq"
>;

/** Memory and swap in bytes. */
export type MemoryLevels = Pick<Systeminformation.MemData, "total" | "available" | "swaptotal" | "swapfree">;

/** A mounted file system in bytes. `rw` is null where systeminformation does not know. */
export type FilesystemLevels = Pick<Systeminformation.FsSizeData, "fs" | "type" | "size" | "used" | "available" | "mount" | "rw">;

/** Bytes read from and written to all disks. */
export type DiskTotals = Pick<Systeminformation.FsStatsData, "rx" | "wx">;

/** What an interface has carried. */
export type InterfaceTotals = Pick<
  Systeminformation.NetworkStatsData,
  "iface" | "operstate" | "rx_bytes" | "rx_dropped" | "rx_errors" | "tx_bytes" | "tx_dropped" | "tx_errors"
>;

/** One line of the process list. What the type of systeminformation calls a number or a string is null on some systems. */
export type ListedProcess = Pick<
  Systeminformation.ProcessesProcessData,
  "pid" | "parentPid" | "name" | "cpu" | "cpuu" | "cpus" | "memRss" | "state" | "command"
> & {
  readonly memVsz?: number | null;
  readonly started?: string | null;
  readonly user?: string | null;
  readonly params?: string | null;
  readonly path?: string | null;
};

/** The functions of systeminformation that are used, and what Node itself knows. */
export interface PortableSystem {
  readonly platform: NodeJS.Platform;
  readonly ownPid: number;
  cores(): number;
  uptimeSeconds(): number;
  loadAverages(): readonly number[];
  /** How far local time lies behind UTC at a moment, as Date says it. */
  timezoneOffsetMinutes(atMs: number): number;
  currentLoad(): Promise<{ readonly cpus: readonly CpuTicks[] }>;
  mem(): Promise<MemoryLevels>;
  fsSize(): Promise<readonly FilesystemLevels[]>;
  /** Null where there is nothing of the kind (Windows). */
  fsStats(): Promise<DiskTotals | null>;
  networkStats(): Promise<readonly InterfaceTotals[]>;
  processes(): Promise<{ readonly list: readonly ListedProcess[] }>;
  /** Keeps one PowerShell for all questions instead of starting one for each; only Windows has it. */
  openShell?(): Promise<void>;
  closeShell?(): Promise<void>;
}

/** This machine. systeminformation is loaded when the first question is asked: who uses /proc never pays for it. */
export function thisSystem(): PortableSystem {
  const library = () => import("systeminformation").then((module) => module.default);
  return {
    platform: process.platform,
    ownPid: process.pid,
    cores: () => Math.max(1, cpus().length),
    uptimeSeconds: uptime,
    loadAverages: loadavg,
    timezoneOffsetMinutes: (atMs) => new Date(atMs).getTimezoneOffset(),
    currentLoad: async () => (await library()).currentLoad(),
    mem: async () => (await library()).mem(),
    fsSize: async () => (await library()).fsSize(),
    fsStats: async () => (await library()).fsStats(),
    networkStats: async () => (await library()).networkStats("*"),
    processes: async () => (await library()).processes(),
    ...(process.platform === "win32"
      ? {
          openShell: async () => (await library()).powerShellStart(),
          closeShell: async () => (await library()).powerShellRelease(),
        }
      : {}),
  };
}
