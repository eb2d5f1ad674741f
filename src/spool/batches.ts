/**
 * The files of a spool: `<sequence>.json`, one for each append, holding all items of it that are not acknowledged yet.
 *
 * One file for an append makes the append atomic: its one rename brings all items or none.
 */
import { copyFile, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { codeOf, reasonOf } from "../model/errors.ts";
import { makeDirectoryIfPossible, syncDirectory, unlessRefused, writeDurably } from "./durable.ts";

/** An item in the queue, and what happened to it so far. */
export interface Entry<T> {
  readonly id: string;
  readonly item: T;
  /** It is not looked at before this moment; 0 when it was never put off. */
  readonly retryAtMs: number;
  /** How often `retryAt` was called for it. */
  readonly attempts: number;
}

/** The entries that came in one append. */
export interface Batch<T> {
  readonly sequence: number;
  readonly entries: readonly Entry<T>[];
}

/** What was found in the directory. */
interface FoundBatches<T> {
  readonly batches: readonly Batch<T>[];
  /** Files or items that could not be understood; they lie beside as `.bad`. */
  readonly corrupt: number;
  readonly nextSequence: number;
}

const sequenceDigits = 16;
const batchName = /^(\d{16})\.json$/;

/** The path of a batch: names sort as sequences do. */
export function batchPath(directory: string, sequence: number): string {
  return join(directory, `${String(sequence).padStart(sequenceDigits, "0")}.json`);
}

/** Writes a batch, or removes its file when nothing is left in it. */
export async function storeBatch<T>(directory: string, batch: Batch<T>): Promise<void> {
  const path = batchPath(directory, batch.sequence);
  if (batch.entries.length > 0) {
    await writeDurably(path, `${JSON.stringify({ entries: batch.entries })}\n`);
    return;
  }
  await rm(path, { force: true });
  // where somebody has removed the directory there is nothing to come back either
  await syncDirectory(directory).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

/**
 * Reads the directory, making it when there is none. What cannot be understood is moved aside and never takes the rest down. A disk that
 * takes nothing is read all the same.
 */
export async function readBatches<T>(directory: string, parse: (json: unknown) => T, log: Log): Promise<FoundBatches<T>> {
  await makeDirectoryIfPossible(directory);
  const batches: Batch<T>[] = [];
  let corrupt = 0;
  let nextSequence = 1;
  for (const name of (await readNames(directory)).sort()) {
    const path = join(directory, name);
    if (name.endsWith(".tmp")) await unlessRefused(() => rm(path, { force: true }));
    const digits = /^(\d{16})\.json/.exec(name)?.[1];
    if (digits !== undefined) nextSequence = Math.max(nextSequence, Number(digits) + 1);
    if (!batchName.test(name)) continue;
    const sequence = Number(digits);
    const { entries, problems } = await readBatch(path, parse);
    if (problems.length > 0) {
      corrupt += problems.length;
      log.error("queue: a stored file cannot be understood and was moved aside", { file: `${path}.bad`, problems });
      await unlessRefused(async () => {
        await setAside(path, entries.length > 0);
        if (entries.length > 0) await storeBatch(directory, { sequence, entries });
      });
    }
    if (entries.length > 0) batches.push({ sequence, entries });
  }
  return { batches, corrupt, nextSequence };
}

/** None where the directory could not be made. */
async function readNames(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

/** A copy where good items remain: they must not be lost when we are killed before they are written anew. */
async function setAside(path: string, partly: boolean): Promise<void> {
  if (partly) await copyFile(path, `${path}.bad`);
  else await rename(path, `${path}.bad`);
}

async function readBatch<T>(path: string, parse: (json: unknown) => T): Promise<{ entries: Entry<T>[]; problems: string[] }> {
  try {
    return parseBatch(await readFile(path, "utf8"), parse);
  } catch (error) {
    return { entries: [], problems: [reasonOf(error)] };
  }
}

function parseBatch<T>(text: string, parse: (json: unknown) => T): { entries: Entry<T>[]; problems: string[] } {
  const entries: Entry<T>[] = [];
  const problems: string[] = [];
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (error) {
    return { entries, problems: [reasonOf(error)] };
  }
  const list = typeof stored === "object" && stored !== null && "entries" in stored ? stored.entries : undefined;
  if (!Array.isArray(list)) return { entries, problems: ['expected an object with a list "entries"'] };
  for (const one of list as unknown[]) {
    try {
      entries.push(parseEntry(one, parse));
    } catch (error) {
      problems.push(reasonOf(error));
    }
  }
  return { entries, problems };
}

function parseEntry<T>(json: unknown, parse: (json: unknown) => T): Entry<T> {
  if (typeof json !== "object" || json === null) throw new Error("expected an entry to be an object");
  const { id, item, retryAtMs, attempts } = json as Record<string, unknown>;
  if (typeof id !== "string" || typeof retryAtMs !== "number" || typeof attempts !== "number") {
    throw new Error("expected an entry to have id, item, retryAtMs and attempts");
  }
  return { id, item: parse(item), retryAtMs, attempts };
}
