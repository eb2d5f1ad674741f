/** /proc/sys/fs/file-nr: `623 0 2466170`, open, always 0, the most there may be (proc_sys_fs(5)). */
import type { FileHandlesReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads /proc/sys/fs/file-nr. */
export function readFileNr(files: KernelFiles): FileHandlesReading | undefined {
  const text = files.read(`${files.root.procfs}/sys/fs/file-nr`);
  return text && parseFileNr(text);
}

/** Parses file-nr. */
export function parseFileNr(text: Scanner): FileHandlesReading {
  const allocated = text.number();
  text.number();
  return { allocated, limit: text.number() };
}
