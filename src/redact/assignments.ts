/**
 * `NAME=value`, `name: value`, `"name":"value"`, `name => 'value'`, `?name=value`: a name, a separator, a value.
 *
 * Written as a walk from separator to separator: the name is looked for backwards within a fixed distance, so the time is linear
 * whatever the text.
 */
import { looksRandom } from "./generated.ts";
import { secretPart } from "./judge.ts";
import { isStrongName, secretNature } from "./names.ts";
import { harmlessValues } from "./nameTable.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret, readValue } from "./values.ts";

const longestName = 64;
const mostJudged = 200;
const spaces = /[ \t]*/y;
const typeName = /(?<!\w)(?:string|str|text|bytes|int|any|char|bool|boolean|number|object)$/;
const lineStart = /^[\s\-#>*"'{[]*$/;

interface Assignment {
  readonly name: string;
  readonly start: number;
  readonly quotedName: boolean;
  readonly inQuery: boolean;
  readonly isFlag: boolean;
  readonly afterSlash: boolean;
  /** A quote stands in front of the name that closes behind the value: `'X-Api-Key: secret'`. */
  readonly opensQuote: boolean;
  readonly startsLine: boolean;
}

/** Finds the values of all assignments to a secret's name in one line. */
export function assignmentSpans(line: string, harmless: Pick<ReadonlySet<number>, "has">): Span[] {
  const spans: Span[] = [];
  let refused = { end: -1, stop: "pairs" };
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    const isEncoded = code === 37 && line[at + 1] === "3" && (line[at + 2] === "D" || line[at + 2] === "d");
    if (code !== 61 && code !== 58 && !isEncoded) continue;
    const firstStart = isEncoded ? at + 3 : code === 61 ? valueAfterEquals(line, at) : valueAfterColon(line, at);
    if (firstStart === undefined) continue;
    // `"x-api-key":["secret"]`
    const valueStart = line[firstStart] === "[" && isQuote(line[firstStart + 1]) ? firstStart + 1 : firstStart;
    const assignment = nameBefore(line, at);
    // The name first: reading the value behind every separator would make a long word cost its length squared.
    const judge = assignment && valueJudge(assignment);
    if (judge === undefined || harmless.has(assignment?.start ?? -1)) continue;
    const stop = assignment?.inQuery === true || isEncoded ? "query" : "pairs";
    // a value that was refused holds this one: they end together
    const isInside = valueStart < refused.end && refused.stop === stop && !isQuote(line[valueStart]) && line[valueStart] !== "\\";
    const value = isInside ? { inner: { start: valueStart, end: refused.end }, next: refused.end } : readValue(line, valueStart, stop);
    if (value === undefined) continue;
    refused = { end: value.inner.end, stop };
    if (code === 58 && !colonAssigns(line, at, value.inner, assignment)) continue;
    const part = judge(line.slice(value.inner.start, value.inner.end));
    if (part === undefined) continue;
    spans.push({ start: value.inner.start + part.start, end: value.inner.start + part.end });
    at = value.next - 1;
  }
  return spans;
}

/** What of this name's value is secret; `undefined` when no value of it ever is. */
function valueJudge({ name, inQuery }: Assignment): ((value: string) => Span | undefined) | undefined {
  // headers are read elsewhere: their scheme stays
  if (/authorization$/i.test(name)) return undefined;
  const nature = secretNature(name);
  if (inQuery && /^(?:sig|signature|x-amz-signature|code)$/i.test(name)) {
    // In a query these names carry signatures and one-time codes; elsewhere they are ordinary words.
    return (value) =>
      (value.length >= 8 || /^\d{6,7}$/.test(value)) && couldBeSecret(value) ? { start: 0, end: value.length } : undefined;
  }
  return nature && ((value) => secretPart(value, nature));
}

/** `=`, `==`, `=>`; white space behind it belongs to it only where there is some before it, too: `PASSWORD= command` assigns nothing. */
function valueAfterEquals(line: string, at: number): number | undefined {
  const next = line[at + 1];
  const end = next === "=" || next === ">" ? at + 2 : at + 1;
  const before = line[at - 1];
  const spacedBefore = before === " " || before === "\t" || before === ":";
  return spacedBefore || next === ">" ? skipSpaces(line, end) : end;
}

/** `:` and `:=`, but neither `://` nor `::`. */
function valueAfterColon(line: string, at: number): number | undefined {
  const next = line[at + 1];
  if (next === ":" || line[at - 1] === ":" || (next === "/" && line[at + 2] === "/")) return undefined;
  return next === "=" ? undefined : skipSpaces(line, at + 1);
}

