/**
 * The guard of the disk: captures must not fill it, and a disk alert still gets its archive.
 *
 * The limit is absolute, not a share: 64 MiB are the same on every disk. A reserve file made at the start is given up when
 * there is less, so that a small archive finds room even on a disk that is full to the last byte.
 */
import { randomFillSync } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Log } from "../../log.ts";
import { codeOf } from "../../model/errors.ts";
import { readAvailableBytes } from "../../procfs/space.ts";
import { inItsDirectory, syncDirectory } from "../../spool/durable.ts";

interface FreeSpaceOptions {
  /** The directory of the archives: the guard is about its file system. */
  readonly directory: string;
  readonly log: Log;
  readonly leastFreeBytes?: number;
  readonly reserveBytes?: number;
}

/** The reserve's name: nothing that could be taken for an archive. */
export const reserveName = ".reserve";

const mebibyte = 1024 * 1024;

/** Knows whether there is room, and holds a reserve for when there is none. */
export class FreeSpace {
  readonly leastFreeBytes: number;
  readonly #directory: string;
  readonly #log: Log;
  readonly #reserveBytes: number;
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ directory, log, leastFreeBytes = 64 * mebibyte, reserveBytes = 8 * mebibyte }: FreeSpaceOptions) {
    this.leastFreeBytes = leastFreeBytes;
    this.#directory = directory;
    this.#log = log;
    this.#reserveBytes = reserveBytes;
    this.#path = join(directory, reserveName);
  }

  /** True when less is free than the guard allows for a whole archive. */
  async isShort(): Promise<boolean> {
    return (await this.#freeBytes()) < this.leastFreeBytes;
  }

  /** True while there is a reserve to be given up. */
  async hasReserve(): Promise<boolean> {
    return (await sizeOf(this.#path)) !== undefined;
  }

  /** Makes the reserve, unless it is there already or there is no room to spare. */
  restoreReserve(): Promise<void> {
    return this.#serially(() => this.#restore());
  }

  /** Frees the reserve's room. False when there was none left to be freed. */
  giveUpReserve(): Promise<boolean> {
    return this.#serially(() => this.#giveUp());
  }

  async #restore(): Promise<void> {
    if ((await sizeOf(this.#path)) === this.#reserveBytes) return;
    if ((await this.#freeBytes()) < this.leastFreeBytes + this.#reserveBytes) return;
    const temporary = `${this.#path}.tmp`;
    try {
      await inItsDirectory(temporary, () => this.#writeReserve(temporary));
      await rename(temporary, this.#path);
      await syncDirectory(this.#directory);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      this.#log.warn("archives: the reserve for a full disk could not be made", { file: this.#path, reason: String(error) });
    }
  }

  async #giveUp(): Promise<boolean> {
    if ((await sizeOf(this.#path)) === undefined) return false;
    await rm(this.#path, { force: true });
    this.#log.warn("archives: the disk is nearly full, the reserve was given up", { directory: this.#directory });
    return true;
  }

  /** Random, for a file system that compresses would give no room for zeros. */
  async #writeReserve(path: string): Promise<void> {
    const file = await open(path, "w", 0o600);
    try {
      const chunk = Buffer.alloc(Math.min(mebibyte, this.#reserveBytes));
      for (let left = this.#reserveBytes; left > 0; left -= chunk.length) {
        await file.writeFile(randomFillSync(chunk).subarray(0, Math.min(left, chunk.length)));
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #serially<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #freeBytes(): Promise<number> {
    return availableBytesOf(this.#directory);
  }
}

/** Of the nearest directory that is there: it is made again on the same file system. */
async function availableBytesOf(directory: string): Promise<number> {
  try {
    return await readAvailableBytes(directory);
  } catch (error) {
    const above = dirname(directory);
    if (above === directory || codeOf(error) !== "ENOENT") throw error;
    return availableBytesOf(above);
  }
}

/** True when an error says that the disk, or the user's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOSPC" || code === "EDQUOT";
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
