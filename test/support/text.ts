import { Scanner } from "../../src/procfs/scanner.ts";

/** A scanner over a text, as if a kernel file had just been read. */
export function scan(text: string, path = "/proc/test"): Scanner {
  const scanner = new Scanner();
  const bytes = Buffer.from(text, "latin1");
  scanner.reset(path, bytes, bytes.length);
  return scanner;
}
