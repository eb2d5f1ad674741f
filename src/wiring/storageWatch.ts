/**
 * Looks after the storage: what somebody has removed is made again, what a full disk refused at the start is brought to it once there is
 * room, and callers learn whether requests can be kept now.
 */
import { access } from "node:fs/promises";
import type { Log } from "../log.ts";
import type { Cancel, Clock } from "../model/clock.ts";
import { reasonOf } from "../model/errors.ts";

/** One part of Culprit that keeps something there. */
export interface StorageKeeper {
  /** Missing, it was removed by somebody, or could never be made. */
  readonly path: string;
  /** Brings back what is missing. Rejects when what the part promises could not be kept now. */
  check(): Promise<void>;
}

interface StorageWatchOptions {
  readonly directory: string;
  readonly keepers: readonly StorageKeeper[];
  /** True when another part has met a disk that cannot be written. */
  readonly isSuspect: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** In place of the file system's answer. */
  readonly isThere?: (path: string) => Promise<boolean>;
}

const everySeconds = 5;
const inTroubleSeconds = 2;
/** A disk that takes longer counts as one that cannot be written. */
const longestCheckSeconds = 10;

/** Looks now and then, and tries the storage out only where something is missing or has failed. */
export class StorageWatch {
  readonly #options: StorageWatchOptions;
  #problem: string | undefined;
  /** Nothing is known yet. */
  #isNew = true;
  #isStopped = false;
  #running: Promise<void> | undefined;
  #cancel: Cancel = () => undefined;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
  }

  /** Why what is promised could not be kept; undefined while it can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Looks for the first time, and goes on looking. Never rejects, and never waits for a disk that hangs. */
  async start(): Promise<void> {
    await this.#look();
    this.#plan();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #plan(): void {
    if (this.#isStopped) return;
    const seconds = this.#problem === undefined ? everySeconds : inTroubleSeconds;
    this.#cancel = this.#options.clock.after(seconds, () => void this.#look().then(() => this.#plan()));
  }

  async #look(): Promise<void> {
    // while one check hangs no other is begun
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined;
    });
    let cancel: Cancel = () => undefined;
    const overdue = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(longestCheckSeconds, () => {
        this.#note(`it did not answer within ${longestCheckSeconds} s`);
        resolve();
      });
    });
    await Promise.race([this.#running, overdue]);
    cancel();
  }

  async #check(): Promise<void> {
    const { keepers, isSuspect } = this.#options;
    const isDue = this.#isNew || this.#problem !== undefined || isSuspect();
    const missing = await this.#missing();
    if (!isDue && missing.length === 0) return;
    if (!isDue) this.#options.log.warn("storage: somebody has removed a part of it; what is known of that is written again", { missing });
    let problem: string | undefined;
    for (const keeper of keepers) {
      await keeper.check().catch((error: unknown) => {
        problem ??= reasonOf(error);
      });
    }
    this.#isNew = false;
    this.#note(problem);
  }

  #note(problem: string | undefined): void {
    const { directory, log } = this.#options;
    const before = this.#problem;
    this.#problem = problem;
    if ((before === undefined) === (problem === undefined)) return;
    if (problem === undefined) log.info("storage: it takes what is to be kept again", { directory });
    else {
      const message = "storage: it takes nothing now; the newest past is kept in memory, and alerts are answered with 503 until it does";
      log.error(message, { directory, reason: problem });
    }
  }

  async #missing(): Promise<readonly string[]> {
    const { keepers, isThere = isOnDisk } = this.#options;
    const missing: string[] = [];
    for (const { path } of keepers) if (!(await isThere(path))) missing.push(path);
    return missing;
  }
}

function isOnDisk(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
