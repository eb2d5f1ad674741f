/** The batches that wait, a file each: the queue itself holds only their names, so that a day of outage is no matter of memory. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectoryIfPossible, unlessRefused, writeDurably } from "../spool/durable.ts";
import type { NewBatch } from "./kind.ts";

/** What the queue holds of a batch: the name of its file says all. Short, for there may be thousands. */
export type BatchName = string;

const form = /^(\d{1,15})-(\d{1,9})-(\d{1,9})-(\d{1,9})$/;
/** So many are held in memory while the disk takes none. */
const mostHeld = 4;

/** What a name says. @throws when it is none */
export function parseBatchName(json: unknown): { readonly takenAtMs: number; readonly samples: number; readonly bytes: number } {
  const parts = typeof json === "string" ? form.exec(json) : null;
  if (parts === null) throw new Error("expected the name of a batch");
  return { takenAtMs: Number(parts[1]), samples: Number(parts[3]), bytes: Number(parts[4]) };
}

/** The files of one sink. */
export class Payloads {
  readonly #directory: string;
  /** What the disk did not take, oldest first. */
  readonly #held = new Map<BatchName, Buffer>();
  #next = 1;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Removes what nobody waits for: it arrived, or was never promised, when Culprit was killed. */
  async open(waiting: readonly BatchName[]): Promise<void> {
    await makeDirectoryIfPossible(this.#directory);
    const known = new Set(waiting);
    const found = await readdir(this.#directory).catch(() => []);
    await unlessRefused(async () => {
      for (const name of found) if (!known.has(name)) await rm(join(this.#directory, name), { force: true });
    });
  }

  /** Keeps a batch; where the disk does not take it, in memory. `lost` are those for which there is no room there any more. */
  async keep({ payload, samples, takenAtMs }: NewBatch): Promise<{ readonly name: BatchName; readonly lost: readonly BatchName[] }> {
    const name = `${takenAtMs}-${this.#next++}-${samples}-${payload.length}`;
    try {
      await writeDurably(join(this.#directory, name), payload);
      return { name, lost: [] };
    } catch {
      this.#held.set(name, payload);
      const lost = [...this.#held.keys()].slice(0, -mostHeld);
      for (const one of lost) this.#held.delete(one);
      return { name, lost };
    }
  }

  /** Undefined when it is not there any more, or is not what was written. */
  async read(name: BatchName): Promise<Buffer | undefined> {
    const held = this.#held.get(name);
    if (held !== undefined) return held;
    const payload = await readFile(join(this.#directory, name)).catch(() => undefined);
    return payload?.length === parseBatchName(name).bytes ? payload : undefined;
  }

  async remove(name: BatchName): Promise<void> {
    if (this.#held.delete(name)) return;
    await rm(join(this.#directory, name), { force: true }).catch(() => undefined);
  }
}
