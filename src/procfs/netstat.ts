/** /proc/net/netstat, snmp and snmp6: the counters of the protocols (proc_pid_net(5), RFC 1213). */
import type { NamedCounters } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";

/** The keys that a line of names stands for. A kernel's lines never change, so they are taken apart once. */
export type TableNames = Map<string, { readonly line: string; readonly keys: readonly string[] }>;

/** Makes the reader of all three; a machine without IPv6 has no snmp6. */
export function createNetstatReader(files: KernelFiles): () => NamedCounters | undefined {
  const names: TableNames = new Map();
  return () => {
    const counters = new Map<string, number>();
    for (const name of ["netstat", "snmp"]) {
      const text = readNetFile(files, name);
      if (text === undefined) return undefined;
      parseProtocolTables(text, counters, names);
    }
    const text = readNetFile(files, "snmp6");
    if (text !== undefined) parseSnmp6(text, counters);
    return counters;
  };
}

/** Parses netstat or snmp into `into`: a line of names and a line of values for each protocol, `Tcp: InSegs ...` above `Tcp: 7990 ...`. */
export function parseProtocolTables(text: Scanner, into: Map<string, number>, names: TableNames = new Map()): void {
  while (!text.atEnd) {
    const protocol = text.until(":");
    if (protocol === undefined) text.fail("protocol: names");
    const line = text.line();
    let table = names.get(protocol);
    if (table?.line !== line) {
      const words = line.trim().split(/\s+/);
      table = { line, keys: words.map((word) => `${protocol}_${word}`) };
      names.set(protocol, table);
    }
    if (text.until(":") !== protocol) text.fail(`${protocol}: values`);
    for (const key of table.keys) into.set(key, text.number());
    text.skipSpaces();
    if (!text.atLineEnd) text.fail(`${table.keys.length} values, as many as there are names`);
    text.skipLine();
  }
}

/** Parses snmp6 into `into`: `Ip6InOctets 128`, the protocol's name ending with its 6. */
export function parseSnmp6(text: Scanner, into: Map<string, number>): void {
  while (!text.atEnd) {
    const word = text.word();
    const end = word.indexOf("6") + 1;
    if (end > 0) into.set(`${word.slice(0, end)}_${word.slice(end)}`, text.number());
    text.skipLine();
  }
}
