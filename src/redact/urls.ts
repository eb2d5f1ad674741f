/** Credentials inside of URLs: `scheme://user:pass@host`, `scheme://:pass@host`, `https://TOKEN@host`. */
import type { Span } from "./spans.ts";

const word = /[^\s"`<>]+/g;
const oracleThin = /jdbc:oracle:[a-z]{1,8}:[^\s/@:]{1,64}\/([^\s/@]{1,256})@/gi;

/** Finds the passwords (and user names that are tokens) of all URLs in one line. The user stays readable: `user:***@`. */
export function urlSpans(line: string): Span[] {
  const spans: Span[] = [];
  if (line.includes("://")) for (const match of line.matchAll(word)) spansOfWord(match[0], match.index, spans);
  for (const match of line.matchAll(oracleThin)) {
    const end = match.index + match[0].length - 1;
    spans.push({ start: end - (match[1] ?? "").length, end });
  }
  return spans;
}

/** People leave `/`, `@` and `#` in passwords unescaped, so what follows the colon counts up to the word's last `@` unless it is a port. */
function spansOfWord(text: string, offset: number, spans: Span[]): void {
  const lastAt = text.lastIndexOf("@");
  for (let scheme = text.indexOf("://"); scheme >= 0 && scheme < lastAt; scheme = text.indexOf("://", scheme + 3)) {
    const start = scheme + 3;
    const end = authorityEnd(text, start);
    const at = lastAtBetween(text, start, end);
    const colon = text.indexOf(":", start);
    const hasColon = colon >= 0 && colon < end;
    if (at === undefined) {
      if (!hasColon || /^\d*$/.test(text.slice(colon + 1, Math.min(end, colon + 8)))) continue;
      spans.push({ start: offset + colon + 1, end: offset + lastAt });
      return;
    }
    if (hasColon && colon < at) spans.push({ start: offset + colon + 1, end: offset + at });
    const userEnd = hasColon && colon < at ? colon : at;
    if (looksLikeToken(text.slice(start, userEnd))) spans.push({ start: offset + start, end: offset + userEnd });
  }
}

/** Not `lastIndexOf`: that would walk back to the beginning of the word for every URL in it. */
function lastAtBetween(text: string, start: number, end: number): number | undefined {
  for (let at = end - 1; at >= start; at--) if (text[at] === "@") return at;
  return undefined;
}

function authorityEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === "/" || char === "?" || char === "#") return at;
  }
  return text.length;
}

function looksLikeToken(user: string): boolean {
  return user.length >= 20 && /\d/.test(user);
}
