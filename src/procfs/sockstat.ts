/** /proc/net/sockstat and sockstat6: `TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 0`. */
import type { SocketProtocolReading, SocketsReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";

/** Reads both; undefined where there is neither. */
export function readSockstat(files: KernelFiles, pageBytes: number): SocketsReading | undefined {
  let used: number | undefined;
  const protocols: SocketProtocolReading[] = [];
  let found = false;
  for (const name of ["sockstat", "sockstat6"]) {
    const text = readNetFile(files, name);
    if (text === undefined) continue;
    found = true;
    const sockets = parseSockstat(text, pageBytes);
    used ??= sockets.used;
    protocols.push(...sockets.protocols);
  }
  return found ? { ...(used === undefined ? {} : { used }), protocols } : undefined;
}

/** Parses one file. `mem` counts pages, `memory` bytes. */
export function parseSockstat(text: Scanner, pageBytes: number): SocketsReading {
  let used: number | undefined;
  const protocols: SocketProtocolReading[] = [];
  while (!text.atEnd) {
    const protocol = text.until(":");
    if (protocol === undefined) text.fail("protocol: name value ...");
    const fields = parsePairs(text);
    if (protocol === "sockets") used = fields.get("used");
    else {
      const pages = fields.get("mem");
      protocols.push({ protocol, fields, ...(pages === undefined ? {} : { memoryBytes: pages * pageBytes }) });
    }
    text.skipLine();
  }
  return { ...(used === undefined ? {} : { used }), protocols };
}

function parsePairs(text: Scanner): Map<string, number> {
  const pairs = new Map<string, number>();
  for (;;) {
    text.skipSpaces();
    if (text.atLineEnd) return pairs;
    pairs.set(text.word(), text.number());
  }
}
