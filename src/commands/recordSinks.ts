/** Where `culprit record` writes to. */
import { createWriteStream } from "node:fs";
import { access, constants, mkdir, open, stat } from "node:fs/promises";
import { finished } from "node:stream/promises";
import type { Log } from "../log.ts";
import type { Clock } from "../model/clock.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import type { GroupUsage } from "../model/group.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { FlightRecorder } from "../recorder/flightRecorder.ts";
import type { RecordedHost } from "../recorder/format/header.ts";
import { secondTableHead, secondTableRecord } from "../recorder/format/secondTable.ts";
import { Ring } from "../recorder/ring.ts";

/** Takes what is to be written. */
export interface RecordSink {
  /** Rejects when nothing can be written any more. */
  readonly failed: Promise<never>;
  take(snapshot: Snapshot, shown: readonly GroupUsage[]): void;
  /** Comes back when everything is on the disk. */
  close(): Promise<{ readonly written: number; readonly lost: number }>;
}

interface RecordSinkOptions {
  readonly path: string;
  readonly kind: "table" | "recording";
  readonly host: RecordedHost;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens a new table, or a recording that is new or goes on. @throws with a sentence when that is not possible */
export async function openRecordSink(options: RecordSinkOptions): Promise<RecordSink> {
  return options.kind === "table" ? openTable(options.path) : openRecording(options);
}

async function openTable(path: string): Promise<RecordSink> {
  const file = await open(path, "wx").catch((error: unknown) => {
    throw new Error(`--out: cannot begin ${path}: ${writeReasonOf(error, { EEXIST: "it is there already; expected a new file" })}`);
  });
  const stream = createWriteStream(path, { fd: file });
  const failed = new Promise<never>((_resolve, reject) => {
    stream.once("error", (error) => reject(new Error(`${path} cannot be written any more: ${writeReasonOf(error)}`)));
  });
  // `failed` is awaited by the caller, or by close() once nobody else does
  failed.catch(() => undefined);
  stream.write(secondTableHead);
  let written = 0;
  return {
    failed,
    take(snapshot, shown) {
      // the first one knows no rates: nothing was before it
      if (snapshot.elapsedSeconds === undefined) return;
      stream.write(secondTableRecord({ ...snapshot, groups: shown }));
      written++;
    },
    async close() {
      stream.end();
      await Promise.race([finished(stream), failed]);
      return { written, lost: 0 };
    },
  };
}

async function openRecording({ path, host, version, clock, log }: RecordSinkOptions): Promise<RecordSink> {
  await makeWritable(path);
  const recorder = new FlightRecorder({
    directory: path,
    // nothing reads it back
    ring: new Ring({ keepSeconds: 0, mostBytes: 0 }),
    host,
    version,
    limits: { maxBytes: Number.POSITIVE_INFINITY, maxAgeSeconds: Number.POSITIVE_INFINITY },
    clock,
    log,
  });
  await recorder.open();
  return {
    failed: new Promise<never>(() => undefined),
    take: (snapshot, shown) => void recorder.record(snapshot, shown),
    async close() {
      await recorder.close({ pack: true });
      const { acknowledged, lost } = recorder.figures;
      return { written: acknowledged, lost };
    },
  };
}

async function makeWritable(path: string): Promise<void> {
  try {
    await mkdir(path).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
    if (!(await stat(path)).isDirectory()) throw new Error("it is a file; expected a folder, or a name that ends in .csv");
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(`--out: cannot record into ${path}: ${writeReasonOf(error, { ENOENT: "the folder above it does not exist" })}`);
  }
}

function writeReasonOf(error: unknown, known: Readonly<Record<string, string>> = {}): string {
  const more = { ENOENT: "the folder does not exist", EACCES: "permission denied", ENOSPC: "the disk is full", ...known };
  const told = Object.entries(more).find(([code]) => code === codeOf(error))?.[1];
  return told ?? reasonOf(error);
}
