/** The three ways in which reading a kernel file goes wrong: gone, denied, malformed. */
import { codeOf } from "../model/errors.ts";

/** A kernel file says something its documentation does not allow: a bug here or there, never to be passed over in silence. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
  /** What was expected and what stood there, without the path. */
  readonly reason: string;

  constructor(path: string, line: string, expected: string) {
    const reason = `expected ${expected}, got ${JSON.stringify(line.slice(0, 200))}`;
    super(`${path}: ${reason}`);
    this.reason = reason;
  }
}

/** Malformed text, or an answer of the system (EIO, EINVAL, ENOTCONN): it costs what was being read. Anything else is a mistake in here. */
export function isOdd(error: unknown): boolean {
  // Node's own complaints about how it was called have codes as well, and those begin so
  return error instanceof MalformedError || codeOf(error)?.startsWith("ERR_") === false;
}

/**
 * The file or what is behind it is not there (ENOENT), or not any more: ESRCH for a process, ENODEV for a cgroup whose file was open.
 * For a process this is everyday life.
 */
export function isGone(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ESRCH" || code === "ENOTDIR" || code === "ENODEV";
}

/** The kernel will not tell this user. */
export function isDenied(error: unknown): boolean {
  const code = codeOf(error);
  return code === "EACCES" || code === "EPERM";
}

/** No descriptors are left, in this process or in the machine. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = codeOf(error);
  return code === "EMFILE" || code === "ENFILE";
}
