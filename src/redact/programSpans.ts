/** What a program's entry in the table says of the words behind its name. */

import { looksMadeUp, looksRandom } from "./generated.ts";
import { secretNature } from "./names.ts";
import { addPlace, push, unquoted } from "./placeSpans.ts";
import type { Rules } from "./programs/tables.ts";
import { mask, type Span } from "./spans.ts";
import { type Word, wordsOf } from "./words.ts";

/** Where a program stands, and up to where the words are its own. */
interface Reach {
  readonly rules: Rules;
  readonly at: number;
  readonly end: number;
}

interface Found {
  readonly spans: Span[];
  readonly harmless: Set<number>;
}

/** What a flag's value is to a program. */
type Kind = "secret" | "pair" | "named" | "other";

/** Finds the secrets of one program. */
export function programSpans(line: string, words: readonly Word[], { rules, at, end }: Reach, found: Found): void {
  if (rules.sub.length > 0 && afterSub(words, at + 1, end, rules) === undefined) return;
  const before = found.spans.length;
  const places: number[] = [];
  /** Of each of the places: it follows a flag that may have taken it. */
  const unsure: boolean[] = [];
  let afterFlag = false;
  for (let index = at + 1; index < end; index++) {
    const word = words[index];
    if (word === undefined) break;
    if (rules.slash.length > 0 && slashSpan(word, rules, found.spans)) continue;
    const isFlag = word.text.length > 1 && word.text.startsWith("-");
    const flag = isFlag ? readFlag(word, rules, found) : undefined;
    if (flag === undefined && rules.next.has(word.text)) {
      addValue(line, words[index + 1], 0, rules, "secret", found.spans);
      index++;
    } else if (flag === undefined && !isFlag) {
      places.push(index);
      unsure.push(afterFlag);
    } else if (flag === "mistaken") {
      const next = index + 1 < end ? words[index + 1] : undefined;
      if (next !== undefined && (looksRandom(next.text) || looksMadeUp(next.text))) push(next, 0, next.text.length, found.spans);
    } else if (flag === "takesNext") {
      index++;
    } else if (flag !== undefined && flag !== "done") {
      if (passLength(words[index + 1]?.text ?? "") === words[index + 1]?.text.length) found.harmless.add(word.start);
      addValue(line, index + 1 < end ? words[index + 1] : undefined, 0, rules, flag, found.spans);
      index++;
    }
    afterFlag = flag === undefined && isFlag;
  }
  if (rules.places.length === 0 || !hasNeeded(words, at, end, rules.needs)) return;
  const given: Word[] = [];
  for (const index of places) {
    const word = words[index];
    if (word !== undefined) given.push(word);
  }
  for (const place of rules.places) addPlace(place, given, rules.anywhere ? undefined : unsure, found.spans);
  if (found.spans.length > before) return;
  // `asterisk -rx "manager login bob secret"`
  for (const { quoted, text, start, end: stop } of given) {
    if (!quoted || !/\s/.test(text)) continue;
    for (const place of rules.places) addPlace(place, wordsOf(line, start, stop), [], found.spans);
  }
}

/** The index behind the sub-command's words; undefined when none of them is given. */
export function afterSub(words: readonly Word[], from: number, to: number, rules: Pick<Rules, "sub" | "takes">): number | undefined {
  if (rules.sub.length === 0) return from;
  for (const sub of rules.sub) {
    let matched = 0;
    let afterFlag = false;
    for (let at = from; at < to; at++) {
      const text = words[at]?.text ?? "";
      if (text.startsWith("-")) {
        if (rules.takes.has(text)) at++;
        else afterFlag = true;
        continue;
      }
      if (text === sub[matched]) matched++;
      else if (!afterFlag) break;
      afterFlag = false;
      if (matched === sub.length) return at + 1;
    }
  }
  return undefined;
}

/** Reads one flag: what its next word is, or that it is done with. */
function readFlag(word: Word, rules: Rules, found: Found): Kind | "mistaken" | "takesNext" | "done" | undefined {
  const { text } = word;
  const equals = text.indexOf("=");
  const name = equals > 0 ? text.slice(0, equals) : text;
  if (rules.harmless.has(name)) {
    found.harmless.add(word.start);
    // `--from-file=password=/run/password`
    if (equals > 0) found.harmless.add(word.start + equals + 1);
    return equals > 0 ? "done" : undefined;
  }
  const kind = kindOf(name, rules);
  if (kind !== undefined) {
    if (equals < 0) return kind;
    addPart(word, equals + 1, rules, kind, found.spans);
    return "done";
  }
  if (equals < 0 && rules.takes.has(text)) return "takesNext";
  if (text.startsWith("--")) return undefined;
  // `-plugins=admin` is a flag of many letters
  const glued = /^-[a-z]{4,}=/.test(text) ? undefined : rules.glued.find((one) => text.startsWith(one) && text.length > one.length);
  if (glued !== undefined) {
    addPart(word, glued.length, rules, "secret", found.spans);
    found.harmless.add(word.start);
    return "done";
  }
  // `mysql -p secret` asks for a password and takes the secret for a database, but everybody can read it
  if (rules.glued.includes(text)) return "mistaken";
  return readLetters(word, rules, found);
}

