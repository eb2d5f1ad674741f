/** /proc/schedstat: nine columns a CPU, nanoseconds in the seventh and eighth (Documentation/scheduler/sched-stats.rst). */
import type { ScheduleReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads /proc/schedstat, which many kernels are built without. */
export function readSchedstat(files: KernelFiles, skips: Skips): ScheduleReading[] | undefined {
  const text = files.read(`${files.root.procfs}/schedstat`);
  return text && parseSchedstat(text, skips);
}

/** Parses schedstat of versions 15 to 17, whose lines of CPUs are the same; those of scheduling domains are passed over. */
export function parseSchedstat(text: Scanner, skips: Skips): ScheduleReading[] {
  const cpus = parseLines(text, skips, (): ScheduleReading | undefined => {
    if (!text.take("cpu")) return undefined;
    const cpu = text.number();
    for (let column = 0; column < 6; column++) text.number();
    return { cpu, runningSeconds: text.number() / 1e9, waitingSeconds: text.number() / 1e9, timeslices: text.number() };
  });
  return cpus.filter((cpu) => cpu !== undefined);
}
