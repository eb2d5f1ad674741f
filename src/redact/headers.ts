/** Secrets that are introduced by words: HTTP headers and a bare `Bearer`. */
import { allMatches } from "./matches.ts";
import { harmlessValues } from "./nameTable.ts";
import { addSpans, type Span } from "./spans.ts";
import { couldBeSecret, readValue } from "./values.ts";

const authorization = /(?<![\w-])(?:-H)?(?:proxy-)?authorization\\?["']?\s{0,4}[:=]\s{0,4}\[?/gi;
const cookie = /(?<![\w-])(?:-H)?(?:set-)?cookie2?\\?["']?\s{0,4}:\s{0,4}/gi;
const bearer = /(?<![\w-])bearer\s{1,4}(?=[\w.~+/=-]{8})/gi;
const knownScheme = /^(?:bearer|basic|digest|token|negotiate|ntlm|api-?key|key|oauth|jwt|splunk|geniekey|aws4-hmac-sha256)$/i;
const wordAt = /\S+/y;

/** Finds them in one line. */
export function headerSpans(line: string): Span[] {
  const spans: Span[] = [];
  if (line.includes(":") || line.includes("=")) {
    addSpans(spans, spansAfter(line, authorization, authorizationValue));
    addSpans(spans, spansAfter(line, cookie, cookieValue));
  }
  addSpans(spans, spansAfter(line, bearer, bearerValue));
  return spans;
}

function bearerValue(line: string, _start: number, valueStart: number): Span | undefined {
  const value = plainValue(line, valueStart);
  return value !== undefined && /\d/.test(line.slice(value.start, value.end)) ? value : undefined;
}

/** A match inside of what was cut already is skipped: a text that only repeats a header's name stays cheap. */
function spansAfter(
  line: string,
  introduction: RegExp,
  find: (line: string, start: number, valueStart: number) => Span | undefined,
): readonly Span[] {
  const spans: Span[] = [];
  for (const match of allMatches(line, introduction)) {
    if (match.index < (spans.at(-1)?.end ?? 0)) continue;
    const span = find(line, match.index, match.index + match[0].length);
    if (span !== undefined && couldBeSecret(line.slice(span.start, span.end))) spans.push(span);
  }
  return spans;
}

function plainValue(line: string, start: number): Span | undefined {
  return readValue(line, start, "none")?.inner;
}

/** Keeps a scheme and cuts what follows it: to the end of the quotes where there are some, else one word. */
function authorizationValue(line: string, headerStart: number, valueStart: number): Span | undefined {
  const quoted = quotedRange(line, headerStart, valueStart);
  const start = quoted?.start ?? valueStart;
  const scheme = wordFrom(line, start);
  if (scheme === undefined || (quoted !== undefined && scheme.start >= quoted.end)) return undefined;
  const schemeText = line.slice(scheme.start, Math.min(scheme.end, quoted?.end ?? scheme.end));
  const second = wordFrom(line, skipBlanks(line, scheme.end));
  if (quoted !== undefined) {
    if (!knownScheme.test(schemeText) || second === undefined || second.start >= quoted.end) return quoted;
    return { start: second.start, end: quoted.end };
  }
  if (second === undefined) return knownScheme.test(schemeText) || harmlessValues.has(schemeText) ? undefined : trimmed(line, scheme);
  if (knownScheme.test(schemeText)) return trimmed(line, second);
  // `Authorization: headers are ...`: a sentence
  if (/^[a-z]+$/.test(schemeText) && /^[a-z']+$/.test(line.slice(second.start, second.end))) return undefined;
  const takesSecond = /^[a-z][a-z-]{0,24}$/i.test(schemeText) && !/^-|:\/\//.test(line.slice(second.start, second.end));
  return trimmed(line, takesSecond ? { start: scheme.start, end: second.end } : scheme);
}

/** All of it within quotes; else as many words as a semicolon carries on. */
function cookieValue(line: string, headerStart: number, valueStart: number): Span | undefined {
  const quoted = quotedRange(line, headerStart, valueStart);
  if (quoted !== undefined) return quoted;
  let end = valueStart;
  for (let word = wordFrom(line, valueStart); word !== undefined; word = wordFrom(line, skipBlanks(line, word.end))) {
    end = word.end;
    if (line[end - 1] !== ";") break;
  }
  return end > valueStart ? trimmed(line, { start: valueStart, end }) : undefined;
}

/** `"Header: value"` and `"header": "value"`: up to the quote that closes. */
function quotedRange(line: string, headerStart: number, valueStart: number): Span | undefined {
  const escaped = line[valueStart] === "\\" ? 1 : 0;
  const opening = line[valueStart + escaped];
  if (opening === '"' || opening === "'") {
    const close = line.indexOf(opening, valueStart + escaped + 1);
    if (close > 0) return { start: valueStart + escaped + 1, end: close - escaped };
  }
  const before = line[headerStart - 1];
  if ((before === '"' || before === "'") && line[valueStart - 1] !== before) {
    const close = line.indexOf(before, valueStart);
    if (close > 0) return { start: valueStart, end: line[close - 1] === "\\" ? close - 1 : close };
  }
  return undefined;
}

function wordFrom(line: string, at: number): Span | undefined {
  wordAt.lastIndex = at;
  const match = wordAt.exec(line);
  return match === null ? undefined : { start: at, end: at + match[0].length };
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (at < line.length && (line[at] === " " || line[at] === "\t")) at++;
  return at;
}

function trimmed(line: string, span: Span): Span {
  let end = span.end;
  while (end > span.start + 1 && "'\"`;,)]}".includes(line[end - 1] ?? "")) end--;
  return { start: span.start, end };
}
