/** A process's arguments as one printable line without secrets. */
import { boundedArguments, hideWords } from "./argumentList.ts";
import { argumentFlagSpans } from "./flags.ts";
import { secretNature } from "./names.ts";
import { pemSpans } from "./pem.ts";
import { cutText, lineSpans, mayHoldSecrets } from "./rules.ts";
import { cutSpans, mask, type Span } from "./spans.ts";
import { couldBeSecret, looksLikePath } from "./values.ts";

/** A command line that may be shown, and what was cut out of it. */
export interface RedactedCommandLine {
  readonly text: string;
  /** Values worth looking for in other texts about the same process. */
  readonly secrets: readonly string[];
}

/** The same, and the arguments one by one. */
export interface RedactedArguments extends RedactedCommandLine {
  readonly arguments: readonly string[];
}

const longestTextBytes = 2048;
const shortestSecret = 4;
const wholeAssignment = /^-{0,2}([A-Za-z_][\w.-]{0,64})=/;
const wholeHeader = /^(?:-H|--header=)?(?:(?:proxy-)?authorization\s*[:=]\s*(?:[a-z0-9-]+\s+)?|(?:set-)?cookie2?\s*:\s*)/i;
const plainHeader = /^(?:-H|--header=)?([A-Za-z][\w-]{0,64}):\s+/;
const scriptFlag = /^-[a-z]*c$/;
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Cut where they stand, but hunting for them elsewhere would tear holes into every process table. */
const tooCommon =
  /^(?:\d{1,7}|root|admin|user|test|guest|postgres|mysql|mariadb|mongo|redis|default|localhost|password|passwd|secret|token|stdin|prompt)$/i;

/** Cuts the secrets out of an argument array and joins it. */
export function redactArguments(argv: readonly string[]): RedactedArguments {
  const args = withoutTrailingEmpty(argv);
  const raw = args.join(" ");
  if (!mayHoldSecrets(raw)) return { text: capped(printable(joined(args))), secrets: [], arguments: boundedArguments(args.map(printable)) };
  const secrets = new Set<string>();
  const flagged = argumentFlagSpans(args);
  const cleaned = args.map((argument, index) => {
    const spans = [...(flagged.get(index) ?? []), ...argumentSpans(argument, args[index - 1])];
    const cut = cutSpans(argument, spans);
    for (const secret of cut.secrets) addSecret(secrets, secret);
    return cut.text;
  });
  // Once more over the whole: what only shows when arguments stand side by side (`echo Authorization: Bearer x`).
  const whole = cutText(printable(joined(cleaned)));
  for (const secret of whole.secrets) if (!secret.includes(mask)) addSecret(secrets, secret);
  const list = cleaned.map(printable);
  // the line is quoted, and a quote may stand between what belongs together
  const found = [...whole.secrets, ...cutText(list.join(" ")).secrets];
  return { text: capped(whole.text), secrets: [...secrets], arguments: boundedArguments(hideWords(list, found)) };
}

/** Joins arguments so that a reader sees where each begins: what holds white space is quoted as a shell would. */
function joined(args: readonly string[]): string {
  const only = args.length === 1 ? args[0] : undefined;
  return only ?? args.map((one) => (one === "" || /\s/.test(one) ? quoted(one) : one)).join(" ");
}

function quoted(argument: string): string {
  return argument.includes("'") && !argument.includes('"') ? `"${argument}"` : `'${argument.replaceAll("'", "'\\''")}'`;
}

function argumentSpans(argument: string, previous: string | undefined): Span[] {
  if (argument === "" || !mayHoldSecrets(argument)) return [];
  const isScript = previous !== undefined && scriptFlag.test(previous);
  const whole = isScript ? undefined : wholeValue(argument);
  return [...(whole === undefined ? [] : [whole]), ...pemSpans(argument), ...lineSpans(argument)];
}

/** The value of `NAME=value` or `Header: value` when that is all an argument says: it reaches to its end, white space included. */
function wholeValue(argument: string): Span | undefined {
  const match = wholeHeader.exec(argument) ?? wholeAssignment.exec(argument) ?? plainHeader.exec(argument);
  if (match === null) return undefined;
  const start = match[0].length;
  const value = argument.slice(start);
  const nature = match[1] === undefined ? "secret" : secretNature(match[1]);
  if (nature === undefined || !couldBeSecret(value) || (nature === "unlessPath" && looksLikePath(value))) return undefined;
  return { start, end: argument.length };
}

/** Other programs show control characters in their own way, so a secret is given in the pieces between them. */
function addSecret(secrets: Set<string>, secret: string): void {
  for (const piece of secret.split(/\p{Cc}+/u)) {
    const bare = piece.trim();
    if (bare.length >= shortestSecret && !tooCommon.test(bare) && couldBeSecret(bare)) secrets.add(bare);
  }
}

/** Programs that write over their own title leave NULs behind. */
function withoutTrailingEmpty(argv: readonly string[]): readonly string[] {
  let length = argv.length;
  while (length > 0 && argv[length - 1] === "") length--;
  return length === argv.length ? argv : argv.slice(0, length);
}

function printable(text: string): string {
  return /^[ -~]*$/.test(text) ? text : text.replace(unprintable, escaped);
}

function escaped(char: string): string {
  if (char === "\n") return "\\n";
  if (char === "\t") return "\\t";
  if (char === "\r") return "\\r";
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

function capped(text: string): string {
  if (text.length * 3 <= longestTextBytes || Buffer.byteLength(text) <= longestTextBytes) return text;
  const ellipsis = "…";
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(longestTextBytes - Buffer.byteLength(ellipsis)));
  return text.slice(0, read) + ellipsis;
}
