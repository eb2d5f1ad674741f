/** What Slack, Teams and the generic webhook have in common: a text, JSON if nobody says otherwise, to an address that is a secret. */
import { post } from "../http/post.ts";
import { shownUrl } from "../http/url.ts";
import type { ChannelName, SecretSource } from "../model/channels.ts";
import type { NotifierSurroundings, Receipt } from "./notifier.ts";
import { failureOfAnswer, failureOfRequest, shownAnswer } from "./retry.ts";
import { readWebhookUrl } from "./secrets.ts";

/** A text on its way. */
interface Sending {
  readonly channel: ChannelName;
  readonly source: SecretSource;
  readonly method?: "POST" | "PUT";
  readonly body: string;
  /** With names in small letters. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What headers and body hold that must not show in what the server said. */
  readonly secrets?: readonly string[];
  readonly signal: AbortSignal;
  /** The status that a body speaks of, for a server that answers 200 to what it did not take; undefined where it took it. */
  readonly failureIn?: (text: string) => number | undefined;
}

/** Sends it and says what the server answered. @throws DeliveryError */
export async function sendTo(
  { channel, source, method = "POST", body, headers, secrets = [], signal, failureIn }: Sending,
  around: NotifierSurroundings,
): Promise<Receipt> {
  const url = await readWebhookUrl(source, channel);
  const answer = await post({
    method,
    url,
    headers: { "content-type": "application/json; charset=utf-8", "user-agent": `culprit/${around.version}`, ...headers },
    body,
    secrets,
    clock: around.clock,
    timeoutSeconds: around.timeoutSeconds,
    signal,
  }).catch((error: unknown) => {
    throw failureOfRequest(error);
  });
  const shown = shownUrl(url);
  const failure = failureOfAnswer(shown, answer, failureIn?.(answer.text));
  if (failure !== undefined) throw failure;
  const said = shownAnswer(answer.text);
  return { answer: `${shown} answered ${answer.status}${said === "" ? "" : `: ${said}`}` };
}
