/** /proc/diskstats: one line a block device (Documentation/admin-guide/iostats.rst). */
import type { DiskReading } from "../model/devices.ts";
import { atOnce, type Steps } from "../model/steps.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { LineCache } from "./lineCache.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";
import { sectorBytes } from "./units.ts";

/** A DiskReading before it is known how the devices hang together. */
export type DiskCounters = Omit<DiskReading, "whole">;

/** Reads /proc/diskstats again and again; a device that did nothing is the same object as the time before. */
export class DiskstatsReader {
  readonly #files: KernelFiles;
  readonly #lines: LineCache<DiskCounters>;

  constructor(files: KernelFiles, skips: Skips) {
    this.#files = files;
    this.#lines = new LineCache(parseLine, skips);
  }

  /** Undefined where there is no such file. */
  read(): readonly DiskCounters[] | undefined {
    return atOnce(this.readInSteps());
  }

  /** The same in steps; only one reading at a time. */
  *readInSteps(): Steps<readonly DiskCounters[] | undefined> {
    const text = this.#files.read(`${this.#files.root.procfs}/diskstats`);
    return text && (yield* this.#lines.parseInSteps(text));
  }
}

/** Parses /proc/diskstats: 11 counters, 15 since Linux 4.18, 17 since 5.5. */
export function parseDiskstats(text: Scanner, skips: Skips): readonly DiskCounters[] {
  return new LineCache(parseLine, skips).parse(text);
}

/** The counters in the order of the columns, in the kernel's units. */
const columns = [
  "readsCompleted",
  "readsMerged",
  "readBytes",
  "readSeconds",
  "writesCompleted",
  "writesMerged",
  "writtenBytes",
  "writeSeconds",
  "ioNow",
  "ioSeconds",
  "ioWeightedSeconds",
  "discardsCompleted",
  "discardsMerged",
  "discardedBytes",
  "discardSeconds",
  "flushesCompleted",
  "flushSeconds",
] as const;

/** Partitions before Linux 2.6.25, and of some vendors' kernels until today. */
const columnsOfPartition = ["readsCompleted", "readBytes", "writesCompleted", "writtenBytes"] as const;

/** lxcfs and old kernels end a line early: what is not there is unknown. Without the bytes a line says nothing. */
function parseLine(text: Scanner): DiskCounters {
  const major = text.number();
  const minor = text.number();
  const device = text.word();
  const numbers: number[] = [];
  for (text.skipSpaces(); !text.atLineEnd; text.skipSpaces()) numbers.push(text.number());
  const names: readonly (typeof columns)[number][] = numbers.length === columnsOfPartition.length ? columnsOfPartition : columns;
  const counters: { -readonly [Key in keyof DiskCounters]?: DiskCounters[Key] } = { major, minor, device };
  for (let index = 0; index < names.length && index < numbers.length; index++) {
    const name = names[index] as (typeof columns)[number];
    counters[name] = inUnits[name](numbers[index] as number);
  }
  if (!hasBytes(counters)) text.fail("4 counters, or 7 to 17");
  return counters;
}

function hasBytes(counters: Partial<DiskCounters>): counters is DiskCounters {
  return counters.readBytes !== undefined && counters.writtenBytes !== undefined;
}

/** What the kernel counts in sectors and milliseconds. */
const inUnits = Object.fromEntries(
  columns.map((column) => {
    if (column.endsWith("Bytes")) return [column, (sectors: number) => sectors * sectorBytes];
    return [column, column.endsWith("Seconds") ? (ms: number) => ms / 1000 : (count: number) => count];
  }),
) as Readonly<Record<(typeof columns)[number], (count: number) => number>>;
