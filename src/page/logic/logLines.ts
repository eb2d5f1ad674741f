/** The log as the page keeps it: a bounded tail, searched by words. Pure. */
import type { LogLine } from "../../api/answers.ts";

/** So many are kept. */
export const mostLines = 1000;

/** The newest lines of both; oldest first. */
export function appended(lines: readonly LogLine[], newer: readonly LogLine[]): readonly LogLine[] {
  return [...lines, ...newer].slice(-mostLines);
}

/** The fields in one line: `id=17 seconds=0.4`. */
export function fieldsText(fields: LogLine["fields"]): string {
  return Object.entries(fields)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === "string" ? (/[\s="]/.test(value) ? JSON.stringify(value) : value) : JSON.stringify(value)}`,
    )
    .join(" ");
}

/** Those in which all words stand. */
export function searched(lines: readonly LogLine[], search: string): readonly LogLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return lines;
  return lines.filter(({ message, fields, level }) => {
    const text = `${level} ${message} ${fieldsText(fields)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
