/** Secrets whose name stands in the line before: `- name: DB_PASSWORD` and `value: secret` below it, and PuTTY's private lines. */

import { secretPart } from "./judge.ts";
import { allMatches } from "./matches.ts";
import { secretNature } from "./names.ts";
import type { Span } from "./spans.ts";

const nameThenValue =
  /^[ \t-]{0,64}["']?(?:name|key)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([\w.-]{3,64})["']?,?[ \t]{0,16}\r?\n[ \t]{0,64}["']?value["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\s"']{1,512})/gim;
const privateLines = /^Private-Lines:[ \t]{0,4}(\d{1,3})[ \t]{0,4}\r?\n/gm;

/** Finds them in a text of several lines. */
export function pairedLineSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (const match of allMatches(text, nameThenValue)) {
    const nature = secretNature(match[1] ?? "");
    const value = match[2] ?? "";
    const part = nature && secretPart(value, nature);
    const start = match.index + match[0].length - value.length;
    if (part !== undefined) spans.push({ start: start + part.start, end: start + part.end });
  }
  if (text.includes("Private-Lines")) addPrivateLines(text, spans);
  return spans;
}

function addPrivateLines(text: string, spans: Span[]): void {
  for (const match of allMatches(text, privateLines)) {
    let at = match.index + match[0].length;
    for (let left = Number(match[1]); left > 0 && at < text.length; left--) {
      const end = text.indexOf("\n", at);
      spans.push({ start: at, end: end < 0 ? text.length : end });
      at = end < 0 ? text.length : end + 1;
    }
  }
}
