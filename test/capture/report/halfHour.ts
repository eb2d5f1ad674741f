import type { CaptureFacts } from "../../../src/capture/making/compose.ts";
import { composeArchive } from "../../../src/capture/making/compose.ts";
import type { ProcessListRow } from "../../../src/capture/making/processList.ts";
import { digestSpan } from "../../../src/capture/report/digest.ts";
import { makeReport } from "../../../src/capture/report/makeReport.ts";
import type { GroupUsage } from "../../../src/model/group.ts";
import type { ProcessUsage, Snapshot } from "../../../src/model/snapshot.ts";
import { encodeSnapshot } from "../../../src/recorder/format/encodeLine.ts";
import type { RecordedLine } from "../../../src/recorder/format/line.ts";
import { systemClock } from "../../../src/sampler/clock.ts";
import { group, textOf } from "../support.ts";

/** When the recording begins, and when the trouble does: 25 minutes later. */
export const startMs = Date.UTC(2026, 10, 21, 9, 0, 0);
export const onsetMs = startMs + 25 * 60_000;
export const endMs = startMs + 30 * 60_000;

/** What somebody who wants to do harm would call a process. */
export const hostileName = `</td><script>alert(1)</script>"'><img src=x>\u202e`;

const gibibyte = 1024 ** 3;

/** A second of a machine with four cores: a burner from the onset on, a backup that comes and goes, an idle database. */
export function secondAt(takenAtMs: number): Snapshot {
  const since = takenAtMs >= onsetMs;
  const wave = 0.5 + 0.4 * Math.sin((takenAtMs - startMs) / 60_000);
  const groups: GroupUsage[] = [
    group("burner", { cpuCores: since ? 2.4 : 0, residentBytes: since ? 2 * gibibyte : 0, runningTasks: since ? 3 : 0 }),
    group("backup", {
      cpuCores: wave,
      residentBytes: 0.3 * gibibyte,
      readBytesPerSecond: wave * 5e6,
      writtenBytesPerSecond: since ? 9e6 : 1e5,
    }),
    group("mysqld", { cpuCores: 0.2, residentBytes: 1.2 * gibibyte, uninterruptibleTasks: since ? 2 : 0 }, { container: "db" }),
    group(hostileName, { cpuCores: since ? 0.4 : 0.1, residentBytes: 5e6 }, { unit: "", user: "mallory" }),
    group("", { cpuCores: 0.05 }, { kind: "other", unit: "", user: "" }),
  ];
  const busyCores = groups.reduce((sum, { usage }) => sum + (usage.cpuCores ?? 0), 0);
  const usedRatio = since ? 0.8 : 0.42;
  const processes: ProcessUsage[] = [
    {
      ...processOf(4242, "burner", "burner --threads=3 --password=***"),
      usage: { cpuCores: since ? 2.4 : 0, residentBytes: 2 * gibibyte },
    },
    { ...processOf(666, hostileName, hostileName), usage: { cpuCores: 0.4, residentBytes: 5e6 } },
    { ...processOf(77, "backup", "backup --to /mnt/tape"), usage: { cpuCores: wave, writtenBytesPerSecond: 9e6 } },
  ];
  return {
    takenAtMs,
    elapsedSeconds: 1,
    gap: false,
    host: {
      cpu: { cores: 4, busySeconds: 0, busyCores, usageRatio: busyCores / 4 },
      load: { load1: since ? 4.2 : 0.8, load5: since ? 2.1 : 0.7, load15: 0.6 },
      tasks: { running: since ? 4 : 1, uninterruptible: since ? 2 : 0 },
      memory: { totalBytes: 8 * gibibyte, availableBytes: 8 * gibibyte * (1 - usedRatio), usageRatio: usedRatio },
      pressure: { cpu: { some: since ? 0.5 : 0.02 }, memory: { some: 0, full: 0 }, io: { some: since ? 0.12 : 0.01, full: 0 } },
      disks: [
        {
          device: "sda",
          whole: true,
          readBytes: 0,
          writtenBytes: 0,
          readBytesPerSecond: wave * 5e6,
          writtenBytesPerSecond: since ? 9e6 : 1e5,
        },
      ],
      network: [{ device: "eth0", receiveBytes: 0, transmitBytes: 0, receiveBytesPerSecond: 3e5 * wave, transmitBytesPerSecond: 1e5 }],
      filesystems: [
        {
          device: "/dev/sda1",
          fstype: "ext4",
          mountpoint: "/",
          size: { sizeBytes: 100e9, freeBytes: 0, availableBytes: since ? 20e9 : 40e9 },
        },
      ],
    },
    processes,
    groups,
  };
}

