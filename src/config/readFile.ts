/** How the configuration reads files, and how it says that it cannot. */
import { codeOf, reasonOf } from "../model/errors.ts";

/** Reads a whole file as text; throws as `readFileSync` does. */
export type ReadFile = (path: string) => string;

/** True when there simply is no such file. */
export function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Why a file cannot be read, without the path that node repeats. */
export function reason(error: unknown): string {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EISDIR") return "it is a directory, expected a file";
  return reasonOf(error);
}
