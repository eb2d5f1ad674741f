/** The open /proc/PID/stat files of the known processes: as many as may stay open. */
import { closeSync } from "node:fs";
import { isOutOfDescriptors } from "../procfs/errors.ts";
import type { ReadBuffer } from "../procfs/kernelFiles.ts";
import { openPidStat, type PidStat, parsePidStat, readPidStat } from "../procfs/pidStat.ts";
import type { ProcRoot } from "../procfs/root.ts";

/** Opens them, and counts. */
export class StatDescriptors {
  readonly #root: ProcRoot;
  readonly #most: number;
  #open = 0;

  constructor(root: ProcRoot, most: number) {
    this.#root = root;
    this.#most = most;
  }

  /** Undefined when no more may be open: then the file is opened for each reading. Throws when the process is gone or denied. */
  open(pid: number): number | undefined {
    if (this.#open >= this.#most) return undefined;
    try {
      const descriptor = openPidStat(this.#root, pid);
      this.#open++;
      return descriptor;
    } catch (error) {
      if (isOutOfDescriptors(error)) return undefined;
      throw error;
    }
  }

  /** Reads a process' file by its descriptor, or afresh where none is open. */
  read(pid: number, descriptor: number | undefined, buffer: ReadBuffer, into: PidStat): void {
    if (descriptor === undefined) readPidStat(this.#root, pid, buffer, into);
    else parsePidStat(buffer.bytes, buffer.readAtOnce(descriptor), into);
  }

  close(descriptor: number | undefined): void {
    if (descriptor === undefined) return;
    closeSync(descriptor);
    this.#open--;
  }
}
