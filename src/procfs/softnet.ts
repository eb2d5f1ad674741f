/** /proc/net/softnet_stat: one line of hexadecimal columns a CPU (net/core/net-procfs.c). */
import { defined } from "../model/defined.ts";
import type { SoftnetReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads /proc/net/softnet_stat. */
export function readSoftnet(files: KernelFiles, skips: Skips): SoftnetReading[] | undefined {
  const text = readNetFile(files, "softnet_stat");
  return text && parseSoftnet(text, skips);
}

/** The column that names the CPU since Linux 5.10: lines of CPUs that are offline are missing, so counting lines would not do. */
const cpuColumn = 12;

/** Parses softnet_stat: 9 to 15 columns, of which those between the third and the ninth are always 0. */
export function parseSoftnet(text: Scanner, skips: Skips): SoftnetReading[] {
  let line = 0;
  return parseLines(text, skips, () => {
    const place = line++;
    const columns: number[] = [];
    for (text.skipSpaces(); !text.atLineEnd; text.skipSpaces()) columns.push(text.hexadecimal());
    const [processed, dropped, timesSqueezed] = columns;
    if (processed === undefined || dropped === undefined || timesSqueezed === undefined) text.fail("at least 3 columns");
    const newer = { collisions: columns[8], wokenForSteering: columns[9], flowLimitReached: columns[10] };
    // both came with one release
    const backlog = columns[cpuColumn] === undefined ? undefined : columns[11];
    return { cpu: columns[cpuColumn] ?? place, processed, dropped, timesSqueezed, ...defined({ ...newer, backlog }) };
  });
}
