/** Cleans what other programs say: first of the secrets that are known of running processes, then of what the rules find. */
import type { Redactor } from "../../redact/redactor.ts";
import { readableAudit } from "./auditRecords.ts";
import { nextTurn } from "./content.ts";

const linesPerTurn = 100;
/** The longest private keys have some two hundred lines. */
const mostLinesPerTurn = 400;

/** Cleans a long text line by line, in turns: the known secrets first, whole, then what the rules find. */
export async function cleanText(text: string, mask: (text: string) => string, redactor: Redactor): Promise<string> {
  const lines = text.split("\n");
  const cleaned: string[] = [];
  for (let start = 0, end = 0; start < lines.length; start = end) {
    end = start + linesPerTurn;
    while (end < lines.length && end - start < mostLinesPerTurn && endsInsideOfKey(lines, start, end)) end += linesPerTurn;
    cleaned.push(redactor.text(mask(readableAudit(lines.slice(start, end).join("\n"), redactor))));
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
