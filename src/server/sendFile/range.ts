/** The Range header, as RFC 9110 wants it read. */

/** What part of a file was asked for; `lastByte` is included. */
type RangeChoice =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly firstByte: number; readonly lastByte: number }
  | { readonly kind: "unsatisfiable" };

/**
 * Reads a Range header against a file's size. What is not a single range of bytes is ignored and the whole file sent, as
 * the standard allows; a range that begins behind the end cannot be satisfied.
 */
export function parseRange(header: string, sizeBytes: number): RangeChoice {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header);
  const [, first = "", last = ""] = match ?? [];
  if (match === null || (first === "" && last === "")) return { kind: "whole" };
  if (first === "") {
    const suffixBytes = Math.min(Number(last), sizeBytes);
    return suffixBytes === 0 ? { kind: "unsatisfiable" } : { kind: "part", firstByte: sizeBytes - suffixBytes, lastByte: sizeBytes - 1 };
  }
  const firstByte = Number(first);
  const lastByte = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== "" && Number(last) < firstByte) return { kind: "whole" };
  return firstByte >= sizeBytes ? { kind: "unsatisfiable" } : { kind: "part", firstByte, lastByte };
}

/** Whether an If-Range header still names this version of the file; without one it always does. */
export function matchesIfRange(header: string, version: { readonly etag: string; readonly modifiedAtMs: number }): boolean {
  if (header === "") return true;
  if (header.startsWith('"')) return header === version.etag;
  // A weak tag is never good enough to put two halves together.
  if (header.startsWith("W/")) return false;
  return Date.parse(header) === Math.floor(version.modifiedAtMs / 1000) * 1000;
}
