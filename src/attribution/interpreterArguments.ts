/** Walks over an interpreter's arguments to what it runs. Nothing behind that is ever looked at: it may be a secret. */
import type { Interpreter, LetterOptions } from "./interpreters.ts";
import { plainName, scriptName } from "./scriptName.ts";

/** What an interpreter runs. */
interface Running {
  /** The words to be shown behind the interpreter's name; none where it runs code that has no name. */
  readonly shown: readonly string[];
  /** Where the script stands among the arguments, if there is one. */
  readonly scriptAt?: number;
}

/** What one word means for those behind it. */
type Meaning =
  | "nothing"
  | "value follows"
  | "end"
  | { readonly is: "script" | "module"; readonly text: string | undefined; readonly at: number };

/** What the interpreter that is `args[0]` runs. */
export function whatRuns(interpreter: Interpreter, args: readonly string[]): Running {
  const shown: string[] = [];
  for (let at = 1; at < args.length; at++) {
    const word = args[at] as string;
    if (word === "-" || word === "") return { shown };
    if (word === "--") return interpreter.dashesEnd === true || interpreter.noPositional === true ? { shown } : script(shown, args, at + 1);
    if (word.startsWith("-") || word.startsWith("+")) {
      if (interpreter.modes?.has(word) === true) return { shown: [...shown, word] };
      const meaning = meaningOf(interpreter, word, args, at);
      if (meaning === "end") return { shown };
      if (meaning === "value follows") at++;
      else if (meaning !== "nothing")
        return meaning.is === "script" ? named(shown, meaning.text, meaning.at) : module(shown, meaning.text, word);
      continue;
    }
    if (interpreter.passedOver?.test(word) === true) continue;
    const { commands } = interpreter;
    if (shown.length > 0 || commands === undefined) return positional(interpreter, shown, args, at);
    if (commands.inline?.has(word) === true) return { shown: [word] };
    if (commands.running?.has(word) === true) shown.push(word);
    else if (commands.silent?.has(word) !== true) return positional(interpreter, shown, args, at);
  }
  return { shown };
}

function positional(interpreter: Interpreter, shown: readonly string[], args: readonly string[], at: number): Running {
  return interpreter.noPositional === true ? { shown } : script(shown, args, at);
}

function script(shown: readonly string[], args: readonly string[], at: number): Running {
  return named(shown, args[at], at);
}

function named(shown: readonly string[], path: string | undefined, at: number): Running {
  const name = path === undefined ? undefined : scriptName(path);
  return name === undefined ? { shown } : { shown: [...shown, name], scriptAt: at };
}

function module(shown: readonly string[], text: string | undefined, option: string): Running {
  const name = text === undefined ? undefined : plainName(text);
  const letter = option.startsWith("--") ? option.replace(/=.*$/s, "") : "-m";
  return name === undefined ? { shown } : { shown: [...shown, letter, name] };
}

function meaningOf(interpreter: Interpreter, word: string, args: readonly string[], at: number): Meaning {
  const equals = word.indexOf("=");
  const option = equals < 0 ? word : word.slice(0, equals);
  const given = equals < 0 ? args[at + 1] : word.slice(equals + 1);
  const givenAt = equals < 0 ? at + 1 : at;
  if (interpreter.inline?.has(option) === true) return "end";
  if (interpreter.script?.has(option) === true) return { is: "script", text: given, at: givenAt };
  if (interpreter.module?.has(option) === true) return { is: "module", text: given, at: givenAt };
  if (interpreter.valued?.has(option) === true) return equals < 0 ? "value follows" : "nothing";
  if (interpreter.letters === undefined || word.startsWith("--")) return "nothing";
  return meaningOfLetters(interpreter.letters, word, args, at);
}

function meaningOfLetters(letters: LetterOptions, word: string, args: readonly string[], at: number): Meaning {
  let valueFollows = false;
  for (let index = 1; index < word.length; index++) {
    const letter = word[index] as string;
    if (letters.inline?.includes(letter) === true) return "end";
    const rest = word.slice(index + 1);
    const value = { text: rest === "" ? args[at + 1] : rest, at: rest === "" ? at + 1 : at };
    if (letters.script?.includes(letter) === true) return { is: "script", ...value };
    if (letters.module?.includes(letter) === true) return { is: "module", ...value };
    if (letters.valued?.includes(letter) === true) return rest === "" ? "value follows" : "nothing";
    if (letters.attached?.includes(letter) === true) return "nothing";
    if (letters.nextValued?.includes(letter) === true) valueFollows = true;
  }
  return valueFollows ? "value follows" : "nothing";
}
