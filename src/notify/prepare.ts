/** A notification as it is kept: without secrets, printable, and not longer than anybody reads. */
import type { Notification } from "../model/notification.ts";
import type { Redactor } from "../redact/redactor.ts";
import { cleanText, cutText } from "./text.ts";

const longestName = 256;
const longestSentence = 1000;
const mostLines = 5;

/** What is stored and sent. The makers of notifications have cut the secrets out already; here it is made sure of. */
export function prepareNotification(notification: Notification, redactor: Redactor): Notification {
  const { what, who, reason, verdict, figures, top } = notification;
  const name = (text: string) => safe(text, longestName, redactor);
  const sentence = (text: string) => safe(text, longestSentence, redactor);
  return {
    ...notification,
    name: name(notification.name),
    title: name(notification.title),
    server: name(notification.server),
    ...(what !== undefined && { what: name(what) }),
    ...(who !== undefined && { who: name(who) }),
    ...(reason === undefined ? {} : { reason: sentence(reason) }),
    ...(verdict === undefined ? {} : { verdict: sentence(verdict) }),
    figures: {
      ...figures,
      ...(figures.disk === undefined ? {} : { disk: { ...figures.disk, mountpoint: name(figures.disk.mountpoint) } }),
    },
    top: top.slice(0, mostLines).map((line) => ({ ...line, name: name(line.name) })),
  };
}

function safe(text: string, most: number, redactor: Redactor): string {
  return cutText(redactor.text(cleanText(text)), most);
}
