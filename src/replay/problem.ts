/** Why something cannot be opened. */
import { codeOf, reasonOf } from "../model/errors.ts";

/** It cannot be replayed; the message says what is wrong with it, where, and what was expected. */
export class ReplayProblem extends Error {
  override readonly name = "ReplayProblem";
}

/** What can be opened, for messages. */
export const whatIsExpected =
  "expected a recording (a directory of segments, or one segment .jsonl or .jsonl.gz), an archive (<id>.tar.gz), or a table of culprit record or /api/snapshots.csv";

/** What the system says of a file, in words. */
export function fileReasonOf(error: unknown): string {
  const code = codeOf(error);
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file or directory";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ENOSPC":
      return "the disk of the temporary directory is full";
    default:
      return reasonOf(error);
  }
}
