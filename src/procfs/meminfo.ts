/** /proc/meminfo: `MemTotal:  24602632 kB` (proc_meminfo(5)). */
import { defined } from "../model/defined.ts";
import type { MemoryReading } from "../model/machine.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads /proc/meminfo. */
export function readMeminfo(files: KernelFiles, skips: Skips): MemoryReading | undefined {
  const text = files.readAtOnce(`${files.root.procfs}/meminfo`);
  return text && parseMeminfo(text, skips);
}

/**
 * Parses /proc/meminfo; what is given in kB comes out in bytes. An odd line is left out.
 *
 * A tick wants four of some fifty fields: all of them are looked at when somebody asks for them, in a copy of the text.
 */
export function parseMeminfo(text: Scanner, skips: Skips): MemoryReading {
  const common = parseCommonFields(text);
  const copy = Buffer.from(text.bytes.subarray(0, text.length));
  const { path } = text;
  let fields: ReadonlyMap<string, number> | undefined;
  const allFields = () => {
    fields ??= parseFields(path, copy, skips);
    return fields;
  };
  // of a file without any line that can be understood nothing is known
  if (common.totalBytes === undefined) allFields();
  const { totalBytes, availableBytes, swapTotalBytes, swapFreeBytes } = common;
  const reading = defined({
    totalBytes,
    availableBytes: canBeAvailable(common) ? availableBytes : availableBefore314(allFields(), totalBytes),
    swapTotalBytes,
    swapFreeBytes,
  });
  return Object.defineProperty(reading, "fields", { get: allFields, enumerable: true }) as MemoryReading;
}

type CommonFields = { -readonly [Key in Exclude<keyof MemoryReading, "fields">]?: number | undefined } & { freeBytes?: number | undefined };

/** MemFree stands before MemAvailable, and SwapFree behind all others but where a vendor's kernel appends MemAvailable. */
function parseCommonFields(text: Scanner): CommonFields {
  const common: CommonFields = {};
  while (!text.atEnd) {
    const start = text.at;
    if (text.take("MemTotal:")) common.totalBytes ??= parseBytes(text);
    else if (text.take("MemFree:")) common.freeBytes ??= parseBytes(text);
    else if (text.take("MemAvailable:")) common.availableBytes ??= parseBytes(text);
    else if (text.take("SwapTotal:")) common.swapTotalBytes ??= parseBytes(text);
    else if (text.take("SwapFree:")) common.swapFreeBytes ??= parseBytes(text);
    if (common.swapFreeBytes !== undefined && common.availableBytes !== undefined) break;
    text.at = start;
    text.skipLine();
  }
  return common;
}

function parseFields(path: string, bytes: Buffer, skips: Skips): ReadonlyMap<string, number> {
  const text: Scanner = new Scanner();
  text.reset(path, bytes, bytes.length);
  return new Map(
    parseLines(text, skips, (): [string, number] => {
      const key = text.until(":");
      if (!key) text.fail("name: value");
      const value = parseBytes(text);
      if (value === undefined) text.fail("a number behind the name");
      return [key, value];
    }),
  );
}

/** Undefined where no number stands. */
function parseBytes(text: Scanner): number | undefined {
  text.skipSpaces();
  if (!text.atDigit) return undefined;
  const value = text.number();
  text.skipSpaces();
  return text.take("kB") ? value * 1024 : value;
}

/** The kernel keeps a part of the free memory for itself, some hundredths; where more than a tenth of all is free, something is available. */
function canBeAvailable({ totalBytes = 0, freeBytes = 0, availableBytes }: CommonFields): boolean {
  if (availableBytes === undefined || availableBytes > totalBytes) return false;
  return availableBytes > 0 || freeBytes < totalBytes / 10;
}

/** MemAvailable came with Linux 3.14; before it, free and cached is what people took for it. Unknown where that cannot be either. */
function availableBefore314(fields: ReadonlyMap<string, number>, totalBytes = 0): number | undefined {
  const free = fields.get("MemFree");
  if (free === undefined) return undefined;
  const available = free + (fields.get("Buffers") ?? 0) + (fields.get("Cached") ?? 0);
  return available > totalBytes ? undefined : available;
}
