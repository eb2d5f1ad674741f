/** `--password x`, `-psecret`, `-u user:pass`: a flag and the secret behind it, in a text or in an array of arguments. */
import { isSwitch, secretNature } from "./names.ts";
import type { Span } from "./spans.ts";
import { type SecretTool, toolNamed } from "./tools.ts";
import { couldBeSecret, looksGenerated, looksLikePath, readValue } from "./values.ts";

/** What follows a flag. */
interface Expectation {
  /** Cut only what stands behind this separator (`user:pass`); everything when it is not given. */
  readonly separator?: string;
  readonly unlessPath?: boolean;
}

const wordPattern = /[^\s"'`,;|&()[\]{}]+/g;
const secretFlag = /^--?[A-Za-z][\w.-]*$/;
const gapBeforeValue = /(?:\\?["'`])?(?:\s*,\s*(?=\\?["'])|[ \t]+)/y;

/** Finds the secrets behind flags in one line of text. */
export function flagSpans(line: string): Span[] {
  const spans: Span[] = [];
  const reader = new FlagReader();
  let previousEnd = 0;
  for (const match of line.matchAll(wordPattern)) {
    const gap = line.slice(previousEnd, match.index);
    if (/[;|&]/.test(gap) && /\s/.test(gap)) reader.endCommand();
    previousEnd = match.index + match[0].length;
    const word = match[0].replace(/\\+$/, "");
    const end = match.index + word.length;
    const glued = reader.gluedSecret(word, startsQuoted(line, end));
    if (glued !== undefined) addValue(spans, line, match.index + glued.at, glued);
    const expectation = glued === undefined ? reader.read(word) : undefined;
    if (expectation === undefined) continue;
    gapBeforeValue.lastIndex = end;
    const valueStart = end + (gapBeforeValue.exec(line)?.[0].length ?? 0);
    if (valueStart > end && !isNextFlag(line, valueStart)) addValue(spans, line, valueStart, expectation);
  }
  return spans;
}

/** Finds the same in an array of arguments, one list of spans an argument; here every boundary is known. */
export function argumentFlagSpans(argv: readonly string[]): ReadonlyMap<number, readonly Span[]> {
  const found = new Map<number, readonly Span[]>();
  const reader = new FlagReader();
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    const glued = reader.gluedSecret(argument, false);
    const gluedSpan = glued && secretPart(argument, { start: glued.at, end: argument.length }, glued);
    if (gluedSpan !== undefined) found.set(index, [gluedSpan]);
    const expectation = glued === undefined ? reader.read(argument) : undefined;
    const value = argv[index + 1];
    if (expectation === undefined || value === undefined || isNextFlag(value, 0)) continue;
    const span = secretPart(value, { start: 0, end: value.length }, expectation);
    if (span === undefined) continue;
    found.set(index + 1, [span]);
    index++;
  }
  return found;
}

/** Follows a command line word by word and knows which program's flags it is reading. */
class FlagReader {
  #tool: SecretTool | undefined;
  #words = 0;

  endCommand(): void {
    this.#tool = undefined;
    this.#words = 0;
  }

  /** The secret that is part of this very word, and where it begins. */
  gluedSecret(word: string, quoteFollows: boolean): (Expectation & { readonly at: number }) | undefined {
    const tool = this.#tool;
    if (tool === undefined || word.startsWith("--")) return undefined;
    const flag = tool.attached?.find((one) => word.startsWith(one) && (word.length > one.length || quoteFollows));
    if (flag !== undefined) {
      if (tool.once === true) this.#tool = undefined;
      return { at: flag.length };
    }
    const credentials = tool.credentials?.find((one) => one.length === 2 && word.startsWith(one) && (word.length > 2 || quoteFollows));
    return credentials === undefined ? undefined : { at: 2, separator: tool.separator ?? ":" };
  }

  /** What the next argument is, seen from this one. */
  read(word: string): Expectation | undefined {
    this.#words++;
    const tool = this.#tool;
    if (tool?.separate?.includes(word) === true) {
      if (tool.once === true) this.#tool = undefined;
      return {};
    }
    if (tool?.credentials !== undefined && takesCredentials(tool, tool.credentials, word)) return { separator: tool.separator ?? ":" };
    if (!word.startsWith("-")) {
      this.#tool = toolNamed(word, this.#words === 1) ?? tool;
      return undefined;
    }
    if (!secretFlag.test(word) || isSwitch(word)) return undefined;
    const nature = secretNature(word.replace(/^-+/, ""));
    return nature === undefined ? undefined : { unlessPath: nature === "unlessPath" };
  }
}

function takesCredentials(tool: SecretTool, flags: readonly string[], word: string): boolean {
  if (flags.includes(word)) return true;
  return tool.bundles === true && /^-[A-Za-z#]{2,12}$/.test(word) && flags.includes(`-${word.at(-1)}`);
}

function startsQuoted(line: string, at: number): boolean {
  return line[at] === "'" || line[at] === '"';
}

/** The next argument is a flag of its own, not the value that was expected. */
function isNextFlag(text: string, at: number): boolean {
  if (text[at] !== "-" || text.length === at + 1) return false;
  return !looksGenerated(/^\S*/.exec(text.slice(at, at + 520))?.[0] ?? "");
}

function addValue(spans: Span[], line: string, start: number, expectation: Expectation): void {
  const value = readValue(line, start, "none");
  const span = value && secretPart(line, value.inner, expectation);
  if (span !== undefined) spans.push(span);
}

function secretPart(text: string, range: Span, expectation: Expectation): Span | undefined {
  const value = text.slice(range.start, range.end);
  if (expectation.unlessPath === true && looksLikePath(value)) return undefined;
  const at = expectation.separator === undefined ? -1 : value.indexOf(expectation.separator);
  if (expectation.separator !== undefined && at < 0) return undefined;
  const secret = value.slice(at + 1);
  return couldBeSecret(secret) && !isPortMapping(secret) ? { start: range.start + at + 1, end: range.end } : undefined;
}

/** `-p 27017:27017` behind the word `mongo` belongs to the container engine. */
function isPortMapping(value: string): boolean {
  return /^(?:[\d.]{1,15}:)?\d{1,5}:\d{1,5}(?:\/[a-z]{3,4})?$/.test(value);
}
