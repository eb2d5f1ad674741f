/** One attempt to hand an alert to its host, and what its answer means. */
import type { HttpAnswer } from "../http/request.ts";
import { errorIn } from "../model/json.ts";
import type { Attempted } from "../spool/laneOptions.ts";
import { PeerProblem, type Peers } from "./peers.ts";
import { payloadOf, type RelayAlert } from "./relayItem.ts";

const answerSeconds = 10;
const longestText = 300;

/** Sends the alert to the webhook of the host. Never rejects for what the network or the host does. */
export async function deliver(
  peers: Pick<Peers, "named" | "ask">,
  name: string,
  alert: RelayAlert,
  signal: AbortSignal,
): Promise<Attempted<void>> {
  try {
    const answer = await peers.ask(await peers.named(name), {
      method: "POST",
      path: "webhook",
      headers: { "content-type": "application/json" },
      body: payloadOf(alert),
      timeoutSeconds: answerSeconds,
      signal,
    });
    return meaningOf(answer);
  } catch (error) {
    if (error instanceof PeerProblem) return { kind: "later", reason: error.message };
    throw error;
  }
}

/** A Culprit answers 202 once the alert is on its disk; any other success does not mean that it was kept. */
function meaningOf(answer: HttpAnswer): Attempted<void> {
  const { status, retryAfterSeconds } = answer;
  if (status === 202) return { kind: "done", result: undefined };
  const reason = sentenceOf(answer);
  if (status === 400 || status === 413 || status === 415) return { kind: "refused", reason };
  // a token or a target file may be set right while the alert is kept
  return { kind: "later", reason, retryAfterSeconds };
}

function sentenceOf({ status, text, redirect }: HttpAnswer): string {
  if (redirect !== undefined) return `it answered ${status}, a redirect to ${redirect} that is not followed`;
  const said = saidIn(text);
  const hint = status === 401 || status === 403 ? "; relay.tokenFile or relay.tokens must hold a token with the scope capture there" : "";
  return `it answered ${status}${status < 300 ? " where a Culprit says 202" : ""}${said === "" ? "" : `: ${said}`}${hint}`;
}

/** The sentence of a Culprit's refusal, or the beginning of another text, on one line. */
export function saidIn(text: string): string {
  return (errorIn(text) ?? text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
    .slice(0, longestText);
}
