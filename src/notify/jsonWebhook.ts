/** What Slack, Teams and the generic webhook have in common: JSON to an address that is a secret. */
import { post } from "../http/post.ts";
import { shownUrl } from "../http/url.ts";
import type { ChannelName, SecretSource } from "../model/channels.ts";
import type { NotifierSurroundings, Receipt } from "./notifier.ts";
import { failureOfAnswer, failureOfRequest, shownAnswer } from "./retry.ts";
import { readWebhookUrl } from "./secrets.ts";

/** A JSON text on its way. */
interface JsonWebhook {
  readonly channel: ChannelName;
  readonly source: SecretSource;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The status that a body speaks of, for a server that answers 200 to what it did not take; undefined where it took it. */
  readonly failureIn?: (text: string) => number | undefined;
}

/** Sends it and says what the server answered. @throws DeliveryError */
export async function postJson(
  { channel, source, body, headers, signal, failureIn }: JsonWebhook,
  around: NotifierSurroundings,
): Promise<Receipt> {
  const url = await readWebhookUrl(source, channel);
  const answer = await post({
    url,
    headers: { "content-type": "application/json; charset=utf-8", "user-agent": `culprit/${around.version}`, ...headers },
    body,
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
