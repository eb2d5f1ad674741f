/** `--password x`: a flag whose name says that a secret stands behind it, in a text or in a list of arguments. */

import { looksMadeUp, looksRandom, shortestRandom } from "./generated.ts";
import { secretPart } from "./judge.ts";
import { allMatches } from "./matches.ts";
import { isSwitch, type SecretNature, secretNature } from "./names.ts";
import { harmlessValues } from "./nameTable.ts";
import { settingVerbs } from "./programs/unknown.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret, isNextFlag, isPortMapping, looksLikePath, readValue } from "./values.ts";
import type { Word } from "./words.ts";

/** A flag that is a word of its own, with something behind it. */
const flagPattern = /(?<![^\s"'`,;|&()[\]{}])(?:(?:--?|\+)[A-Za-z]|--\d)(?:[\w.-]{0,80}\w)?(?=\\{0,2}["'`]|[\s,])/g;
const secretFlag = /^(?:(?:--?|\+)[A-Za-z]|--\d)[\w.-]*$/;
const flagWithColon = /^(?:--?|\/)([A-Za-z][\w.-]{1,63}):(?=[^/\s])/;
/** `/token` alone is a path. */
const windowsFlag = /^\/(?:password|passwd|pass|pwd|passphrase)$/i;
const plainName = /^[A-Za-z_][\w.-]*$/;
const variableName = /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/;
const namedValue = /^--?v(?:al(?:ue)?)?=/;
const gapBeforeValue = /(?:\\?["'`])?(?:\s*,\s*(?=\\?["'])|[ \t]+)/y;

/** Finds the secrets behind flags in one line of text. */
export function flagSpans(line: string, harmless: Pick<ReadonlySet<number>, "has">): Span[] {
  const spans: Span[] = [];
  for (const match of allMatches(line, flagPattern)) {
    const word = match[0];
    const end = match.index + word.length;
    const nature = natureOf(word);
    if (nature === undefined || harmless.has(match.index)) continue;
    gapBeforeValue.lastIndex = end;
    const valueStart = end + (gapBeforeValue.exec(line)?.[0].length ?? 0);
    if (valueStart === end || isNextFlag(line, valueStart)) continue;
    const value = readValue(line, valueStart, "none");
    if (value !== undefined) addPart(line, value.inner, nature, spans);
  }
  return spans;
}

/** Finds the same in a list of arguments; here every boundary is known, and a plain name in front of a random value counts as well. */
export function argumentFlagSpans(words: readonly Word[], harmless: Pick<ReadonlySet<number>, "has">): Span[] {
  const spans: Span[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || harmless.has(word.start)) continue;
    addColonFlag(word, spans);
    const value = words[index + 1];
    if (value === undefined) continue;
    const ofName = value.text.startsWith("-") ? namedValue.exec(value.text)?.[0].length : undefined;
    if (ofName !== undefined && plainName.test(word.text) && secretNature(word.text) === "secret") {
      // `--name node.session.auth.password --value=secret`
      addPart(value.text, { start: ofName, end: value.text.length }, "secret", spans, value.start);
      continue;
    }
    const nature = natureOf(word.text);
    if (
      nature === undefined &&
      value.text.startsWith("-") &&
      /^--?v(?:al(?:ue)?)?$/.test(value.text) &&
      plainName.test(word.text) &&
      secretNature(word.text) === "secret"
    ) {
      // `iscsiadm -n node.session.auth.password -v secret`
      const after = words[index + 2];
      if (after !== undefined) addPart(after.text, { start: 0, end: after.text.length }, "secret", spans, after.start);
    } else if (nature === undefined) {
      if (index > 0 && isNamed(word.text, value.text, words[index - 1]?.text ?? "")) spans.push({ start: value.start, end: value.end });
    } else if (!isNextFlag(value.text, 0)) {
      addPart(value.text, { start: 0, end: value.text.length }, nature, spans, value.start);
      index++;
    }
  }
  return spans;
}

/** A plain name in front of a value: believed behind `set`, and of a variable (`set-env app DB_PASSWORD secret`); else by the value's looks. */
function isNamed(name: string, value: string, before: string): boolean {
  const isSet = !value.startsWith("-") && (settingVerbs.has(before) || variableName.test(name));
  if ((!isSet && value.length < shortestRandom) || !plainName.test(name)) return false;
  const nature = secretNature(name);
  if (nature === undefined) return false;
  if (isSet && nature === "secret") return couldBeSecret(value) && !looksLikePath(value) && !harmlessValues.has(value.toLowerCase());
  return value.length >= shortestRandom && (looksRandom(value) || looksMadeUp(value));
}

function natureOf(word: string): SecretNature | undefined {
  const first = word.charCodeAt(0);
  if (first === 47) return windowsFlag.test(word) ? "secret" : undefined;
  if ((first !== 45 && first !== 43) || !secretFlag.test(word)) return undefined;
  const nature = secretNature(word.replace(/^[-+]+/, word.startsWith("-D") ? "-" : ""));
  return nature === undefined || isSwitch(word) ? undefined : nature;
}

/** `-password:secret`, as programs from Windows have it. */
function addColonFlag(word: Word, spans: Span[]): void {
  if (!word.text.includes(":")) return;
  const match = flagWithColon.exec(word.text);
  const nature = match === null ? undefined : secretNature(match[1] ?? "");
  // `-storepass:file /run/password`
  if (match !== null && nature !== undefined && !/:(?:file|env)$/.test(word.text))
    addPart(word.text, { start: match[0].length, end: word.text.length }, nature, spans, word.start);
}

function addPart(text: string, range: Span, nature: SecretNature, spans: Span[], offset = 0): void {
  const value = text.slice(range.start, range.end);
  const part = isPortMapping(value) ? undefined : secretPart(value, nature);
  if (part !== undefined) spans.push({ start: offset + range.start + part.start, end: offset + range.start + part.end });
}
