/**
 * Does a name (of a flag, a variable, a key, a parameter) say that its value is a secret?
 *
 * The last word decides: `--db-password` holds one, `--password-file`, `--token-ttl`, `--passwordless` and `tokenizer` do not.
 * A plain `key` may be anything (`sort --key=2`), an `api key` is one.
 */
import * as table from "./nameTable.ts";

/**
 * Always secret, secret unless the value is plainly a path (`--private-key ~/.ssh/id_ed25519`), only if the value looks random, or only
 * then and if it is as long a number as one-time codes are (`--code 590075`).
 */
export type SecretNature = "secret" | "unlessPath" | "ifRandom" | "ifOneTime";

const longestName = 64;

/** Says whether the value that belongs to `name` must be cut. Leading dashes and java's `-D` may be part of it. */
export function secretNature(name: string): SecretNature | undefined {
  if (name.length > longestName || name.length < 2) return undefined;
  if (name === "_auth") return "secret";
  const words = nameWords(name);
  while (words.length > 1 && isQualifier(words.at(-1) ?? "")) words.pop();
  const last = withoutNumber(words.at(-1) ?? "");
  const owner = withoutNumber(words.at(-2) ?? "");
  if (last === "id" || last === "value" || last === "hex") return suffixedNature(words, last);
  return wordNature(last, owner, words.length);
}

/** True for a switch such as `--no-password`, whose next argument is not its value. */
export function isSwitch(name: string): boolean {
  return table.switchWords.has(nameWords(name)[0] ?? "");
}

/** True for names that nobody uses for anything but a secret, so that `name: value` in prose may be trusted. */
export function isStrongName(name: string): boolean {
  return /passw|passphrase/i.test(name) || nameWords(name).length > 1;
}

/** True for names whose values may look random without being secrets: `--build-hash`, `etag`, `container_id`. */
export function isHarmlessName(name: string): boolean {
  const words = nameWords(name);
  const last = words.at(-1) ?? "";
  return table.harmlessNames.has(last) && secretNature(name) === undefined;
}

function wordNature(last: string, owner: string, count: number): SecretNature | undefined {
  // `pass-phrase`
  if (last === "phrase" && table.secretWords.has(owner + last)) return "secret";
  if (!table.judgedWords.has(last) && !endsLikeSecret(last)) return undefined;
  if (last === "pwd" || last === "oldpwd") return last === "pwd" && count > 1 ? "secret" : "unlessPath";
  if (table.pathableWords.has(last)) return table.harmlessOwners[last]?.has(owner) === true ? undefined : "unlessPath";
  if (table.harmlessWords.has(last)) return undefined;
  if (table.harmlessOwners[last]?.has(owner) === true) return undefined;
  if (table.secretWords.has(last)) return "secret";
  if (table.oneTimeWords.has(last)) return oneTimeNature(last, owner);
  if (last.endsWith("key") || last.endsWith("keys")) return keyNature(last.replace(/s$/, ""), owner);
  if (table.suspiciousWords.has(last)) return "ifRandom";
  return (last.length > 4 || last.endsWith("pw")) && hasSecretEnding(last) ? "secret" : undefined;
}

/** Nearly every word ends here. */
function endsLikeSecret(word: string): boolean {
  return word.length > 2 && table.lastTwo.has(word.slice(-2));
}

function hasSecretEnding(word: string): boolean {
  return table.secretEndings.some((ending) => word.endsWith(ending));
}

/** `--sms-code 4711` says it all, `--code 590075` with the value, `--postal-code 590075` not even then. */
function oneTimeNature(last: string, owner: string): SecretNature {
  if (table.secretCodeOwners.has(owner)) return "secret";
  return owner === "" || !last.startsWith("code") ? "ifOneTime" : "ifRandom";
}

function keyNature(last: string, before: string): SecretNature | undefined {
  const owner = last === "key" ? before : last.slice(0, -"key".length);
  if (table.harmlessKeyOwners.has(owner) || /^(?:mon|tur|don|hoc|joc|whis|lac|flun|hus)$/.test(owner)) return undefined;
  if (table.secretKeyOwners.has(owner)) return "secret";
  return table.pathableKeyOwners.has(owner) ? "unlessPath" : "ifRandom";
}

/** `session_id` and `secret_id` carry a secret where they look like one, `access_key_id` and `user_id` do not; `node_key_hex` does. */
function suffixedNature(words: readonly string[], last: string): SecretNature | undefined {
  const before = words.at(-2) ?? "";
  if (last === "id") return before === "session" || before === "secret" || before === "sess" ? "ifRandom" : undefined;
  return before === "" ? undefined : wordNature(before, words.at(-3) ?? "", words.length - 1);
}

function isQualifier(word: string): boolean {
  if (word.length === 1 || table.qualifiers.has(word)) return true;
  const last = word.charCodeAt(word.length - 1);
  return last >= 48 && last <= 57 && /^v?[0-9]+$/.test(word);
}

function withoutNumber(word: string): string {
  const last = word.charCodeAt(word.length - 1);
  return last >= 48 && last <= 57 ? word.replace(/[0-9]+$/, "") : word;
}

/** `-DdbPassword_prod` is db, password, prod. */
function nameWords(name: string): string[] {
  const words: string[] = [];
  let start = /^-[DPJ][A-Za-z]/.test(name) ? 2 : 0;
  for (let at = start; at <= name.length; at++) {
    const kind = kindAt(name, at);
    const humps = kind === "capital" && at > start && kindAt(name, at - 1) === "small";
    if (kind !== "none" && !humps) continue;
    if (at > start) words.push(name.slice(start, at).toLowerCase());
    start = kind === "none" ? at + 1 : at;
  }
  return words;
}

function kindAt(name: string, at: number): "small" | "capital" | "none" {
  const code = name.charCodeAt(at);
  if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code >= 192) return "small";
  return code >= 65 && code <= 90 ? "capital" : "none";
}
