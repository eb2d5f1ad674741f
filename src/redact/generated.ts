/** Does a value look generated? The only rule that knows no name and no program. */
import { letterPairs } from "./letterPairs.ts";

const evenChance = "M".charCodeAt(0);
const symbols = 54;
const digit = 52;
const other = 53;
const pairBits = Float32Array.from(letterPairs.flatMap((row) => Array.from(row, (char) => (char.charCodeAt(0) - evenChance) / 2)));
const symbolOf = Uint8Array.from({ length: 128 }, (_unused, code) => symbolOfCode(code));

/** Nothing shorter is cut for its looks alone. */
export const shortestGenerated = 12;
/** Nothing shorter looks random. */
export const shortestRandom = 8;
const longestJudged = 600;
/** So sure are we that a value was generated before it is cut for that alone: a few in a thousand of the oddest names would be taken for one. */
const bitsForShort = -8;
const bitsForLong = -9;
/** Without a digit, or without both cases, it takes more of it. */
const longEnoughForTwoClasses = 24;
const bitsForTwoClasses = -25;

const hexadecimal = /^(?:0x)?[0-9a-f]+$/i;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** A ULID of this century's first decades, which is no secret but a time and a number. */
const ulid = /^01[0-9A-HJKMNP-TV-Z]{24}$/i;
const rooted = /^(?:\.{0,2}|~\w*|[A-Za-z]:)[/\\]/;
const fileOrUnit =
  /^[\w.@:\\-]+\.[a-z]{1,4}\d?$|\.(?:service|scope|slice|socket|timer|mount|target|device|automount|conf|html|yaml|json|class|proto|local|tfvars)$/;
/** What Exim calls a mail. */
const eximId = /^\d\w{5}-\w{6,11}-\w{2,4}$/;
const encodedAddress = /^[a-z]{2,8}%3A%2F%2F/i;
const lowerHost = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/;
const measure = /^[\d.,:/xX+-]+[A-Za-z]{0,4}$/;

const longestChosen = 40;
/** A letter, a digit and a sign, with nothing that paths, addresses and settings have. */
const madeUp = /^(?=[^A-Za-z]*[A-Za-z])(?=\D*\d)(?=.*[!#$*?^])[A-Za-z\d][\w.!#$*?^+~%-]{5,}$/;
const wordWithDigits = /^[A-Za-z]{4,}[!#$*?]?\d{1,6}[!#$*?.]?$/;

/** Bits in favour of a name (above 0) or of a generated value (below). */
function nameBits(text: string): number {
  let bits = 0;
  let before = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const symbol = code < 128 ? (symbolOf[code] ?? other) : other;
    if (before >= 0) bits += pairBits[before * symbols + symbol] ?? 0;
    before = symbol;
  }
  return bits;
}

/** True for a value that only a machine writes, and that has no harmless form: no path, host, version, digest, UUID, date or unit. */
export function looksGenerated(value: string): boolean {
  const { length } = value;
  if (length < shortestGenerated || length > longestJudged) return false;
  const classes = classesOf(value);
  if (classes < 2 || hasHarmlessForm(value)) return false;
  const bits = nameBits(value);
  if (classes === 3) return bits < (length < 14 ? bitsForShort : bitsForLong);
  return length >= longEnoughForTwoClasses && /[A-Z]/.test(value) && bits < bitsForTwoClasses;
}

/** The same for a value whose name already makes one suspicious: shorter ones, long hexadecimal ones and UUIDs count as well. */
export function looksRandom(value: string): boolean {
  const { length } = value;
  if (length < shortestRandom) return false;
  if (hexadecimal.test(value)) return length >= 16;
  if (uuid.test(value)) return true;
  const classes = classesOf(value);
  if (classes < 2 || measure.test(value) || lowerHost.test(value) || (rooted.test(value) && !looksGenerated(value.slice(1)))) return false;
  if (looksGenerated(value)) return true;
  return /\d/.test(value) && nameBits(value) < (length < 10 ? -4 : -2);
}

/** True for what a person makes up as a password: letters, digits and a sign that names do not have, as in `Sommer2024!`. */
export function looksMadeUp(value: string): boolean {
  return value.length <= longestChosen && madeUp.test(value);
}

/** The same, or a word with digits behind it (`hunter2`), which may be a name as well: for places where a password is likely. */
export function looksChosen(value: string): boolean {
  return looksMadeUp(value) || (value.length <= longestChosen && wordWithDigits.test(value));
}

/** True where some piece of a path is generated: base64 has slashes, too. */
export function hasGeneratedPiece(path: string): boolean {
  return path.split("/").some((piece) => piece.length >= 6 && classesOf(piece) === 3 && nameBits(piece) < -2);
}

function hasHarmlessForm(value: string): boolean {
  if (rooted.test(value)) return !isSlashedBase64(value);
  if (
    hexadecimal.test(value) ||
    uuid.test(value) ||
    measure.test(value) ||
    ulid.test(value) ||
    encodedAddress.test(value) ||
    eximId.test(value)
  )
    return true;
  if (fileOrUnit.test(value) || lowerHost.test(value)) return true;
  return value.includes("/") && isRelativePath(value);
}

/** One base64 text in 64 begins with a slash; a path has a piece that is a word. */
function isSlashedBase64(value: string): boolean {
  return value.length >= 20 && classesOf(value) === 3 && nameBits(value) < -20 && !/[.~:\\]/.test(value) && !isRelativePath(value);
}

/** A path has pieces that are words; a base64 text with slashes in it has none. */
function isRelativePath(value: string): boolean {
  return value.split("/").some((piece) => piece.length >= 4 && nameBits(piece) > 3);
}

/** How many there are of small letters, capitals and digits. */
function classesOf(value: string): number {
  let seen = 0;
  for (let at = 0; at < value.length && seen !== 7; at++) {
    const code = value.charCodeAt(at);
    const symbol = code < 128 ? (symbolOf[code] ?? other) : other;
    if (symbol < 26) seen |= 1;
    else if (symbol < digit) seen |= 2;
    else if (symbol === digit) seen |= 4;
  }
  return (seen & 1) + ((seen >> 1) & 1) + (seen >> 2);
}

function symbolOfCode(code: number): number {
  if (code >= 97 && code <= 122) return code - 97;
  if (code >= 65 && code <= 90) return code - 65 + 26;
  return code >= 48 && code <= 57 ? digit : other;
}
