/**
 * Reads whole-machine files of /proc through descriptors that stay open.
 *
 * A read at position 0 makes the kernel write the file anew, so the cost of open and close is paid once.
 *
 * Files that the kernel writes in one go (stat, meminfo, all of a process's) come out of one read, and must: two would show two
 * moments. Those that it writes line by line (mounts, interrupts, diskstats, net/dev, vmstat: `seq_read` in fs/seq_file.c) come by
 * the page, however long the buffer is, and end only where a read gives nothing.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { isGone } from "./errors.ts";
import type { ProcRoot } from "./root.ts";
import { Scanner } from "./scanner.ts";

const firstBufferBytes = 64 * 1024;

/** The buffer of a reader: grows until the longest file fits into it. */
export class ReadBuffer {
  bytes: Buffer = Buffer.allocUnsafe(firstBufferBytes);

  /** Reads a file that the kernel writes in one go; the length of what is now in `bytes`. */
  readAtOnce(descriptor: number): number {
    for (;;) {
      const length = readSync(descriptor, this.bytes, 0, this.bytes.length, 0);
      if (length < this.bytes.length) return length;
      this.bytes = Buffer.allocUnsafe(this.bytes.length * 2);
    }
  }

  /** Reads any file until a read gives nothing more; the length of what is now in `bytes`. */
  readToEnd(descriptor: number): number {
    let length = 0;
    for (;;) {
      const more = readSync(descriptor, this.bytes, length, this.bytes.length - length, length);
      if (more === 0) return length;
      length += more;
      if (length === this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.allocUnsafe(length)]);
    }
  }
}

/** Open files below one root, by path, sharing one buffer and one scanner. */
export class KernelFiles {
  readonly root: ProcRoot;
  readonly #buffer = new ReadBuffer();
  readonly #scanner = new Scanner();
  readonly #descriptors = new Map<string, number>();

  constructor(root: ProcRoot) {
    this.root = root;
  }

  /**
   * The file at an absolute path, as text to be scanned, until the next call.
   * `undefined` when there is none; other errors (denied, EIO) are thrown.
   */
  read(path: string): Scanner | undefined {
    return this.#readOrMissing(path, "readToEnd");
  }

  /** The same of a file that the kernel writes in one go: half the calls, for what is read in every tick. */
  readAtOnce(path: string): Scanner | undefined {
    return this.#readOrMissing(path, "readAtOnce");
  }

  /** Closes every descriptor, or only those of paths that begin with `prefix`. */
  close(prefix = ""): void {
    for (const [path, descriptor] of this.#descriptors) {
      if (!path.startsWith(prefix)) continue;
      closeSync(descriptor);
      this.#descriptors.delete(path);
    }
  }

  #readOrMissing(path: string, way: "readToEnd" | "readAtOnce"): Scanner | undefined {
    try {
      return this.#readCached(path, way);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  #readCached(path: string, way: "readToEnd" | "readAtOnce"): Scanner {
    let descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) {
      descriptor = openSync(path, "r");
      this.#descriptors.set(path, descriptor);
    }
    try {
      const length = this.#buffer[way](descriptor);
      this.#scanner.reset(path, this.#buffer.bytes, length);
      return this.#scanner;
    } catch (error) {
      this.#descriptors.delete(path);
      closeSync(descriptor);
      throw error;
    }
  }
}