function kindOf(flag: string, rules: Rules): Kind | undefined {
  if (rules.value.has(flag) || rules.next.has(flag)) return "secret";
  if (rules.pair.has(flag)) return "pair";
  return rules.named.has(flag) ? "named" : undefined;
}

/** `-psecret`, and `-sSu user:secret` where letters may be bundled. */
function readLetters(word: Word, rules: Rules, found: Found): Kind | "done" | undefined {
  const { text } = word;
  const most = rules.bundles ? text.length : 2;
  for (let at = 1; at < most && at < text.length; at++) {
    const flag = `-${text[at]}`;
    if (rules.takes.has(flag) || !/[A-Za-z0-9#]/.test(text[at] ?? "")) return undefined;
    const kind = rules.next.has(flag) && !rules.bundles ? undefined : kindOf(flag, rules);
    if (kind === undefined) continue;
    if (at === text.length - 1) return kind;
    // a flag of many letters, whose own name says what it is: `-password`
    if ((/^-[A-Za-z-]+$/.test(text) && secretNature(text) === "secret") || (kind === "pair" && !text.includes(rules.by, at + 1)))
      return undefined;
    addPart(word, at + 1, rules, kind, found.spans);
    found.harmless.add(word.start);
    return "done";
  }
  return undefined;
}

function addValue(_line: string, word: Word | undefined, from: number, rules: Rules, kind: Kind, spans: Span[]): void {
  if (word !== undefined) addPart(word, from, rules, kind, spans);
}

/** Cuts the part of a word that is secret. */
function addPart(word: Word, from: number, rules: Rules, kind: Kind, spans: Span[]): void {
  const value = unquoted(word, from);
  if (kind === "named") {
    const equals = value.text.indexOf("=");
    if (equals >= 0) push(value, equals + 1, value.text.length, spans);
  } else if (kind === "pair") addPair(value, rules.by, spans);
  else push(value, passLength(value.text), value.text.length, spans);
}

/** openssl's `pass:secret` says where the secret comes from; `env:` and `file:` say where it is kept. */
function passLength(text: string): number {
  if (/^(?:env|file|fd|id):/.test(text)) return text.length;
  return /^(?:pass|token|hex|base64|s):/.exec(text)?.[0].length ?? 0;
}

function addPair(value: Word, by: string, spans: Span[]): void {
  // `hmac-sha256:name:secret`, `user:class:secret`
  const separator = by === "::" ? ":" : by;
  const at = by === "::" ? value.text.lastIndexOf(":") : value.text.indexOf(separator);
  if (at < 0) {
    if (looksRandom(value.text)) push(value, 0, value.text.length, spans);
    return;
  }
  const user = value.text.slice(0, at);
  const host = /@[\w.-]+(?::\d+)?\/?$/.exec(value.text)?.index;
  const end = host !== undefined && host > at ? host : value.text.length;
  const secret = value.text.slice(at + 1, end);
  // `proxy:3128` is a host and its port
  if (secret.startsWith("//") || (host === undefined && /^\d{1,5}$/.test(secret))) return;
  if ((looksRandom(user) || user === mask) && /^(?:|x|api_token|x-oauth-basic|unused|password)$/i.test(secret)) push(value, 0, at, spans);
  else push(value, at + 1, end, spans);
}

function slashSpan(word: Word, rules: Rules, spans: Span[]): boolean {
  const small = word.text.slice(0, 40).toLowerCase().replace("=", ":");
  const flag = rules.slash.find((one) => small.startsWith(one));
  if (flag !== undefined) push(word, flag.length, word.text.length, spans);
  const inner = /^\/\w+:(?:[^,]*,)*p:/.exec(word.text)?.[0].length;
  if (inner !== undefined) push(word, inner, word.text.length, spans);
  return flag !== undefined;
}

function hasNeeded(words: readonly Word[], at: number, end: number, needs: string): boolean {
  if (needs === "") return true;
  for (let index = at + 1; index < end; index++) {
    const text = words[index]?.text ?? "";
    if (needs.startsWith("-") ? text === needs : /^-[A-Za-z]+$/.test(text) && text.includes(needs)) return true;
  }
  return false;
}
