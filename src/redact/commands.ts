/**
 * Reads words as command lines: finds the program behind everything that starts another one, and cuts what its entry in the table says.
 *
 * An argument list is one command line, and its first word is the program. In a line of text a program may stand anywhere, so it
 * counts only where a command can begin.
 */

import { argumentFlagSpans } from "./flags.ts";
import { allMatches } from "./matches.ts";
import { askedSpans, type Command, pipedSpans } from "./pipes.ts";
import { afterSub, programSpans } from "./programSpans.ts";
import { baseName, knownProgram, type LaunchRules, leavesFlagsOpen } from "./programs/tables.ts";
import { addSpans, type Span } from "./spans.ts";
import { unknownProgramSpans } from "./unknownProgram.ts";
import { type Word, wordsOf } from "./words.ts";

/** What was found out about the commands of a line. */
export interface Commands {
  readonly spans: Span[];
  /** Where flags begin whose values are no secrets here, whatever their names say. */
  readonly harmless: Set<number>;
  /** Where the names of programs begin and end: nothing may be cut out of them for its looks. */
  readonly programs: Span[];
}

const mostDepth = 3;
const mostLaunchers = 12;
const assignment = /^[A-Za-z_][\w.]*\+?=/;
const lineNumberOrTime = /^[\d.:,%+/?-]+$/;
const drawn = /^[├└│─|\\_`+*#$>%-]+\d*$/;
const auditedArgument = /(?<!\S)a\d{1,3}="([^"]*)"/g;
/** Known by its ending alone, if at all. */
const script = /\.(?:py|sh|pl|rb|js|ps1|php)$/;
const quotedValue = /^[A-Za-z_][\w.-]{0,31}=["']/;
const valueOfFlag = /^--?[a-z][\w-]{1,40}=/i;
const announces =
  /^(?:do|then|else|if|while|until|exec|time|command|cmd|running|executing|run|started|starting|executed|spawn|spawned|launching|invoking|calling|called|ran|tried|using|with|and|because|since|when|after|before|via|\+|!)$/i;

/** Reads an argument list whose words stand in `line`. */
export function argumentCommands(line: string, words: readonly Word[]): Commands {
  const found: Commands = { spans: [], harmless: new Set(), programs: [] };
  readCommand(line, words, 0, words.length, true, found);
  readNested(line, words, found, 0);
  return found;
}

/** Reads a line of text. */
export function textCommands(line: string): Commands {
  const found: Commands = { spans: [], harmless: new Set(), programs: [] };
  readText(line, wordsOf(line), found, 0);
  if (line.includes(' a0="')) readAudited(line, found);
  return found;
}

/** `type=EXECVE ... a0="mysql" a1="-psecret"`: the arguments of one command, as the kernel's audit writes them. */
function readAudited(line: string, found: Commands): void {
  const words = allMatches(line, auditedArgument).map(({ 0: whole, 1: text = "", index }) => {
    const end = index + whole.length - 1;
    return { text, start: end - text.length, end, operator: "", opens: false, quoted: /\s/.test(text) };
  });
  readCommand(line, words, 0, words.length, true, found);
  addSpans(found.spans, argumentFlagSpans(words, found.harmless));
  readNested(line, words, found, 0);
}

function readText(line: string, words: readonly Word[], found: Commands, depth: number): void {
  const commands: Command[] = [];
  for (let at = 0; at < words.length; ) {
    if (!isKnown(words[at]) || !canStart(words, at)) {
      at++;
      continue;
    }
    let end = at + 1;
    while (end < words.length && words[end]?.opens !== true) end++;
    commands.push(readCommand(line, words, at, end, false, found));
    at = end;
  }
  found.spans.push(...pipedSpans(words, commands));
  if (line.includes("stdin")) found.spans.push(...askedSpans(words));
  readNested(line, words, found, depth);
}

/** What stands in quotes, or in one argument, may be a command line of its own. */
function readNested(line: string, words: readonly Word[], found: Commands, depth: number): void {
  if (depth >= mostDepth) return;
  for (const word of words) {
    if (!/\s/.test(word.text)) continue;
    // `--rsh='sshpass -p secret ssh'`, `cmd="mysql -psecret"`
    const from = (word.quoted ? valueOfFlag : quotedValue).exec(word.text)?.[0].length ?? 0;
    if (word.quoted || from > 0) readText(line, wordsOf(line, word.start + from, word.quoted ? word.end : word.end - 1), found, depth + 1);
  }
}

function isKnown(word: Word | undefined): boolean {
  return word !== undefined && !word.text.startsWith("-") && knownProgram(baseName(programIn(word.text))) !== undefined;
}

/** `COMMAND=/usr/bin/mysql` names a program, too. */
function programIn(text: string): string {
  const at = text.indexOf("=/");
  return at > 0 ? text.slice(at + 1) : text;
}

function canStart(words: readonly Word[], at: number): boolean {
  const word = words[at];
  const before = words[at - 1];
  if (word === undefined) return false;
  if (before === undefined || word.opens || word.quoted) return true;
  if (/^(?:\w+=)?\/\S*bin\//.test(word.text)) return true;
  // `812 bob mysql -psecret`, as `ps` has it
  if (/^\d+$/.test(words[at - 2]?.text ?? "") && /^[a-z_][\w-]{0,31}$/.test(before.text) && words[at + 1]?.text.startsWith("-") === true)
    return true;
  const { text } = before;
  const last = text.at(-1) ?? "";
  return ":])>#$".includes(last) || lineNumberOrTime.test(text) || drawn.test(text) || assignment.test(text) || announces.test(text);
}

/** Reads one command from its first word on, through whatever starts the program that matters. */
function readCommand(line: string, words: readonly Word[], from: number, to: number, isList: boolean, found: Commands): Command {
  const command: Command = { from, to, readers: [] };
  let at = from;
  let isImage = false;
  for (let hops = 0; hops < mostLaunchers; hops++) {
    while (at < to && isAssignment(words[at]?.text ?? "")) at++;
    const word = words[at];
    if (word === undefined || at >= to) break;
    found.programs.push(word);
    const name = baseName(programIn(word.text));
    const known = knownProgram(isImage ? name.replace(/[:@].*/, "") : name);
    const launch = known?.launches.find((one) => afterSub(words, at + 1, to, one) !== undefined);
    const start = launch === undefined ? undefined : commandStart(words, at + 1, to, launch);
    const end = start ?? to;
    for (const rules of known?.rules ?? []) {
      command.readers.push({ rules, at, end });
      programSpans(line, words, { rules, at, end }, found);
    }
    const isOpen = known !== undefined && !script.test(name);
    if (!isOpen || leavesFlagsOpen(name, known)) addSpans(found.spans, unknownProgramSpans(words, at, to, isOpen));
    const next = start ?? (known === undefined && isList && hops === 0 ? wrappedStart(words, at + 1, to) : undefined);
    if (next === undefined) break;
    isImage = launch?.image === true && next === start;
    at = next;
    if (isImage && !(words[at + 1]?.text ?? "-").startsWith("-") && at + 1 < to) {
      found.programs.push(words[at] ?? word);
      isImage = false;
      at++;
    }
  }
  return command;
}

/** A variable for the command, and not a program behind its name: `COMMAND=/usr/bin/mysql`. */
function isAssignment(text: string): boolean {
  return text.includes("=") && assignment.test(text) && !text.includes("=/");
}

/** Where the command begins that a launcher starts; undefined when it starts none. */
function commandStart(words: readonly Word[], from: number, to: number, launch: LaunchRules): number | undefined {
  let at = afterSub(words, from, to, launch) ?? from;
  let skips = launch.skips;
  if (launch.starts.size > 0) {
    for (let index = at; index < to; index++)
      if (launch.starts.has(words[index]?.text ?? "")) return index + 1 < to ? index + 1 : undefined;
    if (launch.starts.has("-exec") || launch.starts.has("--args")) return undefined;
  }
  for (; at < to; at++) {
    const text = words[at]?.text ?? "";
    if (text === "--" && skips === 0) return at + 1 < to ? at + 1 : undefined;
    // `ps` shows a script without its quotes
    if (launch.scripts.has(text)) return /\s/.test(words[at + 1]?.text ?? " ") || at + 1 >= to ? undefined : at + 1;
    if (/^[-+]./.test(text)) {
      if (launch.takes.has(text)) at++;
    } else if (assignment.test(text) && skips === 0) continue;
    else if (skips > 0) skips--;
    else return at;
  }
  return undefined;
}

/** A program that no table knows may start one that is known: `./retry mysql -psecret`, `x -- mysql -psecret`. */
function wrappedStart(words: readonly Word[], from: number, to: number): number | undefined {
  if (isKnown(words[from])) return from;
  for (let at = from; at < to; at++) {
    const text = words[at]?.text ?? "";
    if (text === "--" && isKnown(words[at + 1])) return at + 1;
    if (text.startsWith("/") && /^\/\S*bin\//.test(text) && isKnown(words[at])) return at;
  }
  return undefined;
}
