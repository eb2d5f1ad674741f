/**
 * `NAME=value`, `name: value`, `"name":"value"`, `name => 'value'`, `?name=value`: a name, a separator, a value.
 *
 * Written as a walk from separator to separator: the name is looked for backwards within a fixed distance, so the time is linear
 * whatever the text.
 */
import { isStrongName, secretNature } from "./names.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret, looksLikePath, readValue } from "./values.ts";

const longestName = 64;
const spaces = /[ \t]*/y;
const lineStart = /^[\s\-#>*"'{[]*$/;

interface Assignment {
  readonly name: string;
  readonly quotedName: boolean;
  readonly inQuery: boolean;
  readonly afterSlash: boolean;
  readonly startsLine: boolean;
}

/** Finds the values of all assignments to a secret's name in one line. */
export function assignmentSpans(line: string): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < line.length; at++) {
    const char = line.charCodeAt(at);
    if (char !== 61 && char !== 58) continue;
    const valueStart = char === 61 ? valueAfterEquals(line, at) : valueAfterColon(line, at);
    if (valueStart === undefined) continue;
    const assignment = nameBefore(line, at);
    if (assignment === undefined || (char === 58 && !colonAssigns(line, valueStart - at > 1, valueStart, assignment))) continue;
    // The name first: reading the value behind every separator would make a long word cost its length squared.
    const judge = valueJudge(assignment);
    const value = judge && readValue(line, valueStart, assignment.inQuery ? "query" : "pairs");
    if (value === undefined || judge?.(line.slice(value.inner.start, value.inner.end)) !== true) continue;
    spans.push(value.inner);
    at = value.next - 1;
  }
  return spans;
}

/** Which values of this name are secrets; `undefined` when none is. */
function valueJudge({ name, inQuery }: Assignment): ((value: string) => boolean) | undefined {
  const nature = secretNature(name);
  if (nature === "secret") return couldBeSecret;
  if (nature === "unlessPath") return (value) => couldBeSecret(value) && !looksLikePath(value);
  if (!inQuery) return undefined;
  // In a query these names carry signatures, one-time codes and keys; elsewhere they are ordinary words.
  if (/^(?:sig|signature|x-amz-signature|code)$/i.test(name)) return (value) => value.length >= 8;
  return /^key$/i.test(name) ? (value) => value.length >= 20 : undefined;
}

/** `=`, `==`, `=>`; white space behind it belongs to it only where there is some before it, too: `PASSWORD= command` assigns nothing. */
function valueAfterEquals(line: string, at: number): number | undefined {
  const next = line[at + 1];
  const end = next === "=" || next === ">" ? at + 2 : at + 1;
  const spacedBefore = line[at - 1] === " " || line[at - 1] === "\t";
  return spacedBefore || next === ">" ? skipSpaces(line, end) : end;
}

/** `:` and `:=`, but neither `://` nor `::`. */
function valueAfterColon(line: string, at: number): number | undefined {
  const next = line[at + 1];
  if (next === ":" || line[at - 1] === ":" || (next === "/" && line[at + 2] === "/")) return undefined;
  return next === "=" ? undefined : skipSpaces(line, at + 1);
}

/** A colon stands in image tags, volumes and prose as well; it assigns only where the place or the name says so. */
function colonAssigns(line: string, spaced: boolean, valueStart: number, assignment: Assignment): boolean {
  const first = line[valueStart];
  if (first === "{" || first === "[") return false;
  if (assignment.quotedName || assignment.startsLine) return true;
  if (!spaced) return !assignment.afterSlash && first !== "/";
  return isStrongName(assignment.name);
}

function nameBefore(line: string, separator: number): Assignment | undefined {
  let end = separator;
  while (end > 0 && separator - end < 8 && (line[end - 1] === " " || line[end - 1] === "\t" || line[end - 1] === ":")) end--;
  if (line[end - 1] === "]") end--;
  const closing = line[end - 1];
  const quotedName = closing === '"' || closing === "'" || closing === "`";
  if (quotedName) end--;
  if (quotedName && line[end - 1] === "\\") end--;
  let start = end;
  while (start > 0 && end - start <= longestName && isNameChar(line.charCodeAt(start - 1))) start--;
  if (start === end) return undefined;
  const before = line[start - 1];
  return {
    name: line.slice(start, end),
    quotedName,
    inQuery: before === "?" || before === "&",
    afterSlash: before === "/",
    startsLine: start <= 32 && lineStart.test(line.slice(0, start)),
  };
}

function isNameChar(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 45 || code === 46
  );
}

function skipSpaces(line: string, from: number): number {
  spaces.lastIndex = from;
  return from + (spaces.exec(line)?.[0].length ?? 0);
}
