/** How much somebody else's file may take of this machine. */
import { shortBytesText } from "../text.ts";
import { ReplayProblem } from "./problem.ts";

/** What is put up with. */
export interface ReplayLimits {
  /** Bytes of one file, packed and unpacked. */
  readonly mostBytes: number;
  /** A file from a server must be here within so long. */
  readonly longestSeconds: number;
}

/** No line of a recording is as long; the text of a manifest is no longer either. */
export const mostLineBytes = 16 * 1024 * 1024;

/** A size as a person reads it. */
export function sizeText(bytes: number): string {
  return bytes < 2 ** 20 ? `${bytes} bytes` : shortBytesText(bytes);
}

/** Passes chunks on until they are too many. @throws ReplayProblem that names the flag */
export async function* limited(chunks: AsyncIterable<Buffer>, mostBytes: number, what: string): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes, what);
    yield chunk;
  }
}

/** The refusal. */
export function tooLarge(mostBytes: number, what: string): ReplayProblem {
  return new ReplayProblem(`${what} is larger than ${sizeText(mostBytes)}; --max-size=SIZE allows more, if you trust it`);
}
