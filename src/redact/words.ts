/** The words of a line as a shell would see them, where it is not known for sure that it is one. */

/** One word. `text` is without the quotes around it. */
export interface Word {
  readonly text: string;
  /** Where `text` begins and ends in the line. */
  readonly start: number;
  readonly end: number;
  /** What stands between the word before and this one, without blanks: `|`, `;`, `<<<`, `([`; empty for a plain argument. */
  readonly operator: string;
  /** A command begins with it: it is the first, or stands behind a pipe, a semicolon, a bracket. */
  readonly opens: boolean;
  /** It stood in quotes, so that it may hold a whole command line of its own. */
  readonly quoted: boolean;
}

const mostWords = 2000;
const breakers = "([{`;|&<>,)]}";
const closers = ")]}`,;|&";
const opening = /[;|&([{`]/;
/** What a character may be: a blank, the end of a word or a list, something to look closer at inside of a word. */
const blank = 1;
const breaker = 2;
const special = 4;
const kinds = new Uint8Array(256);
for (let code = 0; code < 256; code++) {
  const char = String.fromCharCode(code);
  if (code <= 32 || code === 0xa0) kinds[code] = blank;
  if (breakers.includes(char)) kinds[code] = (kinds[code] ?? 0) | breaker;
  if ("\"'\\$<`([{,".includes(char)) kinds[code] = (kinds[code] ?? 0) | special;
}

/** Takes a line, or a part of it, apart. Brackets, commas and separators at the edges of a word do not belong to it. */
export function wordsOf(line: string, from = 0, to = line.length): Word[] {
  const words: Word[] = [];
  let operator = "";
  let at = from;
  while (at < to && words.length < mostWords) {
    const kind = kindOf(line.charCodeAt(at));
    if (kind === blank) at++;
    else if ((kind & breaker) !== 0 || ((kind & special) !== 0 && ((line[at] === "$" && line[at + 1] === "(") || opensList(line, at)))) {
      if (operator.length < 8) operator += line[at];
      at++;
    } else {
      const read = readWord(line, at, to);
      const { text, start, end, quoted } = read;
      words.push({ text, start, end, quoted, operator, opens: words.length === 0 || (operator !== "" && opening.test(operator)) });
      at = read.next;
      operator = "";
      // `"cmd":"mysql -psecret"`: the colon of a document parts two words
      if (quoted && line[at] === ":" && quoteAt(line, at + 1) !== "") at++;
    }
  }
  return words;
}

function readWord(line: string, at: number, to: number) {
  const quote = quoteAt(line, at);
  const close = quote === "" ? -1 : closeOf(line, at + quote.length, to, quote);
  const after = close + quote.length;
  if (close >= 0 && (after >= to || isBlank(line.charCodeAt(after)) || closersAndMore.includes(line[after] ?? ""))) {
    return { text: line.slice(at + quote.length, close), start: at + quote.length, end: close, quoted: true, next: after };
  }
  const next = bareEnd(line, at, to);
  let end = next;
  while (end > at + 1 && closers.includes(line[end - 1] ?? "")) end--;
  return { text: line.slice(at, end), start: at, end, quoted: false, next: end };
}

const closersAndMore = `${closers}:=>\\'"`;

/** Quotes inside belong to the word: `-p'two words'`; a bracket or a comma in front of a quote ends it: `system('mysql')`. */
function bareEnd(line: string, at: number, to: number): number {
  let end = at;
  while (end < to) {
    const kind = kindOf(line.charCodeAt(end));
    if (kind === blank) break;
    if ((kind & special) === 0) {
      end++;
      continue;
    }
    const quote = quoteAt(line, end);
    if (quote === "") {
      if (end > at && isBreak(line, end)) return end;
      end++;
    } else {
      const close = end === at ? -1 : closeOf(line, end + quote.length, to, quote);
      end = close >= 0 ? close + quote.length : end + quote.length;
    }
  }
  return end;
}

/** A bracket or a comma in front of a quote, and a command within a word: `x=$(curl ...)`. */
function isBreak(line: string, at: number): boolean {
  const char = line[at] ?? "";
  if (char === "$" || char === "<") return line[at + 1] === "(";
  return char === "`" || ("([{,".includes(char) && quoteAt(line, at + 1) !== "");
}

/** `'['mysql', '-p']'`: the outer quotes hold a list of quoted words. */
function opensList(line: string, at: number): boolean {
  return quoteAt(line, at).length === 1 && (line[at + 1] === "[" || line[at + 1] === "{") && quoteAt(line, at + 2) !== "";
}

function quoteAt(line: string, at: number): string {
  const char = line[at];
  if (char === '"' || char === "'") return char;
  return char === "\\" && (line[at + 1] === '"' || line[at + 1] === "'") ? line.slice(at, at + 2) : "";
}

function closeOf(line: string, from: number, to: number, quote: string): number {
  if (quote !== '"') {
    const close = line.indexOf(quote, from);
    return close >= to ? -1 : close;
  }
  for (let at = from; at < to; at++) {
    if (line[at] === "\\") at++;
    else if (line[at] === '"') return at;
  }
  return -1;
}

function isBlank(code: number): boolean {
  return kindOf(code) === blank;
}

function kindOf(code: number): number {
  return code < 256 ? (kinds[code] ?? 0) : 0;
}
