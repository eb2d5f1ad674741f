/**
 * Secrets among the arguments of a program that no table knows: `-u bob -p secret`, `set-password bob secret`.
 *
 * These are guesses, so what has a harmless form (a number, a path, an address, a file, a setting) is left.
 */
import { looksChosen, looksMadeUp, looksRandom } from "./generated.ts";
import { harmlessValues } from "./nameTable.ts";
import {
  besideUser,
  entryVerbs,
  firstOfTwo,
  guessWords,
  makingVerbs,
  ordinaryValues,
  otherVerbs,
  pairFlags,
  passwordLetters,
  passwordVerbs,
  tokenVerbs,
  userFlags,
  userWords,
} from "./programs/unknown.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret, looksLikePath } from "./values.ts";
import type { Word } from "./words.ts";

const none: readonly Span[] = [];
/** `my_project`, `web-1`, `pkg.module:app`, `a,b`, `v1.2-rc1`, `10m`, `5s`, `0x3`, `50%`: hardly a password, where nothing but a letter speaks for one. */
const ordinaryForm =
  /^[a-z]{1,20}(?:[-_][a-z0-9]{1,20})+$|^[\w.@-]+[:,][\w.:,@-]*$|^[a-z][\w-]*(?:\.[\w-]+)+$|^[vV]?\d[\w.:%-]{0,11}$|^.{1,3}$|[()<>{}\s\\|;'"]|^\W|^[A-Z][A-Z0-9_]*$/;
const harmlessForm = /^\d{1,5}$|^[\d.,:-]*[.,:-][\d.,:-]*$|:\/\/|^[\w.-]+\/[\w./-]+$|^\w+=|^[\w-]+\.[a-z]{2,5}$|^[-+/@{[$%]/;

const slashLetter = /^\/[pP]:(?=.)/;

/** `reset_admin_password.py bob secret`, `nginx-htpasswd bob secret` */
const setsPassword = /(?:(?:set|reset|change|update)[_-]?(?:\w{1,16}[_-])?passw(?:or)?d|[a-z][_-](?:ht)?passwd)(?:\.\w{1,4})?$/i;
/** `-U bob%secret`, as Samba's tools have it; not what is encoded for an address. */
const percentPair = /^[A-Za-z][\w.\\/@-]{0,63}%(?=.{4})(?![^%]*%[0-9A-Fa-f]{2})/;

/** False where there is nothing to guess: one flag of those alone says nothing. */
export function mayBeGuessed(args: readonly string[]): boolean {
  let flags = 0;
  for (let index = 1; index < args.length; index++) {
    const text = args[index] ?? "";
    if (!guessWords.has(text)) {
      if (slashLetter.test(text) || (text.includes(":") && makingVerbs.has(verbOf(text)))) return true;
      continue;
    }
    const next = args[index + 1] ?? "";
    if (makingVerbs.has(text) || tokenVerbs.has(text) || firstOfTwo.has(text)) return true;
    if (next.includes(":") || next.includes("%") || looksMadeUp(next) || (passwordLetters.has(text) && !isOrdinary(next))) return true;
    flags++;
  }
  return flags > 1;
}

/** Finds them between the program at `at` and `end`; of a program that is known its table says which sub-commands take secrets. */
export function unknownProgramSpans(words: readonly Word[], at: number, end: number, isKnown: boolean): readonly Span[] {
  if (end - at < 3) return none;
  const spans: Span[] = [];
  let hasUser = false;
  for (let index = at + 1; index < end && !hasUser; index++) hasUser = givesUser(words[index]?.text ?? "", plainAt(words, index + 1, end));
  const port = portFlag(words, at, end);
  if (setsPassword.test(words[at]?.text ?? "")) readVerb("passwd", words, at, end, spans);
  let asksServer = false;
  for (let index = at + 1; index < end && !asksServer; index++) asksServer = words[index]?.text.includes("://") === true;
  for (let index = at + 1; index < end; index++) {
    const text = words[index]?.text ?? "";
    const value = plainAt(words, index + 1, end);
    if (userFlags.has(text) && value?.text.includes("%") === true) addPercent(value, spans);
    if (besideUser.has(text)) {
      if (value !== undefined && (hasUser || isOther(port, text) || isGuessed(text, value.text))) add(value, spans);
    } else if (pairFlags.has(text)) {
      if (value !== undefined) addPair(value, text === "-u" && !asksServer, spans);
    } else if (slashLetter.test(text)) addSlash(words[index], hasUser || words.some((word) => /^\/u(?:ser)?:/i.test(word.text)), spans);
    else if (!isKnown && !text.startsWith("-")) {
      readVerb(verbOf(text), words, index, end, spans);
      if (value !== undefined && firstOfTwo.has(text)) readVerb(`${text}-${value.text}`, words, index + 1, end, spans);
    }
  }
  return spans;
}

/** `mytool -p letmein`, but `mytool -p release`. */
function isGuessed(flag: string, value: string): boolean {
  return looksMadeUp(value) || (passwordLetters.has(flag) && !isOrdinary(value));
}

function isOrdinary(value: string): boolean {
  return ordinaryForm.test(value) || ordinaryValues.has(value.toLowerCase());
}

function givesUser(text: string, next: Word | undefined): boolean {
  if (userWords.has(text)) return true;
  const equals = text.indexOf("=");
  return equals > 0 ? userFlags.has(text.slice(0, equals)) : next !== undefined && userFlags.has(text);
}

/** `-p 587 -P secret`: where one of the two is a port, the other is none. */
function portFlag(words: readonly Word[], at: number, end: number): string | undefined {
  for (let index = at + 1; index + 1 < end; index++)
    if (/^-[pP]$/.test(words[index]?.text ?? "") && /^\d{2,5}$/.test(words[index + 1]?.text ?? "")) return words[index]?.text;
  return undefined;
}

function isOther(port: string | undefined, flag: string): boolean {
  return (port === "-p" && flag === "-P") || (port === "-P" && flag === "-p");
}

/** Sub-commands, and the plain words behind them. */
function readVerb(verb: string, words: readonly Word[], index: number, end: number, spans: Span[]): void {
  const first = plainAt(words, index + 1, end);
  if (first === undefined) return;
  const second = plainAt(words, index + 2, end);
  const isLast = plainAt(words, index + 3, end) === undefined;
  if (second !== undefined && isLast && !otherVerbs.has(first.text) && (passwordVerbs.has(verb) || entryVerbs.has(verb))) {
    add(second, spans);
  } else if (second === undefined && tokenVerbs.has(verb)) {
    add(first, spans);
  } else if (makingVerbs.has(verb) && isLast) {
    const value = second ?? first;
    if (looksChosen(value.text) || looksRandom(value.text)) add(value, spans);
  }
}

/** `--basic-auth bob:secret`; behind `-u` a group may stand as well (`-u app:app`), unless a server is asked. */
function addPair(word: Word, mayBeGroup: boolean, spans: Span[]): void {
  const colon = word.text.indexOf(":");
  const secret = word.text.slice(colon + 1);
  if (colon <= 0 || (mayBeGroup && !looksChosen(secret) && !looksRandom(secret))) return;
  add({ ...word, text: secret, start: word.start + colon + 1 }, spans);
}

function addPercent(word: Word, spans: Span[]): void {
  const length = percentPair.exec(word.text)?.[0].length;
  if (length !== undefined) add({ ...word, text: word.text.slice(length), start: word.start + length }, spans);
}

/** `/p:secret`, as programs of Windows have it. */
function addSlash(word: Word | undefined, hasUser: boolean, spans: Span[]): void {
  const text = word?.text.slice(3) ?? "";
  if (word !== undefined && (hasUser || isGuessed("-p", text))) add({ ...word, text, start: word.start + 3 }, spans);
}

/** `app:user:create` is `user-create`. */
function verbOf(text: string): string {
  const parts = text.toLowerCase().split(":");
  return parts.length === 1 ? (parts[0] ?? "") : parts.slice(-2).join("-");
}

/** The word at a place, unless it is a flag or belongs to the next command. */
function plainAt(words: readonly Word[], at: number, end: number): Word | undefined {
  const word = at < end ? words[at] : undefined;
  return word === undefined || word.text.startsWith("-") ? undefined : word;
}

function add({ text, start, end }: Word, spans: Span[]): void {
  if (!couldBeSecret(text) || looksLikePath(text) || harmlessForm.test(text) || harmlessValues.has(text.toLowerCase())) return;
  spans.push({ start, end });
}
