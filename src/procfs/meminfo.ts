/** /proc/meminfo: `MemTotal:  24602632 kB` (proc_meminfo(5)). */
import type { MemoryReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { Scanner } from "./scanner.ts";

/** Reads /proc/meminfo. */
export function readMeminfo(files: KernelFiles): MemoryReading | undefined {
  const text = files.readAtOnce(`${files.root.procfs}/meminfo`);
  return text && parseMeminfo(text);
}

/**
 * Parses /proc/meminfo; what is given in kB comes out in bytes.
 *
 * A tick wants four of some fifty fields: all of them are looked at when somebody asks for them, in a copy of the text.
 */
export function parseMeminfo(text: Scanner): MemoryReading {
  const { totalBytes, availableBytes, swapTotalBytes, swapFreeBytes } = parseCommonFields(text);
  if (totalBytes === undefined) text.fail("a line MemTotal");
  const copy = Buffer.from(text.bytes.subarray(0, text.length));
  const { path } = text;
  let fields: ReadonlyMap<string, number> | undefined;
  return {
    totalBytes,
    availableBytes: availableBytes ?? availableBefore314(parseFields(path, copy)),
    ...(swapTotalBytes === undefined ? {} : { swapTotalBytes }),
    ...(swapFreeBytes === undefined ? {} : { swapFreeBytes }),
    get fields() {
      fields ??= parseFields(path, copy);
      return fields;
    },
  };
}

type CommonFields = { -readonly [Key in Exclude<keyof MemoryReading, "fields">]?: number };

function parseCommonFields(text: Scanner): CommonFields {
  const common: CommonFields = {};
  while (!text.atEnd) {
    if (text.take("MemTotal:")) common.totalBytes = parseBytes(text);
    else if (text.take("MemAvailable:")) common.availableBytes = parseBytes(text);
    else if (text.take("SwapTotal:")) common.swapTotalBytes = parseBytes(text);
    else if (text.take("SwapFree:")) {
      common.swapFreeBytes = parseBytes(text);
      // in every kernel the last of the four
      break;
    }
    text.skipLine();
  }
  return common;
}

function parseFields(path: string, bytes: Buffer): ReadonlyMap<string, number> {
  const text: Scanner = new Scanner();
  text.reset(path, bytes, bytes.length);
  const fields = new Map<string, number>();
  while (!text.atEnd) {
    const key = text.until(":");
    if (key === undefined) text.fail("name: value");
    fields.set(key, parseBytes(text));
    text.skipLine();
  }
  return fields;
}

function parseBytes(text: Scanner): number {
  const value = text.number();
  text.skipSpaces();
  return text.take("kB") ? value * 1024 : value;
}

/** MemAvailable came with Linux 3.14; before it, free and cached is what people took for it. */
function availableBefore314(fields: ReadonlyMap<string, number>): number {
  return (fields.get("MemFree") ?? 0) + (fields.get("Buffers") ?? 0) + (fields.get("Cached") ?? 0);
}
