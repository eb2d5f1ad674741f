/**
 * Removes from a text the secrets that are known to stand in the command lines of running processes.
 *
 * `ps` prints arguments joined by spaces: no rule on the text alone can see where a secret with a space in it ends.
 */
import { redactText } from "../redact/index.ts";
import { readableAudit } from "./auditRecords.ts";
import { nextTurn } from "./content.ts";

const linesPerTurn = 100;
/** The longest private keys have some two hundred lines. */
const mostLinesPerTurn = 400;

/** Makes the remover of these secrets. */
export function hiderOf(secrets: Iterable<string>): (text: string) => string {
  const patterns = [...new Set(secrets)]
    .filter((secret) => secret !== "")
    .sort((a, b) => b.length - a.length)
    .map(patternOf);
  if (patterns.length === 0) return (text) => text;
  const any = new RegExp(patterns.join("|"), "gu");
  return (text) => text.replace(any, "***");
}

/** Cleans a long text line by line, in turns: the known secrets first, whole, then what the rules find. */
export async function cleanText(text: string, hide: (text: string) => string): Promise<string> {
  const lines = text.split("\n");
  const cleaned: string[] = [];
  for (let start = 0, end = 0; start < lines.length; start = end) {
    end = start + linesPerTurn;
    while (end < lines.length && end - start < mostLinesPerTurn && endsInsideOfKey(lines, start, end)) end += linesPerTurn;
    cleaned.push(redactText(hide(readableAudit(lines.slice(start, end).join("\n")))));
    await nextTurn();
  }
  return cleaned.join("\n");
}

/** A private key is the one secret of many lines: it must not fall into two turns. */
function endsInsideOfKey(lines: readonly string[], start: number, end: number): boolean {
  for (let index = end - 1; index >= start; index--) {
    const line = lines[index] ?? "";
    const begins = line.lastIndexOf("-----BEGIN ");
    const closes = line.lastIndexOf("-----END ");
    if (begins >= 0 || closes >= 0) return begins > closes;
  }
  return false;
}

/** In the C locale `ps` shows each byte that is not ASCII as a question mark and control characters as dots. */
function patternOf(secret: string): string {
  return [...secret]
    .map((char) => {
      if (char === "\ufffd") return "(?:\\ufffd|[?.]{1,4})";
      if (char >= " " && char <= "~") return char.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
      return `(?:${char}|[?.]{${Buffer.byteLength(char)}})`;
    })
    .join("");
}
