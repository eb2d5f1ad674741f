/**
 * statfs(2) for file systems that may never answer.
 *
 * On a dead NFS mount the call never comes back and cannot be cancelled. In libuv's pool it would hold one of four threads that DNS,
 * files and gzip need as well, so what may hang is asked in worker threads: one serves all as long as they answer; one that does
 * not costs its thread (8 MB), and the next question goes to a new one. Local file systems answer from memory: the pool does for
 * them, and a machine without network mounts pays for no worker at all.
 */
import { statfs } from "node:fs/promises";
import { Worker } from "node:worker_threads";

/** What statfs(2) says, in the file system's own blocks. */
export interface StatfsSize {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** Asks for sizes. The promise of a file system that hangs stays open; errors have a `code`. */
export interface Statfs {
  /** `bytes` is the path where it is no UTF-8. */
  ask(path: string, fstype: string, bytes?: Buffer): Promise<StatfsSize>;
  close(): void;
}

/** So many threads may be lost to mounts that do not answer; from then on mounts that could hang are not asked. */
const mostStuckWorkers = 4;

const localTypes = new Set(
  "bcachefs btrfs erofs exfat ext2 ext3 ext4 f2fs jfs msdos ntfs3 ramfs reiserfs rootfs tmpfs udf vfat xfs zfs".split(" "),
);

/** No thread is left to ask with: for the mount that is the same as not answering. */
export class NoWorkerError extends Error {
  override readonly name = "NoWorkerError";
  readonly code = "timeout";

  constructor() {
    super(`${mostStuckWorkers} mounts do not answer and hold all threads that may ask`);
  }
}

type Answer = { readonly size: StatfsSize } | { readonly code: string; readonly message: string };

/** Asks the real file systems. `script` is what a worker runs; only tests give another. */
export class ThreadedStatfs implements Statfs {
  readonly #script: URL;
  readonly #busy = new Set<Worker>();
  #idle: Worker | undefined;
  #poolBusy = false;

  constructor(script: URL = new URL("./statfsWorker.js", import.meta.url)) {
    this.#script = script;
  }

  /** How many threads wait for an answer now. */
  get waiting(): number {
    return this.#busy.size;
  }

  async ask(path: string, fstype: string, bytes?: Buffer): Promise<StatfsSize> {
    const asked = bytes ?? path;
    // should a local one hang after all, it holds one thread of the pool and no second one goes there
    if (!localTypes.has(fstype) || this.#poolBusy) return this.#askWorker(asked);
    this.#poolBusy = true;
    try {
      return await statfs(asked);
    } finally {
      this.#poolBusy = false;
    }
  }

  /** Ends the workers; one that is stuck in the kernel ends when its call does. */
  close(): void {
    for (const worker of this.#busy) void worker.terminate();
    void this.#idle?.terminate();
    this.#idle = undefined;
  }

  #askWorker(path: string | Buffer): Promise<StatfsSize> {
    if (this.#idle === undefined && this.#busy.size >= mostStuckWorkers) return Promise.reject(new NoWorkerError());
    const worker = this.#idle ?? this.#startWorker();
    this.#idle = undefined;
    this.#busy.add(worker);
    return new Promise((resolve, reject) => {
      const listen = (answered: (answer: Answer) => void, ended: (reason: unknown) => void) => {
        worker.once("message", answered).once("error", ended).once("exit", ended);
        return () => worker.off("message", answered).off("error", ended).off("exit", ended);
      };
      const ignore = listen(
        (answer) => {
          ignore();
          this.#rest(worker);
          if ("size" in answer) resolve(answer.size);
          else reject(Object.assign(new Error(answer.message), { code: answer.code }));
        },
        (reason) => {
          ignore();
          this.#busy.delete(worker);
          reject(reason instanceof Error ? reason : new Error(`the thread that asked ended with code ${String(reason)}`));
        },
      );
      worker.postMessage(path);
    });
  }

  #startWorker(): Worker {
    const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };
    const worker = new Worker(this.#script, { resourceLimits: limits, execArgv: [], env: {} });
    // neither an idle thread nor a stuck one keeps the process alive
    worker.unref();
    const forget = () => {
      if (this.#idle === worker) this.#idle = undefined;
    };
    // between questions nobody else listens, and an error without a listener would end the process
    return worker.on("error", forget).on("exit", forget);
  }

  /** One idle thread is enough: those that come back late are let go. */
  #rest(worker: Worker): void {
    this.#busy.delete(worker);
    if (this.#idle === undefined) this.#idle = worker;
    else void worker.terminate();
  }
}
