/** First arguments that programs have written over, and the numbers that they put into their names. */
import { baseName } from "./scriptName.ts";

/** Titles hold several words in what should be the name of one file: `postgres: alice db1 idle`, `[celeryd: w1] -active-`. */
export function isTitle(first: string): boolean {
  return /[\s:[\]]/.test(first);
}

/** A title that begins with a word, and no list of arguments: `[kworker/0:1]` says nothing about a program that calls itself xmrig. */
export function isPlainTitle(first: string, args: readonly string[]): boolean {
  return args.length === 1 && /^[A-Za-z][\w.-]*[\s:]/.test(first);
}

/** `postgres: alice db1 [local] idle` is `postgres`, `[celeryd: ...` is `celeryd`, `/opt/chrome/chrome --type=gpu` is `chrome`. */
export function firstWord(title: string): string {
  const [word = ""] = title.replace(/^[[(\s-]+/, "").split(/[\s:[]/, 1);
  return baseName(word).replace(/[\])]+$/, "") || (/[\w.-]+/.exec(title)?.[0] ?? title);
}

/** The words behind the first. */
export function laterWords(title: string): readonly string[] {
  return title.split(/\s+/).slice(1);
}

/** Numbers of instances in a name that a process gave itself: `worker-12` and `worker-13` are `worker`, `oracle_4711_db` is `oracle_*_db`. */
export function foldNumbers(name: string): string {
  return name.replace(/(?<=[^\d])[-_#/]\d+$/, "").replace(/(?<=[-_])\d{3,}(?=[-_])/g, "*");
}
