/** /proc/net/netstat, snmp and snmp6: the counters of the protocols (proc_pid_net(5), RFC 1213). */
import type { NamedCounters } from "../model/scraped.ts";
import type { KernelFiles } from "./kernelFiles.ts";
import { parseLines } from "./lines.ts";
import { readNetFile } from "./netFiles.ts";
import type { Scanner } from "./scanner.ts";
import type { Skips } from "./skips.ts";

/** The keys that a line of names stands for. A kernel's lines never change, so they are taken apart once. */
type TableNames = Map<string, { readonly line: string; readonly keys: readonly string[] }>;

/** Makes the reader of all three, each for itself; a machine without IPv6 has no snmp6. */
export function createNetstatReader(files: KernelFiles, skips: Skips): () => NamedCounters | undefined {
  const names: TableNames = new Map();
  return () => {
    const counters = new Map<string, number>();
    let first: { readonly error: unknown } | undefined;
    for (const name of ["netstat", "snmp", "snmp6"]) {
      try {
        const text = readNetFile(files, name);
        if (text === undefined) continue;
        if (name === "snmp6") parseSnmp6(text, counters, skips);
        else parseProtocolTables(text, counters, skips, names);
      } catch (error) {
        skips.add(`${files.root.procfs}/net/${name}`, error);
        first ??= { error };
      }
    }
    if (counters.size > 0) return counters;
    if (first !== undefined) throw first.error;
    return undefined;
  };
}

/**
 * Parses netstat or snmp into `into`: a line of names and a line of values for each protocol, `Tcp: InSegs ...` above `Tcp: 7990 ...`.
 * A protocol whose lines do not fit each other is left out.
 *
 * @throws MalformedError when that is so of all of them
 */
export function parseProtocolTables(text: Scanner, into: Map<string, number>, skips: Skips, names: TableNames = new Map()): void {
  let understood = 0;
  let first: { readonly error: unknown } | undefined;
  while (!text.atEnd) {
    const start = text.at;
    const protocol = text.until(":");
    try {
      if (protocol === undefined) text.fail("protocol: names");
      parseTable(text, protocol, into, names);
      understood++;
    } catch (error) {
      skips.add(text.path, error);
      first ??= { error };
      text.at = start;
      text.skipLine();
      if (protocol === undefined || !text.take(`${protocol}:`)) continue;
    }
    text.skipLine();
  }
  if (first !== undefined && understood === 0) throw first.error;
}

function parseTable(text: Scanner, protocol: string, into: Map<string, number>, names: TableNames): void {
  const line = text.line();
  let table = names.get(protocol);
  if (table?.line !== line) {
    const words = line.trim().split(/\s+/);
    table = { line, keys: words.map((word) => `${protocol}_${word}`) };
    names.set(protocol, table);
  }
  const { keys } = table;
  if (text.until(":") !== protocol) text.fail(`${protocol}: values`);
  const values = keys.map(() => text.number());
  text.skipSpaces();
  if (!text.atLineEnd) text.fail(`${keys.length} values, as many as there are names`);
  for (let index = 0; index < keys.length; index++) into.set(keys[index] as string, values[index] as number);
}

/** Parses snmp6 into `into`: `Ip6InOctets 128`, the protocol's name ending with its 6. */
export function parseSnmp6(text: Scanner, into: Map<string, number>, skips: Skips): void {
  parseLines(text, skips, () => {
    const word = text.word();
    const end = word.indexOf("6") + 1;
    const value = text.number();
    if (end > 0) into.set(`${word.slice(0, end)}_${word.slice(end)}`, value);
  });
}
