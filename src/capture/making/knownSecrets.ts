/**
 * Masks, in the output of other programs, the secrets that are known from the command lines of running processes.
 *
 * `ps` prints arguments joined by spaces: no rule on the text alone can see where a secret with a space in it ends. But a person's
 * password may be a word that others use as well (`grafana`, `production`), so only generated secrets are masked everywhere.
 */
import type { FoundSecret } from "../../redact/commandLine.ts";

/** One process and what was cut out of its command line. */
export interface ProcessSecrets {
  /** Unknown for a program that is started for a moment. */
  readonly pid?: number;
  /** What it is called: never cut. */
  readonly names: readonly string[];
  readonly secrets: readonly FoundSecret[];
}

const stars = "***";
const pidLike = /(?<![\w.])\d{1,7}(?![\w.])/g;
const shortestMasked = 4;
const longestFlag = 64;

/** Gives a function that masks these processes' secrets in a text of any number of lines. */
export function maskOf(processes: Iterable<ProcessSecrets>): (text: string) => string {
  const all = [...processes];
  const names = new Set(all.flatMap((one) => one.names));
  const generated = new Set<string>();
  const byPid = new Map<string, SecretPatterns>();
  const byName = new Map<string, SecretPatterns[]>();
  for (const { pid, names: own, secrets } of all) {
    for (const { value, generated: isGenerated } of secrets) if (isGenerated && !names.has(value)) generated.add(value);
    const others = secrets.filter(({ value, generated: isGenerated }) => !isGenerated && isDistinctive(value) && !names.has(value));
    if (others.length === 0) continue;
    const patterns = patternsFor(others);
    if (pid !== undefined) byPid.set(String(pid), patterns);
    for (const name of own) byName.set(name, [...(byName.get(name) ?? []), patterns]);
  }
  const everywhere = generated.size === 0 ? undefined : patternOf([...generated], "\\p{L}\\p{N}");
  if (everywhere === undefined && byName.size === 0) return (text) => text;
  return (text) => {
    const cleared = everywhere === undefined ? text : text.replace(everywhere, stars);
    if (byName.size === 0) return cleared;
    return cleared
      .split("\n")
      .map((line) => clearLine(line, byPid, byName))
      .join("\n");
  };
}

/** Patterns for the secrets of one process. */
interface SecretPatterns {
  /** In a line that carries the process's pid. */
  readonly alone: RegExp;
  /** Behind the flag or the name that they were found behind. */
  readonly behindFlag: RegExp;
}

function clearLine(
  line: string,
  byPid: ReadonlyMap<string, SecretPatterns>,
  byName: ReadonlyMap<string, readonly SecretPatterns[]>,
): string {
  let clear = line;
  for (const [pid] of line.matchAll(pidLike)) {
    const patterns = byPid.get(pid);
    if (patterns !== undefined) clear = clear.replace(patterns.behindFlag, `$1${stars}`).replace(patterns.alone, stars);
  }
  for (const [name, patterns] of byName) {
    const at = clear.indexOf(name);
    if (at < 0) continue;
    const end = at + name.length;
    for (const { behindFlag } of patterns) clear = clear.slice(0, end) + clear.slice(end).replace(behindFlag, `$1${stars}`);
  }
  return clear;
}

/** A short value, or a plain number, stands in many places without being this secret. */
function isDistinctive(value: string): boolean {
  return value.length >= shortestMasked && !/^\d+$/.test(value);
}

function patternsFor(secrets: readonly FoundSecret[]): SecretPatterns {
  const values = secrets.map(({ value }) => value);
  // glued: `-psecret`, `--password=secret`; or the next word, which `ps` does not quote
  const flags = [...new Set(secrets.map(({ before }) => escaped(before.slice(-longestFlag))))];
  return {
    alone: patternOf(values, "\\p{L}\\p{N}_./-"),
    behindFlag: new RegExp(`((?:${flags.join("|")})\\s{0,2}["']?)(?:${alternatives(values)})(?![\\p{L}\\p{N}])`, "gu"),
  };
}

/** Any of the values as a whole word; `inner` are the characters that belong to words. */
function patternOf(values: readonly string[], inner: string): RegExp {
  return new RegExp(`(?<![${inner}])(?:${alternatives(values)})(?![${inner}])`, "gu");
}

/** The longer before the shorter. */
function alternatives(values: readonly string[]): string {
  return [...values]
    .sort((a, b) => b.length - a.length)
    .map(spelled)
    .join("|");
}

/** In the C locale `ps` shows each byte that is not ASCII as a question mark and control characters as dots. */
function spelled(secret: string): string {
  return [...secret]
    .map((char) => {
      if (char === "\ufffd") return "(?:\\ufffd|[?.]{1,4})";
      if (char >= " " && char <= "~") return escaped(char);
      return `(?:${char}|[?.]{${Buffer.byteLength(char)}})`;
    })
    .join("");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
