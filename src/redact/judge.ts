/** What of a value must go, when its name has been judged. */
import { hasGeneratedPiece, looksGenerated, looksMadeUp, looksRandom } from "./generated.ts";
import type { SecretNature } from "./names.ts";
import type { Span } from "./spans.ts";
import { couldBeSecret, looksLikePath } from "./values.ts";

const userAndSecret = /^[\w.@%+-]{1,64}:(?=[^\s/]{6,}$)(?=[^\s]*\d)(?=[^\s]*[A-Za-z])/;

const oneTimeCode = /^\d{6,8}$/;

/** The secret part of a value; `undefined` when there is none. */
export function secretPart(value: string, nature: SecretNature): Span | undefined {
  if (!couldBeSecret(value)) return undefined;
  const whole = { start: 0, end: value.length };
  if (nature === "secret") return isExpression(value) ? undefined : whole;
  if (nature === "unlessPath")
    return looksLikePath(value) && !hasGeneratedPiece(value) && !looksGenerated(value.slice(1)) ? undefined : whole;
  if (nature === "ifOneTime" && oneTimeCode.test(value)) return whole;
  // `session=<x>` of a mail server; what a document holds is read by itself
  if (value.startsWith("<")) return undefined;
  if (/^[[{].*"/.test(value)) return undefined;
  const pair = userAndSecret.exec(value);
  if (pair !== null) return { start: pair[0].length, end: value.length };
  return looksRandom(value) || looksMadeUp(value) ? whole : undefined;
}

/** `getToken()`, `os.environ['X']`: code that fetches the secret, and a count. */
function isExpression(value: string): boolean {
  return /^(?:new )?[A-Za-z_$][\w.$]{0,64}\((?:["'][\w.-]{0,64}["'])?\)?;?$|^(?:process\.env|os\.environ|System\.getenv|ENV)\b/.test(value);
}
