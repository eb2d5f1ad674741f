/** A notification as it is kept: without secrets, printable, and of bounded length. */
import { defined } from "../model/defined.ts";
import type { Notification } from "../model/notification.ts";
import type { Redactor } from "../redact/redactor.ts";
import { cleanText, cutText } from "./text.ts";

const longestName = 256;
const longestSentence = 1000;
const mostLines = 5;

/** What is stored and sent. The makers of notifications have cut the secrets out already; here it is made sure of. */
export function prepareNotification(notification: Notification, redactor: Redactor): Notification {
  const { what, who, culprits, reason, verdict, figures, top } = notification;
  const name = (text: string) => safe(text, longestName, redactor);
  const sentence = (text: string) => safe(text, longestSentence, redactor);
  return defined({
    ...notification,
    name: name(notification.name),
    title: name(notification.title),
    server: name(notification.server),
    what: what === undefined ? undefined : name(what),
    who: who === undefined ? undefined : name(who),
    culprits: culprits?.map((names) => names.map(name)),
    reason: reason === undefined ? undefined : sentence(reason),
    verdict: verdict === undefined ? undefined : sentence(verdict),
    figures: defined({
      ...figures,
      disk: figures.disk === undefined ? undefined : { ...figures.disk, mountpoint: name(figures.disk.mountpoint) },
    }),
    top: top.slice(0, mostLines).map((line) => ({ ...line, name: name(line.name) })),
  });
}

function safe(text: string, most: number, redactor: Redactor): string {
  return cutText(redactor.text(cleanText(text)), most);
}
