import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import type { Spike } from "../../src/model/spike.ts";
import { type OpenReplayOptions, openReplay } from "../../src/replay/open.ts";
import { ManualClock } from "../support/manualClock.ts";
import { fixturePath } from "../support/paths.ts";
import { recordedLog } from "../support/recordedLog.ts";

/** A recording of two and a half minutes: a shell burns a core, then dd writes to the disk. */
export const recording = fixturePath("recording-v1");

/** Its segments. */
export const segmentNames = ["20261121T153846.964Z.jsonl.gz", "20261121T154000.902Z.jsonl.gz"] as const;

/** Opens something with its unpacked files in `directory`. */
export function open(where: string, directory: string, changes: Partial<OpenReplayOptions> = {}) {
  return openReplay({
    where,
    directory,
    limits: { mostBytes: 64 * 2 ** 20, longestSeconds: 60 },
    clock: new ManualClock(),
    log: recordedLog().log,
    signal: new AbortController().signal,
    ...changes,
  });
}

/** The lines of the fixture without their headers. */
export async function recordedLines(): Promise<readonly string[]> {
  const texts = await Promise.all(segmentNames.map(async (name) => gunzipSync(await readFile(join(recording, name))).toString("utf8")));
  return texts.flatMap((text) => text.split("\n").slice(1, -1));
}

/** A file of a tar. */
export type Packed = Partial<Omit<Header, "name">> & { readonly name: string; readonly text?: string };

/** A .tar.gz of these. */
export async function tarGz(files: readonly Packed[]): Promise<Buffer> {
  const tar = pack();
  for (const { text = "", ...header } of files) tar.entry(header, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

/** What a manifest must say to be one. */
export const manifest = {
  schemaVersion: 1,
  id: "20261121T154200Z-alert-HighLoad-0a1b2c",
  culprit: "0.1.0",
  host: { hostname: "db1", os: "Linux", kernel: "6.18", arch: "x64" },
  request: {
    ...{ id: "20261121T154200Z-alert-HighLoad-0a1b2c", origin: "alert", name: "HighLoad", labels: {}, requestedAtMs: 1 },
    ...{ onsetMs: 1, lookbackSeconds: 60, incidentKey: "k" },
  },
  finishedAtMs: Date.UTC(2026, 10, 21, 15, 42),
  covered: { fromMs: 1, toMs: 2, snapshots: 1 },
  missing: [] as { part: string; reason: string }[],
};

/** An archive as Culprit makes it, with some of its files changed; undefined leaves one out. */
export async function archiveOf(changes: Readonly<Record<string, string | undefined>> = {}, top: string = manifest.id): Promise<Buffer> {
  const files: Record<string, string | undefined> = {
    "summary.txt": "HighLoad on db1\n",
    "snapshots.jsonl": (await recordedLines()).map((line) => `${line}\n`).join(""),
    "verdict.json": undefined,
    ...changes,
  };
  if (!("manifest.json" in changes)) files["manifest.json"] = JSON.stringify({ ...manifest, parts: partsOf(files) });
  return tarGz(Object.entries(files).flatMap(([name, text]) => (text === undefined ? [] : [{ name: `${top}/${name}`, text }])));
}

/** What a manifest says of files. */
export function partsOf(files: Readonly<Record<string, string | undefined>>): readonly object[] {
  return Object.entries(files).flatMap(([part, text]) =>
    text === undefined ? [] : [{ part, result: "ok", durationSeconds: 0, sha256: createHash("sha256").update(text).digest("hex") }],
  );
}

/** What lies in a directory, so that a change shows. */
export async function contentsOf(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).sort();
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(directory, name));
      return `${name} ${size} ${mtimeMs}`;
    }),
  );
}

/** The sentence with which something is not opened. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => assert.fail("it was opened"),
    (error: unknown) => {
      assert.equal((error as Error).name, "ReplayProblem");
      return (error as Error).message;
    },
  );
}

/** A spike that a recording keeps. */
export const spike: Spike = {
  ...{ id: "kept-1", resource: "cpu", startMs: Date.UTC(2026, 10, 21, 15, 39, 10), peakMs: Date.UTC(2026, 10, 21, 15, 39, 20) },
  ...{ baseline: 0.1, peak: 1.5, unit: "cores" },
};
