/** Connection tracking: two sysctls and /proc/net/stat/nf_conntrack. There only while the kernel module is loaded. */
import type { ConntrackReading, NamedCounters } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads the table's size and what became of packets. */
export function readConntrack(files: KernelFiles): ConntrackReading | undefined {
  const entries = files.read(`${files.root.procfs}/sys/net/netfilter/nf_conntrack_count`)?.number();
  const limit = files.read(`${files.root.procfs}/sys/net/netfilter/nf_conntrack_max`)?.number();
  if (entries === undefined || limit === undefined) return undefined;
  const text = readNetFile(files, "stat/nf_conntrack");
  return { entries, limit, ...(text === undefined ? {} : { counters: parseConntrackStat(text) }) };
}

/** Parses nf_conntrack: a line of names, then a line of hexadecimal values for each CPU, which are added up. */
export function parseConntrackStat(text: Scanner): NamedCounters {
  const names = text.line().trim().split(/\s+/);
  const sums = new Map<string, number>(names.map((name) => [name, 0]));
  while (!text.atEnd) {
    for (const name of names) sums.set(name, (sums.get(name) ?? 0) + text.hexadecimal());
    text.skipLine();
  }
  return sums;
}
