/** What Culprit itself uses: cheap reads, made at a scrape only. */
import { readdirSync, readFileSync } from "node:fs";
import { defined } from "../model/defined.ts";
import type { SelfReading } from "./view.ts";

/** Reads this process' own figures. */
export function readSelf(version: string, startTimeSeconds: number): SelfReading {
  const { user, system } = process.cpuUsage();
  const openDescriptors = countDescriptors();
  const mostDescriptors = readDescriptorLimit();
  return defined({
    version,
    nodeVersion: process.version,
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    heapUsedBytes: process.memoryUsage().heapUsed,
    startTimeSeconds,
    openDescriptors,
    mostDescriptors,
  });
}

/** Descriptors that are open; the one that lists them is among them. Absent where the system has no /proc. */
function countDescriptors(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return undefined;
  }
}

/** The soft limit; Node raises it to the hard one when it starts. */
export function readDescriptorLimit(path = "/proc/self/limits"): number | undefined {
  try {
    const match = /^Max open files\s+(\d+)/m.exec(readFileSync(path, "utf8"));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}
