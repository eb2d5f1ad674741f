/**
 * The generic webhook: JSON for programs, signed as Standard Webhooks (standardwebhooks.com) has it, so that their libraries check it.
 *
 * `webhook-id` is the message's stable id: a receiver that has seen it can drop the repetition. `webhook-timestamp` is the moment of
 * sending in seconds. With a secret, `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`; the key
 * is what the secret file holds, decoded from base64 where it begins with `whsec_`. A target with a template for a body is sent that.
 */
import { createHmac } from "node:crypto";
import { type WebhookTarget, webhookChannel } from "../model/channels.ts";
import { defined } from "../model/defined.ts";
import type { Notification, NotificationMessage } from "../model/notification.ts";
import { contentOf } from "./message.ts";
import { DeliveryError, type Notifier, type NotifierSurroundings, type Receipt } from "./notifier.ts";
import { plainText } from "./plainText.ts";
import { sendTo } from "./secretAddress.ts";
import { readSecretFile } from "./secrets.ts";
import { byIncident, fillTarget, usesId } from "./webhookTarget.ts";

/** Sends to any program. */
export function createWebhookNotifier(target: WebhookTarget, around: NotifierSurroundings): Notifier {
  const channel = webhookChannel(target.name);
  const isByIncident = usesId(target);
  return {
    name: channel,
    async send(message, signal) {
      return isByIncident ? sendEach(byIncident(message), signal) : sendOne(message, signal);
    },
  };

  /** One that is refused holds no other up. Where one is tried again all are: their receiver knows them by their ids. */
  async function sendEach(messages: readonly NotificationMessage[], signal: AbortSignal): Promise<Receipt> {
    const receipts: Receipt[] = [];
    const refusals: DeliveryError[] = [];
    for (const one of messages) {
      try {
        receipts.push(await sendOne(one, signal));
      } catch (error) {
        if (!(error instanceof DeliveryError) || error.retryable) throw error;
        refusals.push(error);
      }
    }
    const [[receipt], [refusal]] = [receipts, refusals];
    if (receipt === undefined) throw refusal;
    const warning = `${refusals.length} of ${messages.length} incidents were refused: ${refusal?.message}`;
    return refusal === undefined ? receipt : { ...receipt, warning };
  }

  async function sendOne(message: NotificationMessage, signal: AbortSignal): Promise<Receipt> {
    const { url, secretFile, method, contentType, body: template } = target;
    const { body, headers, secrets } = await fillTarget(target, channel, message);
    const text = body ?? JSON.stringify(webhookPayload(message));
    const timestamp = String(Math.floor(around.clock.wallMs() / 1000));
    const secret = secretFile === undefined ? undefined : await readSecretFile(secretFile, `notify.${channel}.secretFile`);
    const signature = secret === undefined ? {} : { "webhook-signature": sign(secret, message.id, timestamp, text) };
    const type = contentType ?? (template === undefined ? undefined : "text/plain; charset=utf-8");
    const own = { "webhook-id": message.id, "webhook-timestamp": timestamp, ...signature };
    const sent = defined({ "content-type": type, ...headers, ...own });
    return sendTo(defined({ channel, source: url, method, body: text, headers: sent, secrets, signal }), around);
  }
}

/** The signature of a request. */
export function sign(secret: string, id: string, timestamp: string, body: string): string {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

/** The body of the request. Times are RFC 3339, ratios 0 to 1, all else in bytes, cores and seconds; what is unknown is absent. */
export function webhookPayload(message: NotificationMessage): unknown {
  const content = contentOf(message);
  return {
    version: "1",
    id: message.id,
    status: message.status,
    subject: content.subject,
    text: plainText(content),
    server: message.notifications[0].server,
    answers: message.answers,
    notifications: message.notifications.map(payloadOf),
  };
}

function payloadOf({ startedAtMs, endedAtMs, figures, ...rest }: Notification): unknown {
  const { cpuRatio, memoryRatio, disk, load, cores } = figures;
  return {
    ...rest,
    startedAt: timeOf(startedAtMs),
    endedAt: endedAtMs === undefined ? undefined : timeOf(endedAtMs),
    lastedSeconds: endedAtMs === undefined ? undefined : Math.max(0, (endedAtMs - startedAtMs) / 1000),
    figures: { cpuUsageRatio: cpuRatio, memoryUsageRatio: memoryRatio, disk, load, cores },
  };
}

function timeOf(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
