import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { GroupUsage } from "../../src/model/group.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import { FlightRecorder, type FlightRecorderOptions } from "../../src/recorder/flightRecorder.ts";
import type { RecordedLines } from "../../src/recorder/format/line.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";

/** A full hour, so that it begins a segment. */
export const t0 = Date.UTC(2026, 10, 21, 10, 0, 0);

/** The machine that test recordings are of. */
export const host = { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" };

/** A group of a Snapshot. */
export function group(process: string, usage: ResourceUsage, labels: Partial<GroupUsage> = {}): GroupUsage {
  return { id: process, kind: "process", process, unit: "", container: "", user: "root", usage, ...labels };
}

/** What is nobody's. */
export function other(usage: ResourceUsage): GroupUsage {
  return group("", usage, { kind: "other", user: "" });
}

/** A second of a machine with four cores that its groups keep busy. */
export function snapshotAt(takenAtMs: number, groups: readonly GroupUsage[] = [], changes: Partial<Snapshot> = {}): Snapshot {
  const busyCores = groups.reduce((sum, { usage }) => sum + (usage.cpuCores ?? 0), 0);
  return {
    takenAtMs,
    elapsedSeconds: 1,
    gap: false,
    host: { cpu: { cores: 4, busySeconds: 0, busyCores, usageRatio: busyCores / 4 }, load: { load1: busyCores, load5: 1, load15: 1 } },
    processes: [],
    groups,
    ...changes,
  };
}

/** Records with these groups, a second each, in a directory. */
export function newRecorder(directory: string, changes: Partial<FlightRecorderOptions> = {}) {
  const clock = new ManualClock(t0);
  const { log, lines } = recordedLog();
  const ring = new Ring({ keepSeconds: 2700, mostBytes: 1e8 });
  const recorder = new FlightRecorder({
    directory,
    ring,
    host,
    version: "0.1.0",
    limits: { maxBytes: 1e9, maxAgeSeconds: 1e9 },
    clock,
    log,
    leastFreeBytes: 0,
    ...changes,
  });
  return {
    recorder,
    clock,
    log: lines,
    messages: () => lines().map(({ message }) => String(message)),
    /** Seconds `fromMs`, `fromMs` + 1 s and so on. */
    record(fromMs: number, seconds: number, groupsAt: (second: number) => readonly GroupUsage[] = () => []) {
      for (let second = 0; second < seconds; second++) {
        const snapshot = snapshotAt(fromMs + second * 1000, groupsAt(second));
        recorder.record(snapshot, snapshot.groups);
      }
    },
    /** As a restart finds it: nothing in memory. */
    reopened: () => newRecorder(directory, { ...changes, ring: new Ring({ keepSeconds: 2700, mostBytes: 1e8 }) }),
  };
}

/** When lines were taken. */
export async function timesOf(lines: RecordedLines): Promise<readonly number[]> {
  const times: number[] = [];
  for await (const { takenAtMs } of lines) times.push(takenAtMs);
  return times;
}

/** Everything between two times. */
export async function recordedTimes(recorder: FlightRecorder, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER): Promise<readonly number[]> {
  const span = await recorder.between(fromMs, toMs);
  try {
    return await timesOf(span);
  } finally {
    await span.close();
  }
}

/** So many times, a second apart. */
export function secondsFrom(fromMs: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, second) => fromMs + second * 1000);
}

/** The files of a recording, sorted. */
export async function filesOf(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).sort();
}

/** The lines of a file, packed or not. */
export async function linesOf(directory: string, name: string): Promise<readonly Record<string, unknown>[]> {
  const bytes = await readFile(join(directory, name));
  const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
