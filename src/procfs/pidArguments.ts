/**
 * /proc/PID/cmdline into one buffer that is used again and again, for whoever looks at it more than once.
 *
 * Raw: whoever takes the arguments out redacts them at once, so that no type downstream holds them.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { ProcRoot } from "./root.ts";

/** An argument list may be megabytes long; nobody is known by what comes later than this. */
const mostBytes = 64 * 1024;

const space = 32;

/** Reads command lines one after the other. */
export class PidArgumentsReader {
  readonly #root: ProcRoot;
  readonly #bytes = Buffer.allocUnsafe(mostBytes);
  #length = 0;

  constructor(root: ProcRoot) {
    this.#root = root;
  }

  /** Reads the command line of `pid`; what is known of the one before is gone. Throws like the kernel when the process is. */
  read(pid: number): void {
    this.#length = 0;
    const descriptor = openSync(`${this.#root.procfs}/${pid}/cmdline`, "r");
    try {
      this.#length = usefulLength(this.#bytes, readSync(descriptor, this.#bytes, 0, mostBytes, 0));
    } finally {
      closeSync(descriptor);
    }
  }

  /** True for kernel threads, zombies, and a process that is just ending. */
  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** A number that differs when the command line does (FNV-1a), so that nobody need keep the line to see that it has changed. */
  fingerprint(): number {
    const bytes = this.#bytes;
    const length = this.#length;
    let hash = 0x811c9dc5;
    for (let index = 0; index < length; index++) hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
    return hash >>> 0;
  }

  /** The arguments. Each is a string of its own: slices of one would keep all of it in memory. */
  arguments(): string[] {
    const args: string[] = [];
    for (let start = 0; start < this.#length; ) {
      const end = this.#bytes.indexOf(0, start);
      const stop = end < 0 || end > this.#length ? this.#length : end;
      args.push(this.#bytes.toString("utf8", start, stop));
      start = stop + 1;
    }
    return args;
  }
}

/**
 * Without the NULs and spaces at the end, which programs that write over their own title leave there. What was cut off in the middle
 * of an argument is left out: half a secret might not be known for one.
 */
function usefulLength(bytes: Buffer, readLength: number): number {
  let length = readLength;
  if (length === bytes.length) {
    const lastNul = bytes.lastIndexOf(0);
    length = lastNul > 0 ? lastNul : Math.max(0, bytes.lastIndexOf(space));
  }
  while (length > 0 && (bytes[length - 1] === 0 || bytes[length - 1] === space)) length--;
  return length;
}
