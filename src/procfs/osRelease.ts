/** /etc/os-release, or what the system shipped in its place: `NAME="Debian GNU/Linux"` (os-release(5)). */
import { readFileSync } from "node:fs";
import type { OsReleaseReading } from "../model/scraped.ts";
import { isGone } from "./errors.ts";
import type { ProcRoot } from "./root.ts";

/** Reads it; undefined where the machine has none. It is a file of the root's disk, and small. */
export function readOsRelease(root: ProcRoot): OsReleaseReading | undefined {
  for (const path of ["etc/os-release", "usr/lib/os-release"]) {
    try {
      return parseOsRelease(readFileSync(`${root.rootfs.replace(/\/$/, "")}/${path}`, "utf8"));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return undefined;
}

/** Parses the assignments: in quotes of either kind or without, a backslash before what the shell would take otherwise. */
function parseOsRelease(text: string): OsReleaseReading {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value = ""] = /^([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, quote, inner = ""] = /^(["'])(.*)\1$/.exec(value) ?? [];
    values.set(name, quote === "'" ? inner : (quote === undefined ? value : inner).replace(/\\(["$`\\'])/g, "$1"));
  }
  return values;
}
