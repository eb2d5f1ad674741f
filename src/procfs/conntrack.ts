/** Connection tracking: two sysctls and /proc/net/stat/nf_conntrack. There only while the kernel module is loaded. */
import { defined } from "../model/defined.ts";
import type { ConntrackReading, NamedCounters } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads the table's size and what became of packets. */
export function readConntrack(files: KernelFiles, skips: Skips): ConntrackReading | undefined {
  const entries = files.read(`${files.root.procfs}/sys/net/netfilter/nf_conntrack_count`)?.number();
  const limit = files.read(`${files.root.procfs}/sys/net/netfilter/nf_conntrack_max`)?.number();
  if (entries === undefined || limit === undefined) return undefined;
  const counters = skips.attempt(`${files.root.procfs}/net/stat/nf_conntrack`, () => {
    const text = readNetFile(files, "stat/nf_conntrack");
    return text && parseConntrackStat(text, skips);
  });
  return defined({ entries, limit, counters });
}

/** Parses nf_conntrack: a line of names, then a line of hexadecimal values for each CPU, which are added up. */
export function parseConntrackStat(text: Scanner, skips: Skips): NamedCounters {
  const names = text.line().trim().split(/\s+/);
  const rows = parseLines(text, skips, () => names.map(() => text.hexadecimal()));
  return new Map(names.map((name, column) => [name, rows.reduce((sum, row) => sum + (row[column] ?? 0), 0)]));
}
