/**
 * Reads whole-machine files of /proc through descriptors that stay open.
 *
 * A read at position 0 makes the kernel write the file anew, so the cost of open and close is paid once.
 * A /proc file must come out of one read: two reads may show two moments.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { isGone } from "./errors.ts";
import type { ProcRoot } from "./root.ts";
import { Scanner } from "./scanner.ts";

const firstBufferBytes = 64 * 1024;

/** The buffer of a reader: grows until the longest file fits into one read. */
export class ReadBuffer {
  bytes: Buffer = Buffer.allocUnsafe(firstBufferBytes);

  /** Reads all of `descriptor` from its start; the length of what is now in `bytes`. */
  readWhole(descriptor: number): number {
    for (;;) {
      const length = readSync(descriptor, this.bytes, 0, this.bytes.length, 0);
      if (length < this.bytes.length) return length;
      this.bytes = Buffer.allocUnsafe(this.bytes.length * 2);
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
    try {
      return this.#readCached(path);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** Closes every descriptor, or only those of paths that begin with `prefix`. */
  close(prefix = ""): void {
    for (const [path, descriptor] of this.#descriptors) {
      if (!path.startsWith(prefix)) continue;
      closeSync(descriptor);
      this.#descriptors.delete(path);
    }
  }

  #readCached(path: string): Scanner {
    let descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) {
      descriptor = openSync(path, "r");
      this.#descriptors.set(path, descriptor);
    }
    try {
      const length = this.#buffer.readWhole(descriptor);
      this.#scanner.reset(path, this.#buffer.bytes, length);
      return this.#scanner;
    } catch (error) {
      this.#descriptors.delete(path);
      closeSync(descriptor);
      throw error;
    }
  }
}
