/** /proc/vmstat: `pgfault 11826411`, counters and levels mixed (proc_vmstat(5)). */
import type { NamedCounters } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads /proc/vmstat. */
export function readVmstat(files: KernelFiles, skips: Skips): NamedCounters | undefined {
  const text = files.read(`${files.root.procfs}/vmstat`);
  return text && parseVmstat(text, skips);
}

/** Parses /proc/vmstat. */
export function parseVmstat(text: Scanner, skips: Skips): NamedCounters {
  return new Map(parseLines(text, skips, (): [string, number] => [text.word(), text.number()]));
}

/** How many processes the kernel has killed for memory since boot; undefined before Linux 4.13. */
export function readOomKills(files: KernelFiles): number | undefined {
  const text = files.read(`${files.root.procfs}/vmstat`);
  while (text !== undefined && !text.atEnd) {
    if (text.take("oom_kill ")) return text.number();
    text.skipLine();
  }
  return undefined;
}
