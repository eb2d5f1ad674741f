/** /proc/loadavg: `0.46 0.18 0.07 2/78 2287` (proc_loadavg(5)). */
import type { LoadReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads /proc/loadavg. */
export function readLoadavg(files: KernelFiles): LoadReading | undefined {
  const text = files.readAtOnce(`${files.root.procfs}/loadavg`);
  return text && parseLoadavg(text);
}

/** Parses /proc/loadavg. */
export function parseLoadavg(text: Scanner): LoadReading {
  const load1 = text.number();
  const load5 = text.number();
  const load15 = text.number();
  const runnableTasks = text.number();
  if (!text.take("/")) text.fail("running/total");
  const totalTasks = text.number();
  return { load1, load5, load15, runnableTasks, totalTasks, lastPid: text.number() };
}
