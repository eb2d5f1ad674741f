/** The tables of programs and of what starts them, made ready for looking up. */

import { clouds } from "./clouds.ts";
import { databases } from "./databases.ts";
import { desktops } from "./desktops.ts";
import { developers } from "./developers.ts";
import { devices } from "./devices.ts";
import { enterprise } from "./enterprise.ts";
import { files } from "./files.ts";
import { keys } from "./keys.ts";
import type { Launcher } from "./launchers.ts";
import { launchers } from "./launchers.ts";
import { mail } from "./mail.ts";
import { network } from "./network.ts";
import { ordinary, withSubCommands } from "./ordinary.ts";
import { type Place, parsePlace } from "./places.ts";
import type { Program } from "./program.ts";
import { security } from "./security.ts";

/** A program's rules, its lists taken apart. */
export interface Rules {
  readonly sub: readonly (readonly string[])[];
  readonly glued: readonly string[];
  readonly value: ReadonlySet<string>;
  readonly next: ReadonlySet<string>;
  readonly pair: ReadonlySet<string>;
  readonly by: string;
  readonly named: ReadonlySet<string>;
  readonly places: readonly Place[];
  readonly needs: string;
  readonly anywhere: boolean;
  readonly takes: ReadonlySet<string>;
  readonly bundles: boolean;
  readonly slash: readonly string[];
  readonly harmless: ReadonlySet<string>;
  readonly stdin: ReadonlySet<string>;
  readonly stdinPair: boolean;
  /** It says what `-p` or `-P` is. */
  readonly saysLetter: boolean;
}

/** A launcher's rules, its lists taken apart. */
export interface LaunchRules {
  readonly sub: readonly (readonly string[])[];
  readonly takes: ReadonlySet<string>;
  readonly skips: number;
  readonly scripts: ReadonlySet<string>;
  readonly starts: ReadonlySet<string>;
  readonly image: boolean;
}

/** What is known of a name: how it takes secrets, how it starts others. */
interface Known {
  readonly rules: readonly Rules[];
  readonly launches: readonly LaunchRules[];
}

const ordinaryNames: ReadonlySet<string> = set(ordinary);

const exact = new Map<string, { rules: Rules[]; launches: LaunchRules[] }>();
/** Names with a `*`, by their first two characters; those that begin with it by nothing. */
const open = new Map<string, { readonly head: string; readonly tail: string; readonly known: Known }[]>();

/** Of all subjects. */
const programs: readonly Program[] = [
  databases,
  network,
  mail,
  devices,
  desktops,
  clouds,
  developers,
  enterprise,
  security,
  files,
  keys,
].flat();

for (const program of [...programs, { names: ordinary }]) add(program.names, { rules: [rulesOf(program)], launches: [] });
for (const launcher of launchers) add(launcher.names, { rules: [], launches: [launchRulesOf(launcher)] });

/** True when the text names a program that takes secrets; cheap enough for every line. */
export function namesProgram(text: string): boolean {
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0;
    if (code < 128 && inName[code] === 1) {
      if (start < 0) start = at;
      continue;
    }
    // by its first letters: nine words in ten go no further
    if (start >= 0 && at - start <= longestName && firstTwo[pairOf(text, start)] === 1 && takes(text.slice(start, at))) return true;
    start = -1;
  }
  return false;
}

function takes(name: string): boolean {
  return (
    takesSecrets.has(name) ||
    takesSecrets.has(name.toLowerCase()) ||
    (opensWith[pairOf(name, 0)] === 1 && openThatTake.get(name.slice(0, 2))?.some((one) => matches(name, one)) === true) ||
    (name.includes(".") && takesSecrets.has(baseName(name).toLowerCase()))
  );
}

function pairOf(text: string, at: number): number {
  return (text.charCodeAt(at) & 31) * 32 + (text.charCodeAt(at + 1) & 31);
}

const anywhere = open.get("");

/** How many programs the tables know. */
export const programCount = exact.size + [...open.values()].reduce((count, list) => count + list.length, 0);

/** Of all that take secrets, without those with a `*`. */
const takesSecrets: ReadonlySet<string> = new Set(programs.flatMap((one) => split(one.names).map((name) => name.toLowerCase())));

/** Those of them with a `*` at the end, by their first two characters. */
const openThatTake = new Map(
  [...open].map(([start, list]) => [start, list.filter(({ head, known }) => head.length > 1 && known.rules.length > 0)] as const),
);

