/** The last net, for what no table knows: a value or a lone argument that looks generated and has no harmless form. */
import { looksGenerated, shortestGenerated } from "./generated.ts";
import { isHarmlessName } from "./names.ts";
import type { Span } from "./spans.ts";

/** What cannot be inside of a generated value. */
const delimiters = new Uint8Array(128);
for (const char of "\"'`,;:=&?|()[]{}<>@\\ \t\r\n") delimiters[char.charCodeAt(0)] = 1;

/** Behind these stand ids that look generated and are none: of a mail in its server's queue, of a connection to one. */
const idInFront =
  /(?:(?:postfix(?:-\w{1,16})?\/[\w/-]{1,32}|sendmail|sm-mta|exim4?|smtpd|opendkim|amavis)\[\d{1,9}\]: |queued as |session=<|qid: <)$/;
const digestPrefix = /(?:sha|SHA|md|MD|blake|BLAKE)[\w-]{0,8}$/;
const nameInFront = /([\w.-]{1,64})["']?\s{0,2}$/;
const flagInFront = /(?:^|\s)--?([A-Za-z][\w-]{0,48})["']?\s{1,2}["']?$/;

/** Finds them in one line, outside of the names of programs. */
export function netSpans(line: string, programs: readonly Span[]): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < line.length; start++) {
    if (isDelimiter(line.charCodeAt(start))) continue;
    let end = start;
    while (end < line.length && !isDelimiter(line.charCodeAt(end))) end++;
    if (end - start >= shortestGenerated) addPiece(line, start, end, programs, spans);
    start = end;
  }
  return spans;
}

function addPiece(line: string, start: number, end: number, programs: readonly Span[], spans: Span[]): void {
  const from = start + flagLength(line, start, end);
  const stop = withPadding(line, end);
  const piece = line.slice(from, trimmed(line, from, end));
  if (!looksGenerated(piece) || isHarmlessPlace(line, start) || programs.some((one) => one.start < end && start < one.end)) return;
  spans.push({ start: from, end: stop === end ? from + piece.length : stop });
}

/** The letter of a flag that the value is glued to: `-psecret`. */
function flagLength(line: string, start: number, end: number): number {
  if (line[start] !== "-" || end - start < shortestGenerated + 2) return 0;
  return /[A-Za-z]/.test(line[start + 1] ?? "") ? 2 : 0;
}

/** Base64 ends in equal signs, where it ends. */
function withPadding(line: string, end: number): number {
  let stop = end;
  while (stop < end + 2 && line[stop] === "=") stop++;
  return stop > end && /[\w+/%-]/.test(line[stop] ?? " ") ? end : stop;
}

function trimmed(line: string, from: number, end: number): number {
  let stop = end;
  while (stop > from && ".!*~".includes(line[stop - 1] ?? "")) stop--;
  return stop;
}

/** Behind `sha256:`, and behind a name that says that its value is no secret. */
function isHarmlessPlace(line: string, start: number): boolean {
  const separator = line[start - 1] ?? "";
  if ((separator === " " || separator === "<") && idInFront.test(line.slice(Math.max(0, start - 64), start))) return true;
  const before = line.slice(Math.max(0, start - 80), start - 1);
  if (separator === ":" && digestPrefix.test(before)) return true;
  if (separator === "=" || separator === ":") return isHarmlessName(nameInFront.exec(before)?.[1] ?? "");
  const spaced = line.slice(Math.max(0, start - 80), start);
  const flag = flagInFront.exec(spaced)?.[1] ?? /([\w.-]{1,64})["']?\s{0,2}[=:]\s{0,2}["']?$/.exec(spaced)?.[1];
  return flag !== undefined && isHarmlessName(flag);
}

function isDelimiter(code: number): boolean {
  return code < 128 ? delimiters[code] === 1 : false;
}
