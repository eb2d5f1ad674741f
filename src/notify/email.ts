/**
 * Mail through an SMTP server: text and HTML, a stable Message-ID, and answers that mail programs show below what they answer.
 *
 * Encryption is demanded unless the configuration says `security: none`: STARTTLS that is only tried can be stripped by anybody who sits in
 * between.
 */
import { rootCertificates } from "node:tls";
import { startDeadline } from "../http/deadline.ts";
import { hideSecrets } from "../http/url.ts";
import type { EmailSettings } from "../model/channels.ts";
import { defined } from "../model/defined.ts";
import type { NotificationMessage } from "../model/notification.ts";
import { htmlMail } from "./html.ts";
import { type Content, fittingForm } from "./message.ts";
import type { Notifier, NotifierSurroundings, Receipt } from "./notifier.ts";
import { plainText } from "./plainText.ts";
import { failureOfMail, shownAnswer } from "./retry.ts";
import { readSecretFile } from "./secrets.ts";

const mostAnswers = 20;
/** Gmail cuts a mail at 102 KB. */
const mostHtmlBytes = 96_000;

/** Sends mail. */
export function createEmailNotifier(settings: EmailSettings, around: NotifierSurroundings): Notifier {
  return { name: "email", send: (message, signal) => send(settings, message, signal, around) };
}

async function send(
  settings: EmailSettings,
  message: NotificationMessage,
  signal: AbortSignal,
  around: NotifierSurroundings,
): Promise<Receipt> {
  const { host, port, security, user, passwordFile, caFile, name = around.hostName } = settings;
  const password = passwordFile === undefined ? "" : await readSecretFile(passwordFile, "notify.email.passwordFile");
  const ca = caFile === undefined ? undefined : await readSecretFile(caFile, "notify.email.caFile");
  // loaded with the first mail: without mail configured it costs no memory
  const { createTransport } = await import("nodemailer");
  const shown = `${host}:${port}`;
  const secrets = secretForms(user ?? "", password);
  const deadline = startDeadline(around.clock, around.timeoutSeconds, signal);
  const transport = createTransport(
    defined({
      host,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      // without one nodemailer says [127.0.0.1] where the host's name has no dot, which many servers refuse
      name,
      // a CA of one's own stands beside the usual ones, as everywhere else; alone it would replace them
      tls: defined({ minVersion: "TLSv1.2", ca: ca === undefined ? undefined : [...rootCertificates, ca] }),
      auth: user === undefined ? undefined : { user, pass: password },
      disableFileAccess: true,
      disableUrlAccess: true,
    }),
  );
  try {
    const { accepted, rejected, response } = await transport.sendMail({ ...mailOf(settings, message), signal: deadline.signal });
    const answer = `${shown} answered ${shownAnswer(hideSecrets(response, secrets))}`;
    if (rejected.length === 0) return { answer };
    return { answer, warning: `${shown} takes nothing for ${rejected.join(", ")}; only ${accepted.join(", ")} got the message` };
  } catch (error) {
    throw failureOfMail(shown, error, secrets, deadline.isOver() ? around.timeoutSeconds : undefined);
  } finally {
    deadline.done();
    transport.close();
  }
}

/** The name given in EHLO: the first full one among this machine's own names, else its hostname. */
export function helloName(names: readonly string[], hostname: string): string {
  return names.find((name) => /^[\w-]+(?:\.[\w-]+)*\.[a-z][\w-]*$/i.test(name)) ?? hostname;
}

/** The mail without the way to the server: what nodemailer's `sendMail` takes. */
export function mailOf({ from, to }: EmailSettings, message: NotificationMessage) {
  const { content, html } = fittingForm(
    message,
    (one) => ({ content: one, html: htmlMail(one) }),
    (form) => Buffer.byteLength(form.html) <= mostHtmlBytes,
  );
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? "culprit.invalid";
  const idOf = (id: string) => `<${id}@${domain}>`;
  const answers = message.answers.slice(0, mostAnswers).map(idOf);
  return {
    from: senderOf(from, content),
    to: [...to],
    subject: content.subject,
    text: plainText(content),
    html,
    messageId: idOf(message.id),
    date: new Date(message.createdAtMs),
    inReplyTo: answers[0],
    references: answers.length === 0 ? undefined : answers,
    headers: {
      // nobody's holiday answer shall come back
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "X-Culprit-Status": message.status,
    },
  };
}

/** An address without a name gets one that says which machine sends. */
function senderOf(from: string, { facts }: Content): string | { readonly name: string; readonly address: string } {
  if (from.includes("<")) return from;
  const server = facts.find(({ label }) => label === "Server")?.value ?? "";
  return { name: `Culprit on ${server}`, address: from };
}

/** A server that complains may repeat what it was told, and it was told the password in base64. */
function secretForms(user: string, password: string): readonly string[] {
  if (password === "") return [];
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return [password, base64(password), base64(`\0${user}\0${password}`)];
}
