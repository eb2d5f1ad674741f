/** `INSERT INTO users (name, password) VALUES ('bob', 'secret')`: the name of a value stands in another list, at the same place. */

import { secretPart } from "./judge.ts";
import { allMatches } from "./matches.ts";
import { secretNature } from "./names.ts";
import type { Span } from "./spans.ts";

const insert = /(?:insert|replace)\s{1,8}into\s{1,8}\S{1,128}?\s{0,8}\(([^()]{1,512})\)\s{0,8}values\s{0,8}\(/gi;
const value = /\s*(?:'((?:[^'\\]|\\.|'')*)'|"([^"]*)"|([^,()'"]*))\s*(,|\))/y;

/** Finds the secrets of its first row. */
export function insertedSpans(line: string): Span[] {
  const spans: Span[] = [];
  for (const match of allMatches(line, insert)) {
    value.lastIndex = match.index + match[0].length;
    for (const column of (match[1] ?? "").split(",")) {
      const found = value.exec(line);
      if (found === null) break;
      const text = found[1] ?? found[2] ?? "";
      const nature = text === "" ? undefined : secretNature(column.replace(/[^\w-]/g, ""));
      const part = nature && secretPart(text, nature);
      const start = line.indexOf(text, found.index);
      if (part !== undefined) spans.push({ start: start + part.start, end: start + part.end });
      if (found[4] === ")") break;
    }
  }
  return spans;
}
