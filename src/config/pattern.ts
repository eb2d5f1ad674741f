/**
 * Regular expressions of `groups[]` and `redact.patterns`, as RE2 has them: what Go understands, and no more.
 *
 * They meet command lines that anybody on the machine may choose. RE2 takes time that grows with the text and not with its power, so
 * that no pattern, however careless, can hold a tick; what cannot be done that way (looking ahead, referring back) is refused.
 */
import { createRequire } from "node:module";
import type { RE2JS, RE2JSSyntaxException } from "re2js";
import { z } from "zod";
import type { CommandLinePattern } from "../model/groupRule.ts";

/** What is wrong with a pattern. */
interface BadPattern {
  readonly reason: string;
}

/** Loaded with the first pattern: most configurations have none, and it takes a megabyte of memory. */
const re2 = () => createRequire(import.meta.url)("re2js") as typeof import("re2js");

/** The time for a text is its length times this at most: some 30 ms for the longest that is searched. */
const mostSteps = 300;

/** A pattern that is understood. */
export class LinearPattern implements CommandLinePattern {
  readonly source: string;
  /** The names of the groups that it has. */
  readonly groupNames: readonly string[];
  readonly #compiled: RE2JS;

  constructor(source: string, compiled: RE2JS) {
    this.source = source;
    this.groupNames = Object.keys(compiled.namedGroups());
    this.#compiled = compiled;
  }

  /** What the first match's named groups have found, or null where there is no match. */
  exec(text: string): { readonly groups?: Readonly<Record<string, string | undefined>> } | null {
    // whether there is one costs a tenth of where it is, and most texts have none
    if (!this.#compiled.test(text)) return null;
    if (this.groupNames.length === 0) return {};
    return { groups: this.#groupsIn(text) };
  }

  /** True when it is found in the text. */
  test(text: string): boolean {
    return this.#compiled.test(text);
  }

  /** Where it is found, from left to right: what its first group has found, or all of it where it has no group. */
  spansIn(text: string): { readonly start: number; readonly end: number }[] {
    const spans: { readonly start: number; readonly end: number }[] = [];
    if (!this.#compiled.test(text)) return spans;
    const matcher = this.#compiled.matcher(text);
    const group = Math.min(1, matcher.groupCount());
    while (matcher.find()) {
      const start = matcher.start(group);
      if (start >= 0) spans.push({ start, end: matcher.end(group) });
    }
    return spans;
  }

  #groupsIn(text: string): Readonly<Record<string, string | undefined>> {
    const matcher = this.#compiled.matcher(text);
    const found = matcher.find() ? matcher.getNamedGroups() : {};
    return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, value ?? undefined]));
  }
}

/** Compiles a pattern. */
export function parsePattern(written: string): LinearPattern | BadPattern {
  try {
    const compiled = re2().RE2JS.compile(written);
    const steps = compiled.programSize();
    if (steps > mostSteps) return { reason: `too large: its repetitions make ${steps} steps, at most ${mostSteps} are possible` };
    return new LinearPattern(written, compiled);
  } catch (error) {
    return { reason: error instanceof re2().RE2JSSyntaxException ? reasonOf(error) : String(error) };
  }
}

function reasonOf({ error, input }: RE2JSSyntaxException): string {
  const where = input ?? "";
  if (/^\(\?<?[=!]/.test(where)) return `looking ahead or back is not possible: ${where}`;
  if (/^\\[1-9k]/.test(where)) return `referring back to a group is not possible: ${where}`;
  return where === "" ? error : `${error}: ${where}`;
}

/** A key that holds a pattern; `refusal` says what else is wrong with it. */
export function patternField(refusal: (pattern: LinearPattern) => string | undefined = () => undefined): z.ZodType<LinearPattern, unknown> {
  return z.unknown().transform((value, context) => {
    const result = typeof value === "string" && value !== "" ? parsePattern(value) : { reason: "" };
    const reason = result instanceof LinearPattern ? refusal(result) : result.reason;
    if (result instanceof LinearPattern && reason === undefined) return result;
    context.addIssue({ code: "custom", message: `expected a regular expression${reason === "" ? "" : ` (${reason})`}` });
    return z.NEVER;
  });
}

/** The same, held against a whole text: it must fit from its beginning to its end. */
export function wholePatternField(): z.ZodType<LinearPattern, unknown> {
  return patternField().transform((pattern) => parsePattern(`^(?:${pattern.source})$`) as LinearPattern);
}
