/** The lines of a content, each with its number. */
import { mostLineBytes } from "./limits.ts";

/** One line. */
export interface NumberedLine {
  /** The first is 1. */
  readonly number: number;
  /** Without its line end. */
  readonly bytes: Buffer;
  /** False for a last line that has no line end: it is torn, or the writer is in the middle of it. */
  readonly whole: boolean;
  /** Why its bytes are not here. */
  readonly problem?: string;
}

const lineEnd = 10;
const tooLong = "it is longer than any line of a recording";

/** Cuts chunks into lines. One that is too long to be a line of ours comes without its bytes. */
export async function* numberedLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<NumberedLine> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 0;
  let isTooLong = false;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, start)) {
      const piece = chunk.subarray(start, end);
      number++;
      if (isTooLong) yield { number, bytes: Buffer.alloc(0), whole: true, problem: tooLong };
      else yield { number, bytes: rest.length === 0 ? piece : Buffer.concat([...rest, piece]), whole: true };
      isTooLong = false;
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    if (start >= chunk.length || isTooLong) continue;
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    isTooLong = restBytes > mostLineBytes;
    if (isTooLong) [rest, restBytes] = [[], 0];
  }
  if (isTooLong) yield { number: number + 1, bytes: Buffer.alloc(0), whole: true, problem: tooLong };
  if (rest.length > 0) yield { number: number + 1, bytes: Buffer.concat(rest), whole: false };
}
