/**
 * Removes from a text the secrets that are known to stand in the command lines of running processes.
 *
 * `ps` prints arguments joined by spaces: no rule on the text alone can see where a secret with a space in it ends.
 */
import { redactText } from "../redact/index.ts";
import { nextTurn } from "./content.ts";

const linesPerTurn = 100;

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
  for (let start = 0; start < lines.length; start += linesPerTurn) {
    cleaned.push(redactText(hide(lines.slice(start, start + linesPerTurn).join("\n"))));
    await nextTurn();
  }
  return cleaned.join("\n");
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
