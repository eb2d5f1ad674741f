/** A process's arguments as one printable line without secrets. */
import { boundedArguments } from "./argumentList.ts";
import { argumentCommands, type Commands } from "./commands.ts";
import { argumentFlagSpans } from "./flags.ts";
import { looksGenerated } from "./generated.ts";
import { secretPart } from "./judge.ts";
import { secretNature } from "./names.ts";
import { pemSpans } from "./pem.ts";
import { keptNames } from "./programNames.ts";
import { lineSpans, mayHoldSecrets, type Rulebook, spansByLooks, spansByName } from "./rules.ts";
import { addSpans, cutSpans, mask, mergeSpans, type Span } from "./spans.ts";
import { mayBeGuessed } from "./unknownProgram.ts";
import { couldBeSecret } from "./values.ts";
import type { Word } from "./words.ts";

/** A value that was cut out of a command line. */
export interface FoundSecret {
  readonly value: string;
  /** Nobody writes it by chance, so it may be masked in any text. */
  readonly generated: boolean;
  /** What stands in front of it: its flag or name. */
  readonly before: string;
}

/** A command line that may be shown, and what was cut out of it. */
export interface RedactedCommandLine {
  readonly text: string;
  /** Values worth looking for in other texts about the same process. */
  readonly secrets: readonly FoundSecret[];
}

/** The same, and the arguments one by one. */
export interface RedactedArguments extends RedactedCommandLine {
  readonly arguments: readonly string[];
}

const longestTextBytes = 2048;
const shortestSecret = 4;
const mostRounds = 6;
const wholeAssignment = /^(-{0,2}[A-Za-z_][\w.-]{0,64})=/;
const wholeHeader = /^(?:-H|--header=)?(?:(?:proxy-)?authorization\s*[:=]\s*(?:[a-z0-9-]+\s+)?|(?:set-)?cookie2?\s*:\s*)/i;
const plainHeader = /^(?:-H|--header=)?([A-Za-z][\w-]{0,64}):\s+/;
const scriptFlag = /^-[a-z]*c$/;
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Cuts the secrets out of an argument array and joins it. */
export function redactArguments(argv: readonly string[], rulebook: Rulebook): RedactedArguments {
  const args = withoutTrailingEmpty(argv);
  if (rulebook.namesOnly) return namesOf(args);
  const raw = args.join(" ");
  if (!mayHoldSecrets(raw, rulebook) && !mayBeGuessed(args))
    return { text: capped(printable(joined(args))), secrets: [], arguments: boundedArguments(args.map(printable)) };
  const secrets = new Map<string, FoundSecret>();
  let list: readonly string[] = cutArguments(args, argumentSpans(raw, args, rulebook), secrets).map(printable);
  // Once more over the whole: what only shows when arguments stand side by side (`echo Authorization: Bearer x`), or in the quotes
  // that the line is given. What a cut brings side by side may read as a secret again, hence the rounds.
  for (let round = 0; round < mostRounds && list.some(mayJoin); round++) {
    const line = joined(list);
    const spans = mergeSpans([...pemSpans(line), ...lineSpans(line, rulebook)]);
    if (spans.length === 0) break;
    list = cutArguments(list, spansInside(list, spans), secrets);
  }
  return { text: capped(joined(list)), secrets: [...secrets.values()], arguments: boundedArguments(list) };
}

/** Whether an argument and the one beside it may say more than each alone: quotes, separators, words that introduce a secret. */
function mayJoin(argument: string): boolean {
  return /["'`\\\s]|[:=,;|&]$|^[:=|&]|-----|^(?:bearer|by|password|secret|token)$/i.test(argument);
}

/** The program, what it starts and its sub-command; everything else is cut, and worth looking for beside its pid. */
function namesOf(args: readonly string[]): RedactedArguments {
  const list = args.length === 1 ? (args[0] ?? "").split(/\s+/) : args;
  const words = wordsIn(list);
  const kept = keptNames(words);
  const secrets = new Map<string, FoundSecret>();
  const shown: string[] = [];
  for (const [index, text] of list.entries()) {
    if (kept.has(index)) shown.push(printable(text));
    else {
      addSecrets(secrets, text, list[index - 1] ?? "");
      if (shown.at(-1) !== mask) shown.push(mask);
    }
  }
  return { text: capped(joined(shown)), secrets: [...secrets.values()], arguments: boundedArguments(shown) };
}

/** A copy of the arguments without their spans. */
function cutArguments(
  args: readonly string[],
  spans: ReadonlyMap<number, readonly Span[]>,
  secrets: Map<string, FoundSecret>,
): readonly string[] {
  return args.map((argument, index) => {
    const own = spans.get(index);
    if (own === undefined) return argument;
    const merged = mergeSpans(own);
    for (const { start, end } of merged) {
      addSecrets(secrets, argument.slice(start, end), start === 0 ? (args[index - 1] ?? "") : argument.slice(0, start));
    }
    return cutSpans(argument, merged).text;
  });
}

/** What the rules find in the arguments, each with its boundaries known. */
function argumentSpans(raw: string, args: readonly string[], rulebook: Rulebook): ReadonlyMap<number, readonly Span[]> {
  const only = args.length === 1 ? args[0] : undefined;
  // a title that a program wrote over its arguments is a text
  if (only !== undefined && /\s/.test(only))
    return new Map([[0, [...pemSpans(only), ...(only.split("\n").length === 1 ? lineSpans(only, rulebook) : [])]]]);
  const words = wordsIn(args);
  const commands = argumentCommands(raw, words);
  const found = new Map<number, Span[]>();
  addSpans(commands.spans, argumentFlagSpans(words, commands.harmless));
  addSpans(commands.spans, spansByLooks(raw, rulebook, commands.programs));
  const global = mergeSpans(commands.spans);
  let next = 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || word.text === "") continue;
    const spans = ownSpans(word, args[index - 1], commands);
    while (next < global.length && (global[next]?.end ?? 0) <= word.start) next++;
    for (let at = next; at < global.length && (global[at]?.start ?? 0) < word.end; at++) {
      const span = global[at];
      if (span !== undefined)
        spans.push({ start: Math.max(0, span.start - word.start), end: Math.min(word.text.length, span.end - word.start) });
    }
    if (spans.length > 0) found.set(index, spans);
  }
  return found;
}

