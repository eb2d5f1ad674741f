/** PEM and PGP blocks of private keys; the only secret that reaches over several lines. */
import { allMatches } from "./matches.ts";
import type { Span } from "./spans.ts";
import { mask } from "./spans.ts";

const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** What a key's body may look like when its end was cut off: lines of base64 and headers such as `DEK-Info: AES`, then a torn line. */
const gap = "(?:\\s|\\\\[nr]){0,4}";
const openBody = new RegExp(
  `(?:${gap}(?:[A-Za-z0-9+/=]{16,}|[A-Z][A-Za-z-]{1,20}: [\\w,-]{4,80}))+(?:${gap}[A-Za-z0-9+/=]{1,15}(?![A-Za-z0-9+/=]))?`,
  "y",
);

/** Finds the bodies of private key blocks in a whole text. */
export function pemSpans(text: string): Span[] {
  const spans: Span[] = [];
  if (!text.includes("-----BEGIN ")) return spans;
  let done = 0;
  let hasEnd = true;
  for (const match of allMatches(text, begin)) {
    const start = match.index + match[0].length;
    if (start < done) continue;
    end.lastIndex = start;
    const closing: RegExpExecArray | null = hasEnd ? end.exec(text) : null;
    hasEnd = closing !== null;
    done = closing === null ? start + openLength(text, start) : closing.index;
    const inner = withoutLineEnds(text, start, done);
    if (inner.end > inner.start && text.slice(inner.start, inner.end) !== mask && /\w/.test(text.slice(inner.start, inner.end)))
      spans.push(inner);
  }
  return spans;
}

/** Leaves the line ends around the body as they are, written-out ones (`\n`) too. */
function withoutLineEnds(text: string, from: number, to: number): Span {
  let start = from;
  let stop = to;
  for (let width = lineEndAt(text, start); width > 0 && start < stop; width = lineEndAt(text, start)) start += width;
  for (let width = lineEndBefore(text, stop); width > 0 && stop > start; width = lineEndBefore(text, stop)) stop -= width;
  return { start, end: Math.max(start, stop) };
}

function lineEndAt(text: string, at: number): number {
  if (/\s/.test(text[at] ?? "")) return 1;
  return text[at] === "\\" && (text[at + 1] === "n" || text[at + 1] === "r") ? 2 : 0;
}

function lineEndBefore(text: string, at: number): number {
  return /\s/.test(text[at - 1] ?? "") ? 1 : lineEndAt(text, at - 2) === 2 ? 2 : 0;
}

function openLength(text: string, start: number): number {
  openBody.lastIndex = start;
  return openBody.exec(text)?.[0].length ?? 0;
}
