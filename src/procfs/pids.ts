/** The directories of /proc that are numbers: the processes that exist. */
import { readdirSync } from "node:fs";
import type { ProcRoot } from "./root.ts";

/** Lists the pids below `root.procfs`, in the kernel's order. */
export function readPids(root: ProcRoot): number[] {
  const pids: number[] = [];
  for (const name of readdirSync(root.procfs)) {
    const first = name.charCodeAt(0);
    if (first >= 0x31 && first <= 0x39) pids.push(Number(name));
  }
  return pids;
}
