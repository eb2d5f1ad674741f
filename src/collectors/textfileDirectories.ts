/** Directories given as a pattern, as a shell would take it: `/srv/app-?/metrics`. */
import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { RE2JS } from "re2js";

/** The paths that a pattern stands for; the pattern itself when it holds no wildcard or when nothing matches, so that its absence is told. */
export function expandDirectories(pattern: string): readonly string[] {
  if (!/[*?[]/.test(pattern)) return [pattern];
  let paths = [pattern.startsWith("/") ? "/" : ""];
  for (const part of pattern.split("/").filter((one) => one !== "")) {
    if (/[*?[]/.test(part)) {
      const matcher = toPattern(part);
      paths = paths.flatMap((path) =>
        list(path)
          .filter((name) => matcher.test(name))
          .sort()
          .map((name) => join(path, name)),
      );
    } else paths = paths.map((path) => join(path, part));
  }
  const directories = paths.filter(isDirectory);
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

function list(path: string): string[] {
  try {
    return readdirSync(path === "" ? "." : path);
  } catch {
    return [];
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