/** The arguments as words of the line that they make when they are joined by blanks. */
function wordsIn(args: readonly string[]): readonly Word[] {
  let start = 0;
  return args.map((text) => {
    const word = { text, start, end: start + text.length, operator: "", opens: start === 0, quoted: /\s/.test(text) };
    start += text.length + 1;
    return word;
  });
}

function ownSpans({ text, start }: Word, previous: string | undefined, { harmless: all }: Commands): Span[] {
  const spans = pemSpans(text);
  if (all.has(start)) return spans;
  const isScript = previous !== undefined && scriptFlag.test(previous);
  const whole = isScript ? undefined : wholeValue(text);
  if (whole !== undefined) spans.push(whole);
  addSpans(spans, spansByName(text, { harmless: { has: (at: number) => all.has(at + start) } }));
  return spans;
}

/** The value of `NAME=value` or `Header: value` when that is all an argument says: it reaches to its end, white space included. */
function wholeValue(argument: string): Span | undefined {
  if (!argument.includes("=") && !argument.includes(":")) return undefined;
  const match = wholeHeader.exec(argument) ?? wholeAssignment.exec(argument) ?? plainHeader.exec(argument);
  if (match === null) return undefined;
  const start = match[0].length;
  const nature = match[1] === undefined ? "secret" : secretNature(match[1]);
  const part = nature && secretPart(argument.slice(start), nature);
  return part && { start: start + part.start, end: start + part.end };
}

/** Where the spans of the joined line, which are sorted, lie in the arguments; the quotes around them are left alone. */
function spansInside(list: readonly string[], spans: readonly Span[]): ReadonlyMap<number, readonly Span[]> {
  const found = new Map<number, Span[]>();
  let at = 0;
  let next = 0;
  for (const [index, argument] of list.entries()) {
    const shown = list.length === 1 ? argument : shownArgument(argument);
    while (next < spans.length && (spans[next]?.end ?? 0) <= at) next++;
    for (let one = next; one < spans.length && (spans[one]?.start ?? 0) < at + shown.length; one++) {
      const { start, end } = spans[one] ?? { start: 0, end: 0 };
      const own = { start: placeIn(argument, shown, start - at), end: placeIn(argument, shown, end - at) };
      if (own.end <= own.start) continue;
      const before = found.get(index);
      if (before === undefined) found.set(index, [own]);
      else before.push(own);
    }
    at += shown.length + 1;
  }
  return found;
}

/** Which character of an argument stands at a place of what is shown of it. */
function placeIn(argument: string, shown: string, place: number): number {
  if (argument === shown) return Math.min(Math.max(place, 0), argument.length);
  const isEscaped = shown.startsWith("'") && argument.includes("'");
  // `'\''` stands for one quote
  const before = isEscaped ? shown.slice(1, Math.max(1, place)).replaceAll("'\\''", "'").length : place - 1;
  return Math.min(Math.max(before, 0), argument.length);
}

/** Joins arguments so that a reader sees where each begins: what holds white space is quoted as a shell would. */
function joined(args: readonly string[]): string {
  const only = args.length === 1 ? args[0] : undefined;
  return only ?? args.map(shownArgument).join(" ");
}

function shownArgument(argument: string): string {
  return argument === "" || /\s/.test(argument) ? quoted(argument) : argument;
}

function quoted(argument: string): string {
  return argument.includes("'") && !argument.includes('"') ? `"${argument}"` : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** Other programs show control characters in their own way, so a secret is given in the pieces between them. */
function addSecrets(secrets: Map<string, FoundSecret>, secret: string, before: string): void {
  for (const piece of isPrintable(secret) ? [secret] : secret.split(/\p{Cc}+/u)) {
    const value = piece.trim();
    if (value.length < shortestSecret || value.includes(mask) || !couldBeSecret(value) || secrets.has(value)) continue;
    secrets.set(value, { value, generated: looksGenerated(value), before });
  }
}

/** Programs that write over their own title leave NULs behind. */
function withoutTrailingEmpty(argv: readonly string[]): readonly string[] {
  let length = argv.length;
  while (length > 0 && argv[length - 1] === "") length--;
  return length === argv.length ? argv : argv.slice(0, length);
}

function printable(text: string): string {
  return isPrintable(text) ? text : text.replace(unprintable, escaped);
}

/** True for plain ASCII, as nearly everything is. */
function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code > 126) return false;
  }
  return true;
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
