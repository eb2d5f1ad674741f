/**
 * The durable bounded queue: append, fsync, acknowledge, retry time, oldest dropped and counted.
 *
 * Captures, notifications, push and shipping use it. What `append` promised survives a power cut; what was
 * acknowledged never comes back; beyond the bound the oldest entries are dropped, counted and logged.
 */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { reasonOf } from "../model/errors.ts";
import { type Batch, batchPath, type Entry, readBatches, storeBatch } from "./batches.ts";
import { refusesToWrite, writeDurably } from "./durable.ts";

interface SpoolOptions<T> {
  readonly directory: string;
  /** When more entries than this wait, the oldest are dropped. */
  readonly maxEntries: number;
  /** Makes an item of what was stored; throws when it cannot be one. */
  readonly parse: (json: unknown) => T;
  readonly log: Log;
  /** Told of each entry that was dropped for want of room. */
  readonly onDropped?: (entry: Entry<T>) => void;
}

/**
 * Opens the queue and reads what waits in it. Rejects with a sentence when the directory cannot be one; a disk that takes nothing now is
 * tried again at every append.
 */
export async function openSpool<T>(options: SpoolOptions<T>): Promise<Spool<T>> {
  const { directory, parse, log } = options;
  try {
    const { batches, corrupt, nextSequence } = await readBatches(directory, parse, log);
    // fails at the start and not at the first alert when the directory cannot be written
    await probe(directory).catch((error: unknown) => {
      if (!refusesToWrite(error)) throw error;
      log.debug("queue: nothing can be kept in it for now", { directory, reason: String(error) });
    });
    return new Spool(options, batches, corrupt, nextSequence);
  } catch (error) {
    const reason = reasonOf(error);
    throw new Error(`the queue directory ${directory} cannot be used, expected a directory that can be written: ${reason}`, {
      cause: error,
    });
  }
}

async function probe(directory: string): Promise<void> {
  await writeDurably(join(directory, "probe"), "probe\n");
  await rm(join(directory, "probe"), { force: true });
}

/** A queue on disk. Methods that change it run one after the other, in the order of their calls. */
export class Spool<T> {
  readonly #options: SpoolOptions<T>;
  #batches: readonly Batch<T>[];
  #dropped: number;
  #nextSequence: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SpoolOptions<T>, batches: readonly Batch<T>[], dropped: number, nextSequence: number) {
    this.#options = options;
    this.#batches = batches;
    this.#dropped = dropped;
    this.#nextSequence = nextSequence;
  }

  get length(): number {
    return this.#batches.reduce((sum, batch) => sum + batch.entries.length, 0);
  }

  /** Entries lost since the start: dropped for want of room, or found unreadable. */
  get dropped(): number {
    return this.#dropped;
  }

  /** All entries, oldest first. */
  entries(): readonly Entry<T>[] {
    return this.#batches.flatMap((batch) => batch.entries);
  }

  /** Resolves once all items are on disk; rejects and keeps none of them when they cannot be. */
  append(items: readonly T[]): Promise<readonly Entry<T>[]> {
    return this.#serially(async () => {
      if (items.length === 0) return [];
      const sequence = this.#nextSequence++;
      const entries = items.map((item, index): Entry<T> => ({ id: `${sequence}-${index}`, item, retryAtMs: 0, attempts: 0 }));
      try {
        await storeBatch(this.#options.directory, { sequence, entries });
      } catch (error) {
        // the rename may have happened before the error: a refused append must not come back after a restart
        await storeBatch(this.#options.directory, { sequence, entries: [] }).catch(() => undefined);
        throw error;
      }
      this.#batches = [...this.#batches, { sequence, entries }];
      await this.#dropOldest();
      return entries;
    });
  }

  /** Makes its directory again where somebody has removed it, and writes a small file. Rejects when an append would. */
  check(): Promise<void> {
    return this.#serially(async () => {
      const { directory } = this.#options;
      for (const batch of this.#batches) {
        if (!(await exists(batchPath(directory, batch.sequence)))) await storeBatch(directory, batch);
      }
      await probe(directory);
    });
  }

  /** These are done with. Harmless where they are not there any more. */
  acknowledge(ids: readonly string[]): Promise<void> {
    return this.#serially(() => this.#change(ids, () => undefined));
  }

  /** Puts these off until `ms` and counts the attempt, durably. */
  retryAt(ids: readonly string[], ms: number): Promise<void> {
    return this.#serially(() => this.#change(ids, (entry) => ({ ...entry, retryAtMs: ms, attempts: entry.attempts + 1 })));
  }

  /** Memory follows the disk: where a file cannot be changed, nothing of it has changed. */
  async #change(ids: readonly string[], change: (entry: Entry<T>) => Entry<T> | undefined): Promise<void> {
    for (const batch of this.#batches) {
      if (!batch.entries.some(({ id }) => ids.includes(id))) continue;
      const entries = batch.entries.flatMap((entry) => (ids.includes(entry.id) ? (change(entry) ?? []) : [entry]));
      const changed = { sequence: batch.sequence, entries };
      await storeBatch(this.#options.directory, changed);
      this.#batches = this.#batches.flatMap((one) => (one !== batch ? [one] : entries.length > 0 ? [changed] : []));
    }
  }

  async #dropOldest(): Promise<void> {
    const { directory, maxEntries, log, onDropped } = this.#options;
    for (;;) {
      const excess = this.length - maxEntries;
      const [oldest, ...rest] = this.#batches;
      if (excess <= 0 || oldest === undefined) return;
      const kept = { sequence: oldest.sequence, entries: oldest.entries.slice(excess) };
      const lost = oldest.entries.slice(0, excess);
      try {
        await storeBatch(directory, kept);
      } catch (error) {
        // what was promised stands: the next append tries again
        log.error("queue: full, and the oldest entries could not be dropped", { directory, reason: String(error) });
        return;
      }
      this.#batches = kept.entries.length > 0 ? [kept, ...rest] : rest;
      this.#dropped += lost.length;
      log.error("queue: full, the oldest entries were dropped", { directory, maxEntries, dropped: lost.length });
      for (const entry of lost) onDropped?.(entry);
    }
  }

  #serially<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
