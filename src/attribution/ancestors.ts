/** Whose child a process is, as the ledger knows it. */
import { type Ledger, processOf } from "./ledger.ts";

const mostAncestors = 8;

/** Names of a process' parents, the nearest first; empty for one that is not known (any more). */
export function ancestorsIn(ledger: Pick<Ledger, "keys" | "processes">, pid: number): readonly string[] {
  const names: string[] = [];
  let parent = parentOf(pid);
  while (parent !== undefined && names.length < mostAncestors) {
    names.push(parent.group.labels.process);
    parent = parentOf(parent.reading.pid);
  }
  return names;

  function parentOf(child: number) {
    const process = processOf(ledger, child);
    return process && processOf(ledger, process.reading.parentPid);
  }
}
