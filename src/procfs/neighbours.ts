/** /proc/net/arp: `192.168.1.1 0x1 0x2 02:00:00:00:00:01 * eth0` (net/ipv4/arp.c). */
import type { NeighboursReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads /proc/net/arp. */
export function readNeighbours(files: KernelFiles, skips: Skips): NeighboursReading | undefined {
  const text = readNetFile(files, "arp");
  return text && parseNeighbours(text, skips);
}

/** Parses it: how many neighbours each interface has. */
function parseNeighbours(text: Scanner, skips: Skips): NeighboursReading {
  const counts = new Map<string, number>();
  text.skipLine();
  parseLines(text, skips, () => {
    const columns = text.line().trim().split(/ +/);
    const device = columns[5];
    if (device === undefined) text.fail("six columns, the last of which is a device");
    counts.set(device, (counts.get(device) ?? 0) + 1);
  });
  return counts;
}
