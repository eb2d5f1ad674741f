/** /proc/meminfo: `MemTotal:  24602632 kB` (proc_meminfo(5)). */
import type { MemoryReading } from "../model/sample.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads /proc/meminfo. */
export function readMeminfo(files: KernelFiles): MemoryReading | undefined {
  const text = files.read(`${files.root.procfs}/meminfo`);
  return text && parseMeminfo(text);
}

/** Parses /proc/meminfo; what is given in kB comes out in bytes. */
export function parseMeminfo(text: Scanner): MemoryReading {
  const fields = new Map<string, number>();
  while (!text.atEnd) {
    const key = text.until(":");
    if (key === undefined) text.fail("name: value");
    const value = text.number();
    text.skipSpaces();
    fields.set(key, text.take("kB") ? value * 1024 : value);
    text.skipLine();
  }
  const totalBytes = fields.get("MemTotal");
  if (totalBytes === undefined) text.fail("a line MemTotal");
  const swapTotalBytes = fields.get("SwapTotal");
  const swapFreeBytes = fields.get("SwapFree");
  return {
    totalBytes,
    availableBytes: fields.get("MemAvailable") ?? availableBefore314(fields),
    ...(swapTotalBytes === undefined ? {} : { swapTotalBytes }),
    ...(swapFreeBytes === undefined ? {} : { swapFreeBytes }),
    fields,
  };
}

/** MemAvailable came with Linux 3.14; before it, free and cached is what people took for it. */
function availableBefore314(fields: ReadonlyMap<string, number>): number {
  return (fields.get("MemFree") ?? 0) + (fields.get("Buffers") ?? 0) + (fields.get("Cached") ?? 0);
}
