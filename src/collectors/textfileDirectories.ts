/** Directories given as a pattern, as a shell would take it: `/srv/app-?/metrics`. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { RE2JS } from "re2js";
import type { AskedFiles } from "../procfs/askedFiles.ts";

/** The paths that a pattern stands for; the pattern itself when it holds no wildcard or when nothing matches, so that its absence is told. */
export async function expandDirectories(pattern: string, files: AskedFiles): Promise<readonly string[]> {
  if (!/[*?[]/.test(pattern)) return [pattern];
  let paths = [pattern.startsWith("/") ? "/" : ""];
  for (const part of pattern.split("/").filter((one) => one !== "")) {
    if (/[*?[]/.test(part)) {
      const matcher = toPattern(part);
      const matching = async (path: string) => {
        const names = (await list(files, path)).filter((name) => matcher.test(name));
        return names.sort().map((name) => join(path, name));
      };
      paths = (await Promise.all(paths.map(matching))).flat();
    } else paths = paths.map((path) => join(path, part));
  }
  const areDirectories = await Promise.all(paths.map((path) => isDirectory(files, path)));
  const directories = paths.filter((_path, index) => areDirectories[index]);
  return directories.length === 0 ? [pattern] : directories;
}

/** `*` any letters, `?` one letter, `[a-z]` and `[^a-z]` one of a class, as in a shell; everything else means itself. */
function toPattern(part: string): RE2JS {
  const source = part.replace(/\[\^?[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (piece) => {
    if (piece === "*") return "[^/]*";
    if (piece === "?") return "[^/]";
    return piece.length > 1 ? piece : `\\${piece}`;
  });
  // names are chosen by others: with several stars a search that goes back would take for ever on the wrong one
  const { RE2JS } = createRequire(import.meta.url)("re2js") as typeof import("re2js");
  return RE2JS.compile(`^${source}$`, RE2JS.DOTALL);
}

async function list(files: AskedFiles, path: string): Promise<string[]> {
  try {
    return (await files.list(path === "" ? "." : path)).map(({ name }) => name);
  } catch {
    return [];
  }
}

async function isDirectory(files: AskedFiles, path: string): Promise<boolean> {
  try {
    return (await files.stat(path)).isFolder;
  } catch {
    return false;
  }
}
