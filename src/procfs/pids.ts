/** The directories of /proc that are numbers: the processes that exist. */
import { opendirSync } from "node:fs";
import type { ProcRoot } from "./root.ts";

const namesPerPart = 256;

/**
 * Lists the pids below `root.procfs` part by part: that of thousands takes some ten milliseconds, and between two parts the caller can
 * let other work run. The kernel gives them in ascending order; a copy of /proc in a directory has any.
 */
export function* readPids(root: ProcRoot): Generator<readonly number[]> {
  const directory = opendirSync(root.procfs, { bufferSize: namesPerPart });
  try {
    let part: number[] = [];
    let names = 0;
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const first = entry.name.charCodeAt(0);
      if (first >= 0x31 && first <= 0x39) part.push(Number(entry.name));
      if (++names % namesPerPart !== 0) continue;
      yield part;
      part = [];
    }
    yield part;
  } finally {
    directory.closeSync();
  }
}
