/** /proc/vmstat: `pgfault 11826411`, counters and levels mixed (proc_vmstat(5)). */
import type { NamedCounters } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads /proc/vmstat. */
export function readVmstat(files: KernelFiles): NamedCounters | undefined {
  const text = files.read(`${files.root.procfs}/vmstat`);
  return text && parseVmstat(text);
}

/** Parses /proc/vmstat. */
export function parseVmstat(text: Scanner): NamedCounters {
  const fields = new Map<string, number>();
  while (!text.atEnd) {
    fields.set(text.word(), text.number());
    text.skipLine();
  }
  return fields;
}
