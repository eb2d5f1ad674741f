/** /proc/net/sockstat and sockstat6: `TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 0`. */
import { defined } from "../model/defined.ts";
import type { SocketProtocolReading, SocketsReading } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** Reads both; undefined where there is neither. */
export function readSockstat(files: KernelFiles, pageBytes: number, skips: Skips): SocketsReading | undefined {
  const found = ["sockstat", "sockstat6"].flatMap((name): SocketsReading[] => {
    const sockets = skips.attempt(`${files.root.procfs}/net/${name}`, () => {
      const text = readNetFile(files, name);
      return text && parseSockstat(text, pageBytes, skips);
    });
    return sockets === undefined ? [] : [sockets];
  });
  if (found.length === 0) return undefined;
  const used = found.find((one) => one.used !== undefined)?.used;
  return defined({ used, protocols: found.flatMap(({ protocols }) => protocols) });
}

/** Parses one file. `mem` counts pages, `memory` bytes. */
export function parseSockstat(text: Scanner, pageBytes: number, skips: Skips): SocketsReading {
  let used: number | undefined;
  const protocols: SocketProtocolReading[] = [];
  parseLines(text, skips, () => {
    const protocol = text.until(":");
    if (protocol === undefined) text.fail("protocol: name value ...");
    const fields = parsePairs(text);
    if (protocol === "sockets") {
      used = fields.get("used");
      return;
    }
    const pages = fields.get("mem");
    protocols.push(defined({ protocol, fields, memoryBytes: pages === undefined ? undefined : pages * pageBytes }));
  });
  return defined({ used, protocols });
}

function parsePairs(text: Scanner): Map<string, number> {
  const pairs = new Map<string, number>();
  for (;;) {
    text.skipSpaces();
    if (text.atLineEnd) return pairs;
    pairs.set(text.word(), text.number());
  }
}
