/**
 * Does a name (of a flag, a variable, a key, a parameter) say that its value is a secret?
 *
 * The last word decides: `--db-password` holds one, `--password-file`, `--token-ttl`, `--passwordless` and `tokenizer` do not.
 * A plain `key` is no secret (`sort --key=2`), an `api key` is.
 */

/** Always secret, or secret unless the value is plainly a path (`--private-key ~/.ssh/id_ed25519`). */
export type SecretNature = "secret" | "unlessPath";

/** Cheap enough to run on every name; everything that `secretNature` accepts matches it. */
export const nameHint = "pass|pwd|pw|secret|token|key|cred|bearer|cookie|jwt|psk|masterauth|_auth";

const hint = new RegExp(nameHint, "i");

const secretEnding = /(?:password|passwords|passwd|passphrase|passcode|pass|pwd|secret|token|bearer|cookie|jwt|psk|masterauth)$/;

/** Words that end like a secret's name and are none; filters of ffmpeg and sox among them. */
const harmlessWords: ReadonlySet<string> = new Set(
  `bypass compass encompass surpass trespass underpass overpass multipass singlepass onepass twopass firstpass lowpass highpass bandpass
   allpass renderpass subpass nonsecret`.split(/\s+/),
);

/** What turns "key" into a secret's name. */
const alwaysSecretKey =
  /(?:api|access|secret|auth|account|shared|storage|app|application|consumer|subscription|functions|preshared|service)$/;
const pathableSecretKey = /(?:private|encryption|decryption|signing|master|session|license|hmac|jwt|symmetric|cipher|admin|integration)$/;

/** Words that only say which one: `DB_PASSWORD_PROD`, `api_key_base64`. Anything else behind the secret word makes it harmless. */
const qualifiers: ReadonlySet<string> = new Set(
  `prod production dev development staging stage test live main primary secondary master slave replica old new current previous
   default admin root ro rw value plain text raw base64 b64 string str hash`.split(/\s+/),
);

/** Flags such as `--no-password` and `--ask-pass` take no value of their own. */
const switchWords: ReadonlySet<string> = new Set(
  "no ask prompt use without skip enable disable require allow has is need show store save forget generate reset print".split(" "),
);

/** Says whether the value that belongs to `name` must be cut. Leading dashes and java's `-D` may be part of it. */
export function secretNature(name: string): SecretNature | undefined {
  if (!hint.test(name)) return undefined;
  if (name === "_auth") return "secret";
  const words = nameWords(name);
  while (words.length > 1 && isQualifier(words.at(-1) ?? "")) words.pop();
  const last = (words.at(-1) ?? "").replace(/[0-9]+$/, "");
  if (/^(?:cred|creds|credential|credentials)$/.test(last)) return "unlessPath";
  if (last.endsWith("pwd")) return last === "pwd" && words.length === 1 ? "unlessPath" : last === "oldpwd" ? "unlessPath" : "secret";
  if (last === "pw") return "secret";
  if (secretEnding.test(last)) return harmlessWords.has(last) ? undefined : "secret";
  if (!last.endsWith("key")) return undefined;
  const owner = last === "key" ? (words.at(-2) ?? "") : last.slice(0, -"key".length);
  if (alwaysSecretKey.test(owner)) return "secret";
  return pathableSecretKey.test(owner) ? "unlessPath" : undefined;
}

/** True for a switch such as `--no-password`, whose next argument is not its value. */
export function isSwitch(name: string): boolean {
  return switchWords.has(nameWords(name)[0] ?? "");
}

/** True for names that nobody uses for anything but a secret, so that `name: value` in prose may be trusted. */
export function isStrongName(name: string): boolean {
  return /passw|passphrase/i.test(name) || nameWords(name).length > 1;
}

function isQualifier(word: string): boolean {
  return word.length === 1 || /^[0-9]+$/.test(word) || qualifiers.has(word);
}

function nameWords(name: string): string[] {
  return name
    .replace(/^-[DP](?=[A-Za-z])/, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}
