/**
 * One walk over a text that says which rules could find anything in it. It is what the great majority of lines costs.
 *
 * Every name of a secret holds one of a few dozen groups of three letters (`\`` is what is none, as the digit of `2fa`); a value that looks random has letters and digits in one run.
 */

/** A secret's name may stand in the text, or another sign that rules go by. */
const mayName = 1;
/** Some run of characters may be a generated value. */
export const mayBeRandom = 2;

const groups =
  "pas psw pwd oke ecr key cre bea coo jwt psk uth mne nnw ntr nha mdp slo woo sen ola sal ifr cod otp pin mmu tif sas jdb dlo dli puk lav lsz mfa tfa `fa ysq ogi".split(
    " ",
  );
const marks = new Uint8Array(27 * 27 * 27);
for (const group of groups) marks[[...group].reduce((index, char) => index * 27 + (char.charCodeAt(0) - 96), 0)] = 1;
const pw = ("p".charCodeAt(0) - 96) * 27 + ("w".charCodeAt(0) - 96);
for (let next = 0; next < 27; next++) marks[pw * 27 + next] = 1;

/** What a character is to a run: what ends it, a small letter, a capital, a digit, anything else. */
const delimiter = 0;
const small = 1;
const capital = 2;
const digit = 3;
const kinds = new Uint8Array(128).fill(4);
const letters = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  if (code <= 32 || "\"'`=,:;&?()[]{}<>|@\\".includes(char)) kinds[code] = delimiter;
  else if (/[a-z]/.test(char)) kinds[code] = small;
  else if (/[A-Z]/.test(char)) kinds[code] = capital;
  else if (/[0-9]/.test(char)) kinds[code] = digit;
  letters[code] = /[a-z]/i.test(char) ? code & 31 : 0;
}

const shortestMixed = 8;
const shortestWithoutDigit = 20;
const shortestSlashed = 20;

/** Says what the text may hold: `mayName`, `mayBeRandom`, both, or 0. */
export function scan(text: string): number {
  let found = 0;
  let group = 0;
  let runStart = 0;
  let seen = 0;
  let colons = 0;
  let lastColon = -2;
  const { length } = text;
  for (let at = 0; at <= length; at++) {
    const code = at < length ? text.charCodeAt(at) : 0;
    const kind = code < 128 ? (kinds[code] ?? 4) : 4;
    group = (group % 729) * 27 + (code < 128 ? (letters[code] ?? 0) : 0);
    if (marks[group] === 1) found |= mayName;
    if (kind !== delimiter) {
      seen |= 1 << kind;
      continue;
    }
    if (seen !== 0) {
      if (startsPath(text.charCodeAt(runStart)) ? isLongMixed(seen, at - runStart) : isMixed(seen, at - runStart)) found |= mayBeRandom;
      seen = 0;
    }
    const runBefore = runStart;
    runStart = at + 1;
    if (code === 58) {
      colons = at === lastColon + 1 ? 0 : colons + 1;
      lastColon = at;
      // an address, `host:port:database:user:secret`, `[host]:port user:secret`
      if (text.charCodeAt(at + 1) === 47 && text.charCodeAt(at + 2) === 47) found |= mayName;
      if (colons >= 4 || text.charCodeAt(at - 1) === 93) found |= mayName;
    } else if (code <= 32) colons = 0;
    // `bob:secret@host`: the run before this one ended in a colon
    else if (code === 64 && lastColon >= 0 && runBefore === lastColon + 1) found |= mayName;
    if (found === (mayName | mayBeRandom)) return found;
  }
  return found;
}

function isMixed(seen: number, length: number): boolean {
  const hasSmall = (seen & (1 << small)) !== 0;
  const hasCapital = (seen & (1 << capital)) !== 0;
  if ((seen & (1 << digit)) !== 0) return length >= shortestMixed && (hasSmall || hasCapital);
  // an identifier of Amazon is of capitals alone, where it happens to have no digit
  return hasCapital && length >= shortestWithoutDigit;
}

/** What begins like a path may be base64 all the same, but only when it is long. */
function isLongMixed(seen: number, length: number): boolean {
  const all = (1 << small) | (1 << capital) | (1 << digit);
  return length >= shortestSlashed && (seen & all) === all;
}

/** A slash, a dot or a tilde. */
function startsPath(code: number): boolean {
  return code === 47 || code === 46 || code === 126;
}
