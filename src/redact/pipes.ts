/** Secrets that a shell hands to a program's standard input: `echo secret | sudo -S ls`, `chpasswd <<< bob:secret`. */
import type { Rules } from "./programs/tables.ts";
import { stdinFlag } from "./programs/unknown.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret } from "./values.ts";
import type { Word } from "./words.ts";

/** One command of a line. */
export interface Command {
  /** Its words, from the first of what starts it up to, not including, the next command. */
  readonly from: number;
  readonly to: number;
  /** The programs in it that the table knows, each with its own words. */
  readonly readers: { readonly rules: Rules; readonly at: number; readonly end: number }[];
}

const writers = /^(?:echo|printf|print|yes|cat)$/;
/** Words of shells alone, whatever stands in front of them: a prompt, `sudo`, a time. */
const plainWriter = /^(?:echo|printf)$/;

/** Finds what is written into those of the commands that read a secret. */
export function pipedSpans(words: readonly Word[], commands: readonly Command[]): Span[] {
  const spans: Span[] = [];
  for (const command of commands) {
    const reader = command.readers.find(({ rules, at, end }) => readsSecret(rules, words, at, end));
    if (reader === undefined) continue;
    const pair = reader.rules.stdinPair;
    for (let at = command.from; at < command.to; at++) {
      if (words[at]?.operator.includes("<<<") === true) addSecret(words[at], pair, spans);
    }
    const operator = words[command.from]?.operator ?? "";
    if (operator.includes("|") && !operator.includes("||")) addWritten(words, command.from, operator.includes(")"), pair, spans);
  }
  return spans;
}

/** The same for programs that no table knows, where a flag says it: `echo secret | tool --password-stdin`. */
export function askedSpans(words: readonly Word[]): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    if (word.opens) from = at;
    if (!stdinFlag.test(word.text)) continue;
    const operator = words[from]?.operator ?? "";
    if (operator.includes("|") && !operator.includes("||")) addWritten(words, from, operator.includes(")"), false, spans);
    for (let own = from; own < words.length && (own === from || words[own]?.opens !== true); own++)
      if (words[own]?.operator.includes("<<<") === true) addSecret(words[own], false, spans);
  }
  return spans;
}

function readsSecret(rules: Rules, words: readonly Word[], at: number, end: number): boolean {
  if (rules.stdin.size === 0) return false;
  if (rules.stdin.has("*")) return true;
  for (let index = at + 1; index < end; index++) if (isAsked(rules.stdin, words[index]?.text ?? "")) return true;
  return false;
}

/** `-S` may be in a bundle: `sudo -kS`. */
function isAsked(stdin: ReadonlySet<string>, text: string): boolean {
  const plain = text.split("=")[0] ?? "";
  if (stdin.has(plain)) return true;
  return /^-[A-Za-z]{2,6}$/.test(text) && [...text.slice(1)].some((letter) => stdin.has(`-${letter}`));
}

/** What the command in front of the pipe writes; all commands of a bracket in front of it write. */
function addWritten(words: readonly Word[], pipe: number, isGroup: boolean, pair: boolean, spans: Span[]): void {
  let end = pipe;
  for (let at = pipe - 1; at >= 0; at--) {
    const word = words[at];
    if (word === undefined) return;
    const name = word.text;
    const isWriter = writers.test(name) && (word.opens || plainWriter.test(name) || /[:\]>$#%]$/.test(words[at - 1]?.text ?? ""));
    if (!word.opens && !isWriter) continue;
    if (!isWriter) return;
    // `cat <<< secret | sudo -S id`
    for (let own = at + 1; own < end; own++) if (words[own]?.operator.includes("<<<") === true) addSecret(words[own], pair, spans);
    if (name !== "cat") addArguments(words, at + 1, end, name === "printf", pair, spans);
    if (!isGroup || /[({]/.test(word.operator)) return;
    end = at;
  }
}

function addArguments(words: readonly Word[], from: number, to: number, hasFormat: boolean, pair: boolean, spans: Span[]): void {
  let first = true;
  for (let at = from; at < to; at++) {
    const word = words[at];
    if (word === undefined || /^-[neE]+$/.test(word.text)) continue;
    const isFormat = hasFormat && first && at + 1 < to && word.text.includes("%");
    first = false;
    if (!isFormat) addSecret(word, pair, spans);
  }
}

function addSecret(word: Word | undefined, pair: boolean, spans: Span[]): void {
  if (word === undefined) return;
  const colon = pair ? word.text.indexOf(":") : -1;
  if (pair && colon < 0) return;
  if (couldBeSecret(word.text.slice(colon + 1))) spans.push({ start: word.start + colon + 1, end: word.end });
}
