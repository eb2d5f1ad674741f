/** /proc/diskstats: one line a block device (Documentation/admin-guide/iostats.rst). */
import type { DiskReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { LineCache } from "./lineCache.ts";
import type { Scanner } from "./scanner.ts";
import { sectorBytes } from "./units.ts";

/** A DiskReading before it is known how the devices hang together. */
export type DiskCounters = Omit<DiskReading, "whole">;

/** Reads /proc/diskstats again and again; a device that did nothing is the same object as the time before. */
export class DiskstatsReader {
  readonly #files: KernelFiles;
  readonly #lines = new LineCache(parseLine);

  constructor(files: KernelFiles) {
    this.#files = files;
  }

  /** Undefined where there is no such file. */
  read(): readonly DiskCounters[] | undefined {
    const text = this.#files.read(`${this.#files.root.procfs}/diskstats`);
    return text && this.#lines.parse(text);
  }
}

/** Parses /proc/diskstats: 11 counters, 15 since Linux 4.18, 17 since 5.5. */
export function parseDiskstats(text: Scanner): readonly DiskCounters[] {
  return new LineCache(parseLine).parse(text);
}

function parseLine(text: Scanner): DiskCounters {
  const basic = {
    major: text.number(),
    minor: text.number(),
    device: text.word(),
    readsCompleted: text.number(),
    readsMerged: text.number(),
    readBytes: text.number() * sectorBytes,
    readSeconds: text.number() / 1000,
    writesCompleted: text.number(),
    writesMerged: text.number(),
    writtenBytes: text.number() * sectorBytes,
    writeSeconds: text.number() / 1000,
    ioNow: text.number(),
    ioSeconds: text.number() / 1000,
    ioWeightedSeconds: text.number() / 1000,
  };
  text.skipSpaces();
  if (text.atLineEnd) return basic;
  const discards = {
    discardsCompleted: text.number(),
    discardsMerged: text.number(),
    discardedBytes: text.number() * sectorBytes,
    discardSeconds: text.number() / 1000,
  };
  text.skipSpaces();
  if (text.atLineEnd) return { ...basic, ...discards };
  return { ...basic, ...discards, flushesCompleted: text.number(), flushSeconds: text.number() / 1000 };
}
