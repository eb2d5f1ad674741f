/** A webhook's target with all its placeholders filled in, and what of it must be shown nowhere. */
import type { WebhookTarget } from "../model/channels.ts";
import { defined } from "../model/defined.ts";
import type { NotificationMessage } from "../model/notification.ts";
import { fillTemplate, type Template } from "../model/template.ts";
import { headerText, isAscii } from "./headerText.ts";
import { DeliveryError } from "./notifier.ts";
import { readSecretFile } from "./secrets.ts";
import { templateValues } from "./templateValues.ts";

/** What is sent to a target. */
interface FilledTarget {
  /** Undefined where the target has no template. */
  readonly body?: string;
  /** With names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Shorter words of a header, such as v1, are no secrets. */
const shortestWord = 4;

/** Fills it in for a message. @throws DeliveryError where a secret cannot be read */
export async function fillTarget(
  { body, headers = {}, secrets: files = {} }: WebhookTarget,
  channel: string,
  message: NotificationMessage,
): Promise<FilledTarget> {
  const secrets = new Map<string, string>();
  for (const [name, file] of Object.entries(files)) secrets.set(name, await readSecretFile(file, `notify.${channel}.secrets.${name}`));
  const values = templateValues(message);
  const fill = (template: Template) =>
    fillTemplate(template, (part) => ("secret" in part ? (secrets.get(part.secret) ?? "") : values[part.value]));
  const filled: Record<string, string> = {};
  const hidden = [...secrets.values()];
  for (const [name, source] of Object.entries(headers)) {
    const isFile = "file" in source;
    const value = isFile ? await readHeader(source.file, `notify.${channel}.headers.${name}`) : headerText(fill(source));
    if (value !== "") filled[name.toLowerCase()] = value;
    // a token may be written into the configuration as well, and a server may say it back without the word before it
    if (isFile || !source.some(isOfMessage)) hidden.push(value, ...value.split(/\s+/).filter((word) => word.length >= shortestWord));
  }
  return defined({ body: body === undefined ? undefined : fill(body), headers: filled, secrets: hidden });
}

/** Whether a receiver tells incidents apart by their id: such a one gets each incident by itself. */
export function usesId({ body = [], headers = {} }: WebhookTarget): boolean {
  const templates = [body, ...Object.values(headers).flatMap((source) => ("file" in source ? [] : [source]))];
  return templates.some((template) => template.some((part) => typeof part === "object" && "value" in part && part.value === "id"));
}

/** A message for each incident, each with an id of its own. */
export function byIncident(message: NotificationMessage): readonly NotificationMessage[] {
  return message.notifications.map((one, index) => ({
    ...message,
    id: index === 0 ? message.id : `${message.id}-${index + 1}`,
    notifications: [one],
  }));
}

async function readHeader(file: string, key: string): Promise<string> {
  const value = await readSecretFile(file, key);
  if (isAscii(value)) return value;
  throw new DeliveryError(`${key}: what ${file} holds is no value of a header, expected one line of ASCII`, { retryable: true });
}

function isOfMessage(part: Template[number]): boolean {
  return typeof part === "object" && "value" in part;
}
