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

/**
 * The files that a section names under `file` and `...File` and that cannot be read: better said now than when the first message or alert is
 * due. Their names are not shown, they may be secrets themselves.
 */
export function unreadableFiles(
  path: readonly PropertyKey[],
  value: unknown,
  read: (path: string) => unknown,
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  if (typeof value === "object" && value !== null) {
    const isList = Array.isArray(value);
    return Object.entries(value).flatMap(([key, inner]) => unreadableFiles([...path, isList ? Number(key) : key], inner, read));
  }
  if (typeof value !== "string" || !/^file$|File$/.test(String(path.at(-1)))) return [];
  try {
    read(value);
    return [];
  } catch (error) {
    return [{ path, message: `expected the path of a file that can be read: ${reason(error)}` }];
  }
}
