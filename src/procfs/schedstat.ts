/** /proc/schedstat: nine columns a CPU, nanoseconds in the seventh and eighth (Documentation/scheduler/sched-stats.rst). */
import type { ScheduleReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads /proc/schedstat, which many kernels are built without. */
export function readSchedstat(files: KernelFiles): ScheduleReading[] | undefined {
  const text = files.read(`${files.root.procfs}/schedstat`);
  return text && parseSchedstat(text);
}

/** Parses schedstat of versions 15 to 17, whose lines of CPUs are the same; those of scheduling domains are passed over. */
export function parseSchedstat(text: Scanner): ScheduleReading[] {
  const cpus: ScheduleReading[] = [];
  while (!text.atEnd) {
    if (text.take("cpu")) {
      const cpu = text.number();
      for (let column = 0; column < 6; column++) text.number();
      cpus.push({ cpu, runningSeconds: text.number() / 1e9, waitingSeconds: text.number() / 1e9, timeslices: text.number() });
    }
    text.skipLine();
  }
  return cpus;
}
