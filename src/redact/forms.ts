/** Lines that are known by their form, looked for in one line of text. */

import { codeForms } from "./forms/code.ts";
import { fileForms } from "./forms/files.ts";
import type { Form } from "./forms/form.ts";
import { saidForms } from "./forms/said.ts";
import { looksMadeUp, looksRandom } from "./generated.ts";
import { allMatches } from "./matches.ts";
import { secretNature } from "./names.ts";
import { harmlessValues } from "./nameTable.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret } from "./values.ts";

const forms: readonly Form[] = [...fileForms, ...codeForms, ...saidForms];

interface Group {
  readonly needs: readonly string[];
  readonly forms: readonly Form[];
  /** All of them need a blank. */
  readonly spaced: boolean;
}

const wordBits = 31;

/** The forms by what they need, so that it is looked for once. */
const groups: readonly Group[] = [...new Set(forms.map(({ needs }) => needs))].map((needs) => ({
  needs: needs === "|" ? ["|"] : needs.split("|"),
  forms: forms.filter((form) => form.needs === needs),
  spaced: forms.every((form) => form.needs !== needs || form.spaced === true),
}));

/** By the first two characters of what is needed, the bits of those groups: of the first 31, and of the others (the last bit is of all from there on). */
const groupBits = new Uint32Array(64 * 64);
const moreGroupBits = new Uint32Array(64 * 64);
for (const [index, { needs }] of groups.entries()) {
  for (const need of needs) {
    const from = pairOf(need.charCodeAt(0), need.length > 1 ? need.charCodeAt(1) : 0);
    // what is one character long may have anything behind it
    const bits = index < wordBits ? groupBits : moreGroupBits;
    for (let pair = from; pair < from + (need.length > 1 ? 1 : 64); pair++) bits[pair] = (bits[pair] ?? 0) | bitOf(index);
  }
}

function bitOf(index: number): number {
  return 1 << Math.min(index < wordBits ? index : index - wordBits, wordBits);
}

/** Two characters as a place in the table, capitals as small letters. */
function pairOf(one: number, next: number): number {
  return placeOf(one) * 64 + placeOf(next);
}

function placeOf(code: number): number {
  return (code & 31) | ((code & 64) >> 1);
}

/** Finds the secrets of all forms in one line. */
export function formSpans(line: string): Span[] {
  const spans: Span[] = [];
  let bits = 0;
  let more = 0;
  let code = line.charCodeAt(0);
  for (let at = 1; at <= line.length; at++) {
    const next = at < line.length ? line.charCodeAt(at) : 0;
    const pair = pairOf(code, next);
    bits |= groupBits[pair] ?? 0;
    more |= moreGroupBits[pair] ?? 0;
    code = next;
  }
  if ((bits | more) === 0) return spans;
  const isSpaced = /\s/.test(line);
  const small = line.toLowerCase();
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index];
    if (group === undefined || ((index < wordBits ? bits : more) & bitOf(index)) === 0) continue;
    if (!isSpaced && group.spaced) continue;
    if (!group.needs.some((word) => small.includes(word))) continue;
    for (const form of group.forms) {
      if (!isSpaced && form.spaced === true) continue;
      for (const match of allMatches(line, form.pattern)) addMatch(form, match, spans);
    }
  }
  return spans;
}

function addMatch({ random, named }: Form, match: RegExpMatchArray, spans: Span[]): void {
  const first = named === true ? 2 : 1;
  const index = match[first] === undefined ? first + 1 : first;
  const text = match[index] ?? "";
  const where = match.indices?.[index];
  if (where === undefined || text.startsWith("--") || !couldBeSecret(text) || harmlessValues.has(text.toLowerCase())) return;
  if (named === true && secretNature(match[1] ?? "") === undefined) return;
  if ((random === true || (named === true && secretNature(match[1] ?? "") === "ifRandom")) && !looksRandom(text) && !looksMadeUp(text))
    return;
  spans.push({ start: where[0], end: where[1] });
}
