/**
 * What the placeholders of a webhook's templates stand for.
 *
 * A template cannot shorten anything, and what is too long is refused for good: so the text keeps to what the narrowest of the usual
 * receivers take (Discord 2000 characters, ntfy 4096 bytes). What is unknown is empty.
 */
import { createHash } from "node:crypto";
import type { NotificationMessage } from "../model/notification.ts";
import type { PlaceholderName } from "../model/template.ts";
import { fittingForm, usableUrl } from "./message.ts";
import { plainText } from "./plainText.ts";
import { cleanText, cutText } from "./text.ts";

const mostCharacters = 1900;
const mostBytes = 3900;
const longestHostName = 255;

/** The texts of one message. */
export function templateValues(message: NotificationMessage): Readonly<Record<PlaceholderName, string>> {
  const [lead] = message.notifications;
  const form = fittingForm(
    message,
    (content) => ({ content, text: plainText(content) }),
    ({ text }) => isShort(text),
  );
  const { subject, headline, verdict = "" } = form.content;
  return {
    subject,
    headline,
    text: cutToFit(form.text.trimEnd()),
    status: message.status,
    action: message.status === "firing" ? "trigger" : "resolve",
    server: cutText(cleanText(lead.server), longestHostName) || "unknown",
    verdict,
    // ids hold names of mounts and alerts, of any length
    id: createHash("sha256")
      .update(JSON.stringify([lead.server, lead.id]))
      .digest("hex")
      .slice(0, 32),
    page: usableUrl(lead.links.page)?.href ?? "",
    archive: usableUrl(lead.links.archive)?.href ?? "",
  };
}

function isShort(text: string): boolean {
  return text.length <= mostCharacters && Buffer.byteLength(text) <= mostBytes;
}

function cutToFit(text: string): string {
  if (isShort(text)) return text;
  let kept = "";
  for (const point of text) {
    if (!isShort(`${kept}${point}…`)) break;
    kept += point;
  }
  return `${kept}…`;
}