/** True for programs whose first argument says what they do. */
export function hasSubCommands(name: string): boolean {
  return withSubCommands.has(name);
}

const longestName = 40;
const inName = Uint8Array.from({ length: 128 }, (_unused, code) => (/[\w.+-]/.test(String.fromCharCode(code)) ? 1 : 0));
const firstTwo = new Uint8Array(1024);
for (const name of takesSecrets) firstTwo[pairOf(name, 0)] = 1;
const opensWith = new Uint8Array(1024);
for (const head of open.keys()) if (head.length === 2) opensWith[pairOf(head, 0)] = 1;

/** The base name of a program: without its path, and without what distributions and Windows add. */
export function baseName(word: string): string {
  const at = Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\"));
  const name = at < 0 ? word : word.slice(at + 1);
  return name.includes(".") && /\.(?:real|orig|exe|bin|distrib|wrapped)$/i.test(name) ? name.slice(0, name.lastIndexOf(".")) : name;
}

/** What the tables know of a program; undefined when nothing. */
export function knownProgram(name: string): Known | undefined {
  if (name === "" || name.length > longestName) return undefined;
  const found = exact.get(name) ?? (/[a-z][A-Z]/.test(name) ? exact.get(name.toLowerCase()) : undefined);
  const likely = opensWith[pairOf(name, 0)] === 1 ? open.get(name.slice(0, 2)) : undefined;
  let all: Known[] | undefined;
  for (const list of [likely, anywhere]) {
    for (const one of list ?? []) {
      if (!matches(name, one)) continue;
      all ??= found === undefined ? [] : [found];
      all.push(one.known);
    }
  }
  return all === undefined ? found : { rules: all.flatMap((one) => one.rules), launches: all.flatMap((one) => one.launches) };
}

function matches(name: string, { head, tail }: { readonly head: string; readonly tail: string }): boolean {
  return name.length >= head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
}

function add(names: string, known: { rules: Rules[]; launches: LaunchRules[] }): void {
  for (const name of split(names)) {
    const star = name.indexOf("*");
    if (star >= 0) {
      const key = name.slice(0, Math.min(2, star));
      open.set(key, [...(open.get(key) ?? []), { head: name.slice(0, star), tail: name.slice(star + 1), known }]);
      continue;
    }
    const before = exact.get(name);
    exact.set(
      name,
      before === undefined ? known : { rules: [...before.rules, ...known.rules], launches: [...before.launches, ...known.launches] },
    );
  }
}

/** True where the tables leave open what `-p` is, so that it may be guessed as with a program that no table knows. */
export function leavesFlagsOpen(name: string, { rules, launches }: Known): boolean {
  return launches.length === 0 && !ordinaryNames.has(name) && !withSubCommands.has(name) && !rules.some((one) => one.saysLetter);
}

function rulesOf(program: Program): Rules {
  const next = set(program.next);
  const value = set(program.value);
  const { glued, pair, takes, harmless } = program;
  return {
    sub: subs(program.sub),
    glued: split(program.glued),
    value,
    next,
    pair: set(program.pair),
    by: program.by ?? ":",
    named: set(program.named),
    places: (program.places ?? []).map(parsePlace),
    needs: program.needs ?? "",
    anywhere: program.anywhere ?? false,
    takes: set(program.takes),
    bundles: program.bundles ?? false,
    slash: split(program.slash).map((one) => one.toLowerCase()),
    harmless: set(program.harmless),
    stdin: new Set((program.stdin ?? "").split("|").filter((one) => one !== "")),
    stdinPair: program.stdinPair ?? false,
    saysLetter: split([program.value, program.next, glued, pair, takes, harmless].join(" ")).some((one) => /^-[pP]$/.test(one)),
  };
}

function launchRulesOf(launcher: Launcher): LaunchRules {
  return {
    sub: subs(launcher.sub),
    takes: set(launcher.takes),
    skips: launcher.skips ?? 0,
    scripts: set(launcher.scripts),
    starts: set(launcher.starts),
    image: launcher.image ?? false,
  };
}

/** `login|registry login`: each way in words. */
function subs(text: string | undefined): readonly (readonly string[])[] {
  return (text ?? "")
    .split("|")
    .filter((one) => one !== "")
    .map(split);
}

function split(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter((one) => one !== "");
}

function set(text: string | undefined): ReadonlySet<string> {
  return new Set(split(text));
}
