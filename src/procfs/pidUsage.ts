/** What a process uses beyond CPU: shared pages, I/O, the states of its threads. Read only for processes that moved. */
import { closeSync, openSync, readdirSync } from "node:fs";
import { isDenied, isGone } from "./errors.ts";
import type { ReadBuffer } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import type { ProcRoot } from "./root.ts";
import { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Bytes that a process moved to and from storage, those of its reaped children included (proc_pid_io(5)); what the file does not say is absent. */
interface PidIo {
  readonly readBytes?: number;
  readonly writtenBytes?: number;
}

/** Reads small files of processes, each opened for one reading, with one buffer and one scanner for all. */
export class PidUsageReader {
  readonly #root: ProcRoot;
  readonly #buffer: ReadBuffer;
  readonly #scanner = new Scanner();

  constructor(root: ProcRoot, buffer: ReadBuffer) {
    this.#root = root;
    this.#buffer = buffer;
  }

  /** /proc/PID/io, which the kernel denies even to root for some. */
  readIo(pid: number, skips: Skips): PidIo {
    return parsePidIo(this.#read(`${this.#root.procfs}/${pid}/io`), skips);
  }

  /** The pages of /proc/PID/statm that are shared: with other processes or with the page cache. */
  readSharedPages(pid: number): number {
    return parseSharedPages(this.#read(`${this.#root.procfs}/${pid}/statm`));
  }

  /** How many threads besides the main one run or are in uninterruptible sleep. A thread that is odd costs itself only. */
  readThreadStates(pid: number, skips: Skips): { running: number; uninterruptible: number } {
    let running = 0;
    let uninterruptible = 0;
    const directory = `${this.#root.procfs}/${pid}/task`;
    const main = String(pid);
    for (const task of readdirSync(directory)) {
      if (task === main) continue;
      const path = `${directory}/${task}/stat`;
      const state = skips.attempt(path, () => this.#readState(path));
      if (state === "R") running++;
      else if (state === "D") uninterruptible++;
    }
    return { running, uninterruptible };
  }

  #readState(path: string): string | undefined {
    try {
      const text = this.#read(path);
      const end = text.bytes.lastIndexOf(")", text.length - 1, "latin1");
      return String.fromCharCode(text.bytes[end + 2] ?? 0);
    } catch (error) {
      if (isGone(error) || isDenied(error)) return undefined;
      throw error;
    }
  }

  #read(path: string): Scanner {
    const descriptor = openSync(path, "r");
    try {
      const length = this.#buffer.readAtOnce(descriptor);
      this.#scanner.reset(path, this.#buffer.bytes, length);
      return this.#scanner;
    } finally {
      closeSync(descriptor);
    }
  }
}

/** `read_bytes` and `write_bytes`: what really went to storage, not what passed read() and write(). */
export function parsePidIo(text: Scanner, skips: Skips): PidIo {
  const io: { -readonly [Key in keyof PidIo]: PidIo[Key] } = {};
  parseLines(text, skips, () => {
    if (text.take("read_bytes:")) io.readBytes = text.number();
    else if (text.take("write_bytes:")) io.writtenBytes = text.number();
  });
  if (io.readBytes === undefined && io.writtenBytes === undefined) text.fail("lines read_bytes and write_bytes");
  return io;
}

/** `size resident shared text lib data dt` in pages. */
export function parseSharedPages(text: Scanner): number {
  text.skipWord();
  text.skipWord();
  return text.number();
}
