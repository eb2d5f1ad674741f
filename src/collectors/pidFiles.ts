/** One file of one process, which may be missing, denied or odd without costing the process more than that file. */
import { existsSync } from "node:fs";
import { codeOf } from "../model/errors.ts";
import { isDenied, isGone } from "../procfs/errors.ts";
import type { ProcRoot } from "../procfs/root.ts";
import type { Skips } from "../procfs/skips.ts";

/**
 * What `read` makes of /proc/PID/`file`; undefined where the kernel denies it, has no such file (gVisor, a kernel without cgroups) or
 * where it is odd, which is counted. Throws like the kernel when the process itself is gone.
 */
export function readPidFile<Value>(root: ProcRoot, pid: number, file: string, skips: Skips, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isDenied(error)) return undefined;
    const path = `${root.procfs}/${pid}`;
    if (isGone(error)) {
      // a process that has just gone leaves no directory; one that has no such file still has others
      if (codeOf(error) === "ESRCH" || !existsSync(path)) throw error;
      return undefined;
    }
    skips.add(`${path}/${file}`, error);
    return undefined;
  }
}
