/** What a server's answer means for what was sent. */
import type { HttpAnswer } from "../http/request.ts";
import { errorIn } from "../model/json.ts";
import type { Attempted } from "../spool/laneOptions.ts";

const longestText = 300;

/** Whoever says one of these will say it again: the batch itself is what they do not take. */
const refusals: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);

/**
 * Any 2xx is a success. A token, an address or a proxy may be set right while the batch waits, so that other refusals are tried again, as
 * are a redirect, which is never followed, and a server in trouble.
 */
export function meaningOf(answer: HttpAnswer): Attempted<string> {
  const { status, retryAfterSeconds } = answer;
  const reason = sentenceOf(answer);
  if (status >= 200 && status < 300) return { kind: "done", result: reason };
  if (refusals.has(status)) return { kind: "refused", reason };
  return { kind: "later", reason, retryAfterSeconds };
}

function sentenceOf({ status, text, redirect }: HttpAnswer): string {
  if (redirect !== undefined) return `it answered ${status}, a redirect to ${redirect} that is not followed`;
  const said = (errorIn(text) ?? text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
    .slice(0, longestText);
  return `it answered ${status}${said === "" ? "" : `: ${said}`}`;
}
