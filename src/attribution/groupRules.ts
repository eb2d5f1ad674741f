/** Names of the user's own: the first rule that a process fits says what it is called. */
import type { GroupRule, NamePart, NameVariable } from "../model/groupRule.ts";
import type { ProcessReading } from "../model/processes.ts";
import { baseName } from "./scriptName.ts";
import { firstWord, isTitle } from "./titles.ts";

/** The name that the rules give, or undefined where none fits. */
export type NameByRules = (process: ProcessReading) => string | undefined;

/** So much of the arguments is searched: enough for a person's pattern, and a bound for what a bad one can cost. */
const longestSearched = 2048;
const longestComm = 15;

/** Makes the function for `labelsOf`; undefined when there is no rule. */
export function nameByRules(rules: readonly GroupRule[]): NameByRules | undefined {
  if (rules.length === 0) return undefined;
  return (process) => {
    const searched = { text: undefined };
    for (const rule of rules) {
      const matches = fits(rule, process, searched);
      if (matches !== undefined) return render(rule.name, process, matches) || undefined;
    }
    return undefined;
  };
}

/** The arguments joined, once they are needed. */
interface Searched {
  text: string | undefined;
}

/** What the named groups of the patterns have matched, or undefined where a selector does not fit. */
function fits(rule: GroupRule, process: ProcessReading, searched: Searched): ReadonlyMap<string, string> | undefined {
  if (rule.comm?.some((comm) => isComm(comm, process.comm)) === false) return undefined;
  if (rule.exe !== undefined && !isExe(rule.exe, process.identity.arguments?.[0])) return undefined;
  const matches = new Map<string, string>();
  for (const pattern of rule.cmdline ?? []) {
    searched.text ??= searchedText(process.identity.arguments ?? []);
    const found = pattern.exec(searched.text);
    if (found === null) return undefined;
    for (const [group, value] of Object.entries(found.groups ?? {})) matches.set(group, value ?? "");
  }
  return matches;
}

/** The kernel cuts a name after 15 bytes; a rule may have it whole. */
function isComm(wanted: string, comm: string): boolean {
  return wanted === comm || (Buffer.byteLength(wanted) > longestComm && Buffer.from(wanted).subarray(0, longestComm).toString() === comm);
}

function isExe(wanted: readonly string[], first: string | undefined): boolean {
  if (first === undefined || first === "") return false;
  const base = baseName(first);
  const word = exeBase(first);
  return wanted.some((one) => (one.includes("/") ? one === first : one === base || one === word));
}

/** Of a title only the first word: a name for every connection would be no group. */
function exeBase(first: string): string {
  return isTitle(first) && !first.startsWith("/") ? firstWord(first) : baseName(first);
}

/** Long arguments are cut before the last ones are left out: behind a class path stands what matters. */
function searchedText(args: readonly string[]): string {
  let text = args.join(" ");
  for (let longest = 512; text.length > longestSearched && longest >= 64; longest /= 2) {
    text = args.map((one) => one.slice(0, longest)).join(" ");
  }
  return text.slice(0, longestSearched);
}

function render(parts: readonly NamePart[], process: ProcessReading, matches: ReadonlyMap<string, string>): string {
  return parts
    .map((part) =>
      typeof part === "string" ? part : "match" in part ? (matches.get(part.match) ?? "") : ofProcess(part.variable, process),
    )
    .join("")
    .trim();
}

function ofProcess(variable: NameVariable, { comm, identity }: ProcessReading): string {
  const first = identity.arguments?.[0] || comm;
  switch (variable) {
    case "Comm":
      return comm;
    case "ExeBase":
      return exeBase(first);
    case "ExeFull":
      return isTitle(first) && !first.startsWith("/") ? firstWord(first) : first;
    case "Username":
      return identity.user;
  }
}
