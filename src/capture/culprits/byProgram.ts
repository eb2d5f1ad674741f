/**
 * Files of /proc that may keep their reader waiting for ever, read by another program.
 *
 * `maps` and `smaps_rollup` wait for the lock of a process' memory, `stack` for a lock that an execve holds: where the process is stuck
 * in the kernel with one of them (a page fault on a dead NFS mount), the reader is as well. A thread of ours could not even end then.
 */
import { type CommandOutcome, type CommandSurroundings, notInstalled, runCommand } from "../command.ts";
import type { Reading } from "./readings.ts";

/** How long and how much. */
export interface ProgramLimits {
  readonly timeLimitSeconds: number;
  readonly sizeLimitBytes: number;
}

/** The files one behind the other. What of them could be read is the value, even when one could not. */
export async function readByProgram(
  paths: readonly string[],
  limits: ProgramLimits,
  surroundings: CommandSurroundings,
  signal: AbortSignal,
): Promise<Reading<string>> {
  return readingOf(await runCommand({ name: "cat", argv: ["cat", "--", ...paths], ...limits }, surroundings, signal));
}

/** The lines of each file by its path: none of an empty one. A file that could not be read, or not in time, is not there. */
export async function readLinesByProgram(
  paths: readonly string[],
  limits: ProgramLimits,
  surroundings: CommandSurroundings,
  signal: AbortSignal,
): Promise<Reading<ReadonlyMap<string, readonly string[]>>> {
  if (paths.length === 0) return { value: new Map() };
  // -H: every line begins with its file's path
  const outcome = await runCommand({ name: "grep", argv: ["grep", "-aH", "", ...paths], ...limits }, surroundings, signal);
  const { value, cut, missing } = readingOf(outcome);
  if (value === undefined) return { missing };
  const wasRead = (path: string) => cut === undefined && !outcome.errorOutput.includes(`${path}: `);
  const lines = new Map<string, string[]>(paths.filter(wasRead).map((path) => [path, []]));
  for (const line of value.split("\n")) {
    const end = line.indexOf(":");
    if (end < 0) continue;
    const path = line.slice(0, end);
    const known = lines.get(path);
    if (known === undefined) lines.set(path, [line.slice(end + 1)]);
    else known.push(line.slice(end + 1));
  }
  return { value: lines, ...(cut === undefined ? {} : { cut }) };
}

/** A program that complains about one file may have read the others. */
function readingOf({ result, reason, exitCode, output, errorOutput }: CommandOutcome): Reading<string> {
  if (result === "ok") return { value: output };
  if (output !== "") return { value: output, ...(result === "truncated" && reason !== undefined ? { cut: reason } : {}) };
  if (/Permission denied|Operation not permitted/.test(errorOutput)) return { missing: "not allowed to read it: it needs root" };
  if (/No such file|No such process/.test(errorOutput))
    return { missing: "not there: the process has ended, or this kernel does not tell" };
  if (reason === notInstalled) return { missing: "the program that reads it (cat or grep) is not installed" };
  // grep found no line, and had nothing to complain about: the files are empty
  return exitCode === 1 && errorOutput === "" ? { value: "" } : { missing: reason ?? "it could not be read" };
}
