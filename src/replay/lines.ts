/** The lines of a content, each with its number. */
import { mostLineBytes } from "./limits.ts";
import { ReplayProblem } from "./problem.ts";

/** One line. */
export interface NumberedLine {
  /** The first is 1. */
  readonly number: number;
  /** Without its line end. */
  readonly bytes: Buffer;
  /** False for a last line that has no line end: it is torn, or the writer is in the middle of it. */
  readonly whole: boolean;
}

const lineEnd = 10;

/** Cuts chunks into lines. @throws ReplayProblem when one is too long to be a line of ours */
export async function* numberedLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<NumberedLine> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, start)) {
      const piece = chunk.subarray(start, end);
      yield { number: ++number, bytes: rest.length === 0 ? piece : Buffer.concat([...rest, piece]), whole: true };
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    if (start >= chunk.length) continue;
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > mostLineBytes)
      throw new ReplayProblem(`line ${number + 1} is longer than any line of a recording; this is something else`);
  }
  if (rest.length > 0) yield { number: number + 1, bytes: Buffer.concat(rest), whole: false };
}
