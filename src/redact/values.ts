/** Where a value ends, and whether it can be a secret at all. */
import type { Span } from "./spans.ts";

/** A value found in a text: what to cut (without its quotes), and where to go on reading. */
interface FoundValue {
  readonly inner: Span;
  readonly next: number;
}

/** What ends a bare value besides white space: the `&` of a URL's query, or a separator that starts another `name=`. */
type ValueStop = "query" | "pairs" | "none";

const pairFollows = /[,;&]\s?["']?[\w.-]{1,64}["']?[=:]/y;
const closers = "'\"`;,)]}>";

/** Reads the value that starts at `start`: quoted ('..', "..", \"..\") or bare up to white space. */
export function readValue(text: string, start: number, stop: ValueStop): FoundValue | undefined {
  const quote = openingQuote(text, start);
  if (quote !== "") {
    const close = closingQuote(text, start + quote.length, quote);
    if (close !== undefined) return quotedValue(text, start, close, quote);
  }
  const end = bareEnd(text, start, stop);
  return end > start ? { inner: { start, end }, next: end } : undefined;
}

const noSecret =
  /^(?:|true|false|yes|no|on|off|null|none|nil|undefined|prompt|stdin|\d{1,3}|["'`]?[*…\s]+["'`]?|[xX]{3,}|\$[A-Z_][A-Z0-9_]*|\$\{[^}]*\}|\$\(.*|%[A-Za-z%]|%\w+%|<[\w -]*>|\{\{.*\}\}|\$env:\w+|(?:@?(?:env|file|fd|keychain)|keyring|secretref|awssm|ref\+\w+|op:\/):\S+|\[?(?:redacted|filtered|masked|hidden)\]?|\d{1,2}:\d+\.[\w.+~-]+|\d+\.\d[\w.]*[+~-][\w.+~-]*(?:ubuntu|deb|dfsg|el|fc)[\w.+~-]*|[^\p{L}\p{N}]{1,3})$/iu;

/** False for what is no secret wherever it stands: nothing, a switch's word, a number below a thousand, a variable, a package's version, the mask itself. */
export function couldBeSecret(value: string): boolean {
  return value.length > 64 || !noSecret.test(value);
}

/** `-p 27017:27017` behind the word `mongo` belongs to the container engine. */
export function isPortMapping(value: string): boolean {
  return /^(?:[\d.]{1,15}:)?\d{1,5}:\d{1,5}(?:\/[a-z]{3,4})?$/.test(value);
}

/** True for what is written like a path and not like base64. */
export function looksLikePath(value: string): boolean {
  return /^[<@]?(?:\.{0,2}|~\w*)\/[\w.@/-]*(?:,[\w-]{1,32}(?:=[\w.:/-]*)?)*$/.test(value);
}

/** False where the word behind a flag is the next flag: a generated secret may begin with a dash (1 in 64 does). */
export function isNextFlag(text: string, at: number): boolean {
  if (text[at] !== "-" || text.length === at + 1) return false;
  const word = /^\S*/.exec(text.slice(at, at + 520))?.[0] ?? "";
  if (word.length < 9 || word.startsWith("--") || /[=:/]/.test(word)) return true;
  return !/\d[^\d]*\d/.test(word) || /^-[A-Za-z]+-/.test(word) || /^-[A-Za-z]{1,3}\d+$/.test(word);
}

function openingQuote(text: string, at: number): string {
  const first = text[at];
  if (first === '"' || first === "'" || first === "`") return first;
  return first === "\\" && (text[at + 1] === '"' || text[at + 1] === "'") ? text.slice(at, at + 2) : "";
}

function closingQuote(text: string, from: number, quote: string): number | undefined {
  if (quote !== '"') {
    const close = text.indexOf(quote, from);
    return close < 0 ? undefined : close;
  }
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return undefined;
}

/** `'it'\''s'` and `"a"b` are one word to a shell: such a value is cut together with its quotes. */
function quotedValue(text: string, start: number, close: number, quote: string): FoundValue {
  const end = close + quote.length;
  if (quote.length > 1 || !/[\w\\'"]/.test(text[end] ?? " ")) return { inner: { start: start + quote.length, end: close }, next: end };
  const next = shellWordEnd(text, end);
  return { inner: { start, end: next }, next };
}

function shellWordEnd(text: string, from: number): number {
  for (let at = from; at < text.length; ) {
    const char = text[at] ?? "";
    if (char === "\\") at += 2;
    else if (char === "'" || char === '"') {
      const close = closingQuote(text, at + 1, char);
      if (close === undefined) return bareEnd(text, at, "none");
      at = close + 1;
    } else return /\w/.test(char) ? bareEnd(text, at, "none") : at;
  }
  return text.length;
}

function bareEnd(text: string, start: number, stop: ValueStop): number {
  let end = start;
  for (; end < text.length; end++) {
    const char = text.charCodeAt(end);
    if (char <= 32 || char === 0xa0) break;
    if (stop === "query" && (char === 38 || char === 35)) break;
    if (stop === "pairs" && (char === 44 || char === 59 || char === 38) && end > start) {
      pairFollows.lastIndex = end;
      if (pairFollows.test(text)) break;
    }
  }
  const isVariable = text.startsWith("${", start);
  while (end > start + 1 && closers.includes(text[end - 1] ?? "") && !(isVariable && text[end - 1] === "}")) end--;
  return end;
}
