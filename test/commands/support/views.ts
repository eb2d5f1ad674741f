import type { OnceView } from "../../../src/commands/onceView.ts";
import type { GroupKind } from "../../../src/model/group.ts";
import type { Spike, VerdictShare } from "../../../src/model/spike.ts";
import type { ResourceUsage } from "../../../src/model/usage.ts";
import type { GroupStats } from "../../../src/sampler/window.ts";

const mebibyte = 1024 * 1024;

/** A line of a table; what `mean` does not say is nothing, and for a remainder unknown. */
export function lineOf(process: string, mean: ResourceUsage, labels: Partial<GroupStats> = {}): GroupStats {
  const kind: GroupKind = labels.kind ?? "process";
  const nothing = {
    cpuCores: 0,
    runningTasks: 0,
    uninterruptibleTasks: 0,
    residentBytes: 0,
    readBytesPerSecond: 0,
    writtenBytesPerSecond: 0,
  };
  const whole = kind === "process" || kind === "other" ? { ...nothing, ...mean } : mean;
  const rest = { unit: "", container: "", user: kind === "process" ? "root" : "", ...labels };
  return { id: JSON.stringify([kind, process, rest]), kind, process, ...rest, mean: whole, peak: whole };
}

/** The lines of a machine on which a dump writes and a web server works. */
export const busyLines: readonly GroupStats[] = [
  lineOf("sshd", { residentBytes: 9 * mebibyte }, { unit: "ssh.service" }),
  lineOf(
    "pg_dump",
    { cpuCores: 0.42, runningTasks: 0.3, uninterruptibleTasks: 1.2, residentBytes: 61 * mebibyte, writtenBytesPerSecond: 209.6e6 },
    { unit: "nightly-backup.service", user: "postgres" },
  ),
  lineOf(
    "node server.js",
    { cpuCores: 1.513, runningTasks: 1.8, residentBytes: 1.4e9, readBytesPerSecond: 4200, writtenBytesPerSecond: 812 },
    { container: "shop-frontend-production-7", unit: "docker.service", user: "1000" },
  ),
  lineOf("數據庫備份服務", { cpuCores: 0.05, residentBytes: 3e6 }, { user: "averylongusername" }),
  lineOf("evil\u001b[2Jname\u202e", { cpuCores: 0.02 }),
  lineOf("", { cpuCores: 0.31 }, { kind: "short_lived", unit: "ci-runner.service" }),
  lineOf("", { cpuCores: 0.01, residentBytes: 212e6 }, { kind: "other" }),
  lineOf("", { cpuCores: 0.02 }, { kind: "interrupts" }),
  lineOf("", { cpuCores: 0, runningTasks: 0.2 }, { kind: "unattributed" }),
];

const shares: readonly VerdictShare[] = [
  {
    group: { kind: "process", process: "pg_dump", unit: "nightly-backup.service", container: "", user: "postgres" },
    share: 0.97,
    from: 0,
    to: 209.6e6,
    pids: [4242],
    commandLine: "pg_dump --password *** shop",
    parents: ["cron"],
  },
];

/** What was seen of that machine in five seconds. */
export const busyView: OnceView = {
  hostname: "web1",
  takenAtMs: Date.UTC(2026, 10, 21, 10, 15, 5),
  seconds: 4.96,
  figures: {
    load: { load1: 3.42, load5: 1.2, load15: 0.81 },
    cpu: { cores: 2, busyCores: 1.94, usageRatio: 0.97, peakUsageRatio: 1 },
    tasks: { running: 2.1, uninterruptible: 1.2 },
    memory: { totalBytes: 7.8e9, availableBytes: 1.6e9, usageRatio: 0.795, swapTotalBytes: 2e9, swapUsedBytes: 0 },
    disks: [
      { device: "nvme0n1", readBytesPerSecond: 4300, writtenBytesPerSecond: 211e6, busyRatio: 0.88 },
      { device: "sda", readBytesPerSecond: 0, writtenBytesPerSecond: 0, busyRatio: 0 },
    ],
    fullestFilesystem: { mountpoint: "/var/lib/postgresql", ratio: 0.913 },
    pressure: { cpu: { some: 0.21, full: 0 }, memory: { some: 0 }, io: { some: 0.63, full: 0.4 } },
    coverage: { cpu: 0.98 },
  },
  lines: busyLines,
  strained: "io",
  calm: false,
  judgement: {
    resource: "io",
    aspect: "writes",
    verdict: {
      sentence:
        "Disk writes: 211 MB/s; `pg_dump` (unit nightly-backup.service, user postgres, pid 4242, child of cron) uses the most (210 MB/s, 97 % of what lines use).",
      shares,
      final: false,
      basis: "use",
    },
  },
  spikes: [],
};

/** A spike that was noticed while looking. */
export function spikeOf(changes: Partial<Spike> = {}): Spike {
  return {
    id: "20261121T101450000Z-io",
    resource: "io",
    aspect: "writes",
    startMs: Date.UTC(2026, 10, 21, 10, 14, 50),
    peakMs: Date.UTC(2026, 10, 21, 10, 15, 0),
    baseline: 3e6,
    peak: 215e6,
    unit: "bytes_per_second",
    verdict: {
      sentence: "`pg_dump` (pid 4242) has caused 71 % of the rise in disk writes from 3 to 210 MB/s for 15 s.",
      shares,
      final: false,
    },
    ...changes,
  };
}