/** A colon stands in image tags, volumes and prose as well; it assigns only where the place, the name or the value says so. */
function colonAssigns(line: string, at: number, value: Span, assignment: Assignment | undefined): boolean {
  if (assignment === undefined) return false;
  const first = line[value.start];
  // its beginning says enough: all of it, for every separator in a long word, would cost that word's length squared
  const text = line.slice(value.start, Math.min(value.end, value.start + mostJudged));
  const quotedValue = isQuote(line[value.start - 1]);
  if ((first === "{" || first === "[") && !quotedValue) return false;
  if (!quotedValue && !assignment.opensQuote && isProse(line, text, value.end)) return false;
  if (assignment.quotedName) return true;
  const spaced = line[at + 1] === " " || line[at + 1] === "\t";
  if (!spaced && !quotedValue)
    return !assignment.afterSlash && first !== "/" && (assignment.isFlag || looksRandom(text) || /^(?=.*\d)[^:]{6,}$/.test(text));
  // a count, as in `tokens: 42`
  if (/^\d{1,4}$/.test(text) && !isStrongName(assignment.name)) return false;
  if (quotedValue) return !/^[a-z0-9.-]+\/[a-z0-9.-]+$/.test(text);
  if (assignment.startsLine || assignment.opensQuote) return true;
  // `grep password: src`, but `app: Password: letmein`, `{user: a, password: letmein}`
  if (/^[a-z]+$/.test(text))
    return (
      isInFlow(line, assignment.start, value.end) ||
      (/[:\]]\s+(?:[A-Za-z]+\s+)?$/.test(line.slice(Math.max(0, assignment.start - 16), assignment.start)) && isLast(line, value.end))
    );
  return isStrongName(assignment.name) || /\d/.test(text) || isLast(line, value.end);
}

/** Between a bracket or a comma and the next: a mapping of YAML on one line, `(password: letmein)`; but not what has a type. */
function isInFlow(line: string, start: number, end: number): boolean {
  const before = line.slice(Math.max(0, start - 2), start);
  if (/\s\($/.test(before)) return line[end] === ")" && !typeName.test(line.slice(end - 16, end));
  return /[{,]\s?$/.test(before) && /^\s?[,}]/.test(line.slice(end, end + 2)) && line.includes("{");
}

/** `Password: must contain 8 characters`: a word of small letters, and the sentence goes on. */
function isProse(line: string, value: string, end: number): boolean {
  if (harmlessValues.has(value.toLowerCase())) return true;
  return /^[A-Za-z][a-z'-]*$/.test(value) && /^\s+[A-Za-z0-9'"]/.test(line.slice(end, end + 8));
}

function isLast(line: string, end: number): boolean {
  return /^[\s'"\])},;.]*$/.test(line.slice(end, end + 16)) && line.length - end <= 16;
}

function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'" || char === "`";
}

function nameBefore(line: string, separator: number): Assignment | undefined {
  let end = separator;
  while (end > 0 && separator - end < 8 && (line[end - 1] === " " || line[end - 1] === "\t" || line[end - 1] === ":")) end--;
  if (line[end - 1] === "]") end--;
  else if (line.slice(end - 3, end).toLowerCase() === "%5d") end -= 3;
  const closing = line[end - 1];
  const quotedName = closing === '"' || closing === "'" || closing === "`";
  if (quotedName) end--;
  if (quotedName && line[end - 1] === "\\") end--;
  let start = end;
  while (start > 0 && end - start <= longestName && isNameChar(line.charCodeAt(start - 1))) start--;
  // `%3Ftoken%3D`: the digits of an encoded character do not belong to the name
  if (line[start - 1] === "%" && end - start > 2) start += 2;
  if (start === end) return undefined;
  const owner = line[start - 1] === "[" ? nameOfList(line, start, end) : undefined;
  if (owner !== undefined) return { ...owner, quotedName, opensQuote: false };
  const before = line[start - 1];
  return { ...assignmentAt(line, start, end), quotedName, opensQuote: !quotedName && isQuote(before) };
}

function assignmentAt(line: string, start: number, end: number): Assignment {
  const before = line[start - 1];
  return {
    name: line.slice(start, end),
    start,
    quotedName: false,
    inQuery: before === "?" || before === "&" || before === "#",
    isFlag: line[start] === "-" || before === "+" || (before === "=" && !isQuote(line[start - 2])),
    afterSlash: before === "/",
    opensQuote: false,
    startsLine: start <= 32 && lineStart.test(line.slice(0, start)),
  };
}

/** `passwords[bob]=secret`: the list's name, where what is picked out of it says nothing; `passwd[4711]: ` is who wrote a line of a log. */
function nameOfList(line: string, from: number, to: number): Assignment | undefined {
  if (line[to + 1] === ":" && /^\d+$/.test(line.slice(from, to))) return undefined;
  if (secretNature(line.slice(from, to)) !== undefined) return undefined;
  let start = from - 1;
  while (start > 0 && from - start <= longestName && isNameChar(line.charCodeAt(start - 1))) start--;
  return start === from - 1 || secretNature(line.slice(start, from - 1)) !== "secret" ? undefined : assignmentAt(line, start, from - 1);
}

function isNameChar(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    (code >= 192 && code < 592)
  );
}

function skipSpaces(line: string, from: number): number {
  spaces.lastIndex = from;
  return from + (spaces.exec(line)?.[0].length ?? 0);
}
