import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { type CaptureOptions, openCaptureService } from "../../src/capture/captureService.ts";
import type { MatchedAlert, ReceivedAlert } from "../../src/capture/contract.ts";
import type { Part, PartFile } from "../../src/capture/making/part.ts";
import type { ProcessList } from "../../src/capture/making/processList.ts";
import type { CaptureEnd } from "../../src/capture/requests/captureWorker.ts";
import { defaults } from "../../src/config/settings.ts";
import type { GroupLabels } from "../../src/model/group.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import type { Recording } from "../../src/recorder/format/recording.ts";
import { Ring } from "../../src/recorder/ring.ts";
import type { ManualClock } from "../support/manualClock.ts";
import { recordedLog } from "../support/recordedLog.ts";

/** Waits for something that real files or processes must bring about; fails instead of hanging. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 45_000;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Winds the clock second by second, with real time in between for the disk, until the condition holds. */
export async function windUntil(clock: ManualClock, what: string, condition: () => boolean): Promise<void> {
  await eventually(what, async () => {
    if (condition()) return true;
    await clock.advance(1);
    return condition();
  });
}

/** The files of an archive by their name below its folder. Fails on anything that lies outside of the folder. */
export async function untar(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = extract();
  entries.end(gunzipSync(await readFile(path)));
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const [folder, ...rest] = entry.header.name.split("/");
    if (!path.endsWith(`/${folder}.tar.gz`)) throw new Error(`${entry.header.name} lies outside of the folder`);
    files.set(rest.join("/"), Buffer.concat(chunks));
  }
  return files;
}

/** What a part's file holds; fails when its size is not what it says. */
export async function textOf(file: PartFile | undefined): Promise<string> {
  if (file?.content === undefined) throw new Error(`${file?.name} has no content: ${file?.reason}`);
  const chunks: Buffer[] = [];
  for await (const chunk of file.content.chunks()) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== file.content.sizeBytes) throw new Error(`${file.name} has ${bytes.length} bytes, not ${file.content.sizeBytes}`);
  return bytes.toString("utf8");
}

/** The hash as archives and manifests write it. */
export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A group of a Snapshot. */
export function group(process: string, usage: ResourceUsage, labels: Partial<GroupLabels> = {}): Snapshot["groups"][number] {
  const all: GroupLabels = { kind: "process", process, unit: `${process}.service`, container: "", user: "root", ...labels };
  return { id: JSON.stringify(all), ...all, usage };
}

/** A second of a machine with four cores. */
export function snapshotAt(takenAtMs: number, groups: Snapshot["groups"]): Snapshot {
  const busyCores = groups.reduce((sum, { usage }) => sum + (usage.cpuCores ?? 0), 0);
  return {
    takenAtMs,
    elapsedSeconds: 1,
    gap: false,
    host: {
      cpu: { cores: 4, busySeconds: 0, busyCores, usageRatio: busyCores / 4 },
      load: { load1: busyCores, load5: 0.5, load15: 0.25 },
      memory: { totalBytes: 1000, availableBytes: 600, usageRatio: 0.4 },
    },
    processes: [],
    groups,
  };
}

/** A recording with one snapshot a second, the last at `toMs`. */
export function ringOf(fromMs: number, toMs: number, groupsAt: (ms: number) => Snapshot["groups"]): Recording {
  const ring = new Ring({ keepSeconds: 24 * 3600, mostBytes: 1e9 });
  for (let ms = fromMs; ms <= toMs; ms += 1000) ring.push(ms, JSON.stringify(snapshotAt(ms, groupsAt(ms))));
  return inMemory(ring);
}

/** A recording that is only in memory. */
export function inMemory(ring: Ring): Recording {
  return {
    async between(fromMs, toMs) {
      const lines = ring.between(fromMs, toMs);
      return {
        async *[Symbol.asyncIterator]() {
          yield* lines;
        },
        close: async () => undefined,
      };
    },
  };
}

/** A list of processes that no machine is needed for. */
export const smallProcessList: ProcessList = {
  takenAtMs: 0,
  rows: [
    {
      pid: 1,
      parentPid: 0,
      user: "root",
      state: "S",
      threads: 1,
      cpuSeconds: 1.5,
      residentBytes: 12_000_000,
      ageSeconds: 86_400,
      unit: "init.scope",
      container: "",
      process: "systemd",
      kernelThread: false,
      commandLine: "/sbin/init",
    },
  ],
  secrets: [],
  secretsComplete: true,
  silent: [],
};

/** An alert as the webhook hands it over. */
export function firing(
  clock: ManualClock,
  changes: Partial<ReceivedAlert> = {},
  match: MatchedAlert["match"] = { kind: "own" },
): MatchedAlert {
  const usual = {
    status: "firing",
    labels: { alertname: "HighCpu", instance: "web1" },
    annotations: { summary: "hot" },
    startsAtMs: clock.wallMs() - 60_000,
    fingerprint: "fp1",
  } as const;
  return { alert: { ...usual, ...changes }, match };
}

/** What holds when nobody says otherwise. */
export const usualSettings: CaptureOptions["settings"] = {
  lookbackSeconds: defaults.capture.lookback,
  afterSeconds: defaults.capture.after,
  ignoreLabels: defaults.webhook.ignoreLabels,
  cooldownSeconds: defaults.webhook.cooldown,
  limits: { maxBytes: defaults.archives.maxBytes },
};

/** Opens captures in a directory: again and again, as restarts do. */
export async function openIn(directory: string, clock: ManualClock, changes: Partial<CaptureOptions> & { parts?: readonly Part[] } = {}) {
  const { log, lines } = recordedLog();
  const ends: CaptureEnd[] = [];
  const archivesDirectory = changes.archivesDirectory ?? join(directory, "archives");
  const capture = await openCaptureService({
    storageDirectory: join(directory, "storage"),
    archivesDirectory,
    clock,
    log,
    recording: inMemory(new Ring({ keepSeconds: 3600, mostBytes: 1e9 })),
    parts: [],
    readProcessList: async () => smallProcessList,
    host: { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" },
    version: "0.0.0-test",
    settings: usualSettings,
    onCaptured: (end) => ends.push(end),
    space: { leastFreeBytes: 1024 * 1024, reserveBytes: 64 * 1024 },
    ...changes,
  });
  const stored = (id: string | undefined) => {
    const found = capture.archives.find(id ?? "");
    if (found === undefined) throw new Error(`there is no archive ${id}`);
    return found;
  };
  return {
    ...capture,
    ends,
    lines,
    archivesDirectory,
    stored,
    filesOf: (id: string | undefined) => untar(stored(id).path),
    manifestOf: async (id: string | undefined) => {
      const files = await untar(stored(id).path);
      return JSON.parse(files.get("manifest.json")?.toString() ?? "") as Record<string, unknown>;
    },
    /** Without winding the clock: for parts that take real time, whose limits must not run out meanwhile. */
    ended: (count: number) => eventually(`${count} ends`, () => ends.length >= count),
    /** Winds the clock as far as it takes. */
    finished: (count: number) => windUntil(clock, `${count} ends`, () => ends.length >= count),
  };
}

/** A part that fails until luck comes. */
export function luckyPart(): { readonly part: Part; readonly comes: () => void } {
  let fails = true;
  const chunks = () => {
    if (fails) throw new Error("no luck");
    return ["ok"];
  };
  return {
    part: { name: "luck", when: "now", run: async () => [{ name: "luck.txt", content: { sizeBytes: 2, chunks } }] },
    comes: () => {
      fails = false;
    },
  };
}
