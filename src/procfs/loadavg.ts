/** /proc/loadavg: `0.46 0.18 0.07 2/78 2287` (proc_loadavg(5)). */
import { defined } from "../model/defined.ts";
import type { LoadReading } from "../model/machine.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads /proc/loadavg. */
export function readLoadavg(files: KernelFiles): LoadReading | undefined {
  const text = files.readAtOnce(`${files.root.procfs}/loadavg`);
  return text && parseLoadavg(text);
}

/**
 * Parses /proc/loadavg. Sandboxes and emulations leave the tasks and the last pid out, or write 0 tasks, which cannot be while
 * somebody reads the file: then they are unknown.
 */
export function parseLoadavg(text: Scanner): LoadReading {
  const load1 = text.number();
  const load5 = text.number();
  const load15 = text.number();
  const [, runnable, total, lastPid] = /^\s+(\d+)\/(\d+)(?:\s+(\d+))?\s*$/.exec(text.line()) ?? [];
  const someTasks = Number(total ?? 0) > 0;
  return defined({
    load1,
    load5,
    load15,
    runnableTasks: someTasks ? Number(runnable) : undefined,
    totalTasks: someTasks ? Number(total) : undefined,
    lastPid: lastPid === undefined ? undefined : Number(lastPid),
  });
}
