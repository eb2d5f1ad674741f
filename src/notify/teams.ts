/**
 * Microsoft Teams, through a Workflows webhook ("Post to a channel when a webhook request is received"): an Adaptive Card in the envelope
 * of a message.
 *
 * A `TextBlock` reads Markdown, and there is no dependable way to escape it; a `TextRun` reads none. So every text that is not ours is a
 * TextRun. A message larger than 28 KB is refused: one that would be is told in fewer words.
 */
import type { WebhookSettings } from "../model/channels.ts";
import { defined } from "../model/defined.ts";
import type { NotificationMessage } from "../model/notification.ts";
import { type Content, type Fact, fittingForm, type TopRow } from "./message.ts";
import type { Notifier, NotifierSurroundings } from "./notifier.ts";
import { sendTo } from "./secretAddress.ts";

const mostBytes = 28_000;

interface Element {
  readonly type: string;
  readonly [property: string]: unknown;
}

/** Sends to a Workflows webhook. */
export function createTeamsNotifier({ url }: WebhookSettings, around: NotifierSurroundings): Notifier {
  return {
    name: "teams",
    send: (message, signal) =>
      sendTo({ channel: "teams", source: url, body: teamsBody(message), signal, failureIn: failureInBody }, around),
  };
}

/**
 * The status behind an answer 200: "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with
 * ContextId ...", or an error as JSON. Of a failure without a number nobody knows whether the next attempt fails as well: as of a 500.
 */
function failureInBody(text: string): number | undefined {
  const said = /\bHTTP error (\d{3})\b/i.exec(text)?.[1];
  if (said !== undefined) return Number(said);
  if (/\bdelivery failed\b|\bfailed with error\b/i.test(text)) return unknownFailure;
  return failureInJson(text);
}

const unknownFailure = 500;

/** `{"error": {"code": "...", "message": "..."}}`, with a number where there is one. */
function failureInJson(text: string): number | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const { error, statusCode } = JSON.parse(text) as {
      error?: { statusCode?: unknown; status?: unknown; code?: unknown } | string;
      statusCode?: unknown;
    };
    if (!error) return undefined;
    const numbers = typeof error === "string" ? [statusCode] : [error.statusCode, error.status, error.code, statusCode];
    return numbers.map(Number).find((number) => number >= 400 && number < 600) ?? unknownFailure;
  } catch {
    return undefined;
  }
}

/** The body of the request as text, for its length counts. */
export function teamsBody(message: NotificationMessage): string {
  return fittingForm(
    message,
    (content) => JSON.stringify(envelope(content)),
    (body) => Buffer.byteLength(body) <= mostBytes,
  );
}

function envelope(content: Content): unknown {
  return {
    type: "message",
    summary: content.subject,
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card(content) }],
  };
}

function card(content: Content): unknown {
  const { subject, headline: title, status, isTest, facts, reason, verdict, top, others, othersLeftOut, links, linkNote } = content;
  const color = isTest ? "Accent" : status === "resolved" ? "Good" : "Attention";
  return defined({
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    msteams: { width: "Full" },
    // what a client shows that cannot show the card
    fallbackText: subject,
    body: [
      rich([{ text: title, size: "Large", weight: "Bolder", color }]),
      ...facts.map(factLine),
      ...[reason, verdict].flatMap((text) => (text === undefined ? [] : [{ ...rich([{ text }]), spacing: "Medium" }])),
      ...(top.length === 0 ? [] : [heading("Who used most in the last minute"), ...top.map(topLine)]),
      ...(others.length === 0 ? [] : [heading("At the same time")]),
      ...others.map(({ headline, details }) =>
        rich([
          { text: headline, weight: "Bolder" },
          { text: ` ${details}`, isSubtle: true },
        ]),
      ),
      ...(othersLeftOut === 0 ? [] : [rich([{ text: `and ${othersLeftOut} more` }])]),
      ...(links.length === 0 || linkNote === undefined ? [] : [rich([{ text: linkNote, isSubtle: true, size: "Small" }])]),
    ],
    actions: links.length === 0 ? undefined : links.map(({ label, url }) => ({ type: "Action.OpenUrl", title: label, url })),
  });
}

function factLine({ label, value }: Fact): Element {
  return {
    ...rich([{ text: `${label}: `, weight: "Bolder" }, { text: value }]),
    spacing: "None",
  };
}

function topLine({ name, cpu, memory, io }: TopRow): Element {
  const figures = [cpu, memory, io].filter((cell) => cell !== "").join(", ");
  return {
    ...rich([
      { text: name, fontType: "Monospace" },
      { text: `  ${figures}`, isSubtle: true },
    ]),
    spacing: "Small",
  };
}

function heading(text: string): Element {
  return { type: "TextBlock", text, weight: "Bolder", spacing: "Medium", wrap: true };
}

interface TextRun {
  readonly text: string;
  readonly [property: string]: unknown;
}

/** A RichTextBlock always wraps. */
function rich(runs: readonly TextRun[]): Element {
  return { type: "RichTextBlock", inlines: runs.filter(({ text }) => text !== "").map((run) => ({ type: "TextRun", ...run })) };
}