function processOf(pid: number, process: string, commandLine: string): Omit<ProcessUsage, "usage"> {
  return { key: `${pid}@100`, pid, parentPid: 1, groupId: "", process, state: "R", commandLine };
}

/** The recorder's lines of the half hour; `isRecorded` leaves some out. */
export function halfHour(isRecorded: (ms: number) => boolean = () => true): readonly RecordedLine[] {
  const lines: RecordedLine[] = [];
  for (let ms = startMs; ms < endMs; ms += 1000) {
    if (!isRecorded(ms)) continue;
    const snapshot = secondAt(ms);
    lines.push({ takenAtMs: ms, line: encodeSnapshot(snapshot, snapshot.groups, undefined) });
  }
  return lines;
}

/** Processes of that machine. */
export const rows: readonly ProcessListRow[] = [
  rowOf(1, "systemd", { ageSeconds: 1e6, unit: "init.scope" }),
  rowOf(4242, "burner", {
    ageSeconds: 290,
    cpuSeconds: 700,
    state: "R",
    commandLine: "burner --threads=3 --password=***",
    residentBytes: 2 * gibibyte,
  }),
  rowOf(666, hostileName, { ageSeconds: 200, cpuSeconds: 90, commandLine: `${hostileName} ${"x".repeat(5000)}`, user: "mallory" }),
  rowOf(3306, "mysqld", { ageSeconds: 9e5, state: "D", residentBytes: 1.2 * gibibyte, container: "db" }),
];

function rowOf(pid: number, process: string, changes: Partial<ProcessListRow>): ProcessListRow {
  const plain = {
    parentPid: 1,
    user: "root",
    state: "S",
    threads: 1,
    cpuSeconds: 1,
    residentBytes: 1e7,
    unit: "",
    container: "",
    kernelThread: false,
  };
  return { pid, process, commandLine: process, ...plain, ...changes };
}

/** The report of these lines, as a capture makes it. */
export async function reportOf(lines: readonly RecordedLine[], changes: Partial<CaptureFacts> = {}): Promise<string> {
  const digest = await digestSpan(lines, onsetMs);
  const { judgement } = digest;
  const facts: CaptureFacts = {
    request: {
      id: "20261121T092900Z-alert-HighCpu-abcdef",
      origin: "alert",
      name: "HighCpu",
      labels: { alertname: "HighCpu", instance: "web1", evil: hostileName },
      annotations: { summary: `CPU is high <b>now</b>` },
      requestedAtMs: endMs - 15_000,
      onsetMs,
      lookbackSeconds: 1800,
      incidentKey: "k",
    },
    host: { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" },
    version: "0.0.0-test",
    joined: [],
    size: "full",
    startedAtMs: endMs - 15_000,
    finishedAtMs: endMs,
    asked: { fromMs: startMs, toMs: endMs },
    digest,
    ...(judgement === undefined
      ? {}
      : { verdict: { resource: judgement.resource, source: "recording", verdict: judgement.verdict, spikes: [] } }),
    rows,
    notes: [],
    files: [{ name: "commands/iostat.txt", result: "missing", reason: "not installed", durationSeconds: 0 }],
    ...changes,
  };
  const files = await makeReport(facts, lines, systemClock, new AbortController().signal);
  // as it stands in the archive
  const { files: packed } = composeArchive({ ...facts, files });
  return textOf(packed.find(({ name }) => name === "report.html"));
}
