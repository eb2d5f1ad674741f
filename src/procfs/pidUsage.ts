/** What a process uses beyond CPU: shared pages, I/O, what its tasks wait for. Read only for processes that moved. */
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { errorCode, isDenied, isGone } from "./errors.ts";
import type { ReadBuffer } from "./kernelFiles.ts";
import type { ProcRoot } from "./root.ts";
import { Scanner } from "./scanner.ts";

/** Bytes that a process moved to and from storage, those of its reaped children included (proc_pid_io(5)). */
export interface PidIo {
  readonly readBytes: number;
  readonly writtenBytes: number;
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

  /** /proc/PID/io; undefined where the kernel denies it, which it does even to root for some. */
  readIo(pid: number): PidIo | undefined {
    try {
      return parsePidIo(this.#read(`${this.#root.procfs}/${pid}/io`));
    } catch (error) {
      if (isDenied(error) || errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  /** The pages of /proc/PID/statm that are shared: with other processes or with the page cache. */
  readSharedPages(pid: number): number {
    return parseSharedPages(this.#read(`${this.#root.procfs}/${pid}/statm`));
  }

  /** How many threads besides the main one run or are in uninterruptible sleep. */
  readThreadStates(pid: number): { running: number; uninterruptible: number } {
    let running = 0;
    let uninterruptible = 0;
    const directory = `${this.#root.procfs}/${pid}/task`;
    const main = String(pid);
    for (const task of readdirSync(directory)) {
      if (task === main) continue;
      const state = this.#readState(`${directory}/${task}/stat`);
      if (state === "R") running++;
      else if (state === "D") uninterruptible++;
    }
    return { running, uninterruptible };
  }

  /** The kernel function in which the process sleeps; undefined where it is not told. */
  readWaitChannel(pid: number): string | undefined {
    try {
      const name = readFileSync(`${this.#root.procfs}/${pid}/wchan`, "latin1");
      return name === "" || name === "0" ? undefined : name;
    } catch (error) {
      if (isDenied(error) || isGone(error)) return undefined;
      throw error;
    }
  }

  #readState(path: string): string | undefined {
    try {
      const text = this.#read(path);
      const end = text.bytes.lastIndexOf(")", text.length - 1, "latin1");
      return String.fromCharCode(text.bytes[end + 2] ?? 0);
    } catch (error) {
      if (isGone(error)) return undefined;
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
export function parsePidIo(text: Scanner): PidIo {
  let readBytes: number | undefined;
  let writtenBytes: number | undefined;
  while (!text.atEnd) {
    if (text.take("read_bytes:")) readBytes = text.number();
    else if (text.take("write_bytes:")) writtenBytes = text.number();
    text.skipLine();
  }
  if (readBytes === undefined || writtenBytes === undefined) text.fail("lines read_bytes and write_bytes");
  return { readBytes, writtenBytes };
}

/** `size resident shared text lib data dt` in pages. */
export function parseSharedPages(text: Scanner): number {
  text.skipWord();
  text.skipWord();
  return text.number();
}
