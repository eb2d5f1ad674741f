/**
 * Slack's incoming webhooks, as Block Kit.
 *
 * Limits of Block Kit: 50 blocks, 150 characters in a header, 3000 in a section's text, 2000 in each of its at most 10 fields. In every
 * text object &, < and > are written as entities; beyond that only `mrkdwn` has markup, so what a process calls itself stands in
 * `plain_text`, or in a code block without backticks.
 */

import { escapeMarkup } from "../html.ts";
import type { WebhookSettings } from "../model/channels.ts";
import type { NotificationMessage } from "../model/notification.ts";
import { type Content, fittingForm } from "./message.ts";
import type { Notifier, NotifierSurroundings } from "./notifier.ts";
import { sendTo } from "./secretAddress.ts";
import { cutText } from "./text.ts";

const mostBlocks = 50;
const longestHeader = 150;
const longestText = 3000;
const longestField = 2000;
const mostFields = 10;

interface Block {
  readonly type: "header" | "section" | "context" | "divider";
  readonly text?: TextObject;
  readonly fields?: readonly TextObject[];
}

interface TextObject {
  readonly type: "plain_text" | "mrkdwn";
  readonly text: string;
  readonly emoji?: false;
}

/** Sends to an incoming webhook. */
export function createSlackNotifier({ url }: WebhookSettings, around: NotifierSurroundings): Notifier {
  return {
    name: "slack",
    send: (message, signal) => sendTo({ channel: "slack", source: url, body: JSON.stringify(slackPayload(message)), signal }, around),
  };
}

/** The body of the request. `text` is what a phone shows before the message is opened. */
export function slackPayload(message: NotificationMessage): { readonly text: string; readonly blocks: readonly Block[] } {
  return fittingForm(message, payloadOf, ({ blocks }) => blocks.length <= mostBlocks);
}

function payloadOf(content: Content): { readonly text: string; readonly blocks: readonly Block[] } {
  return { text: escaped(content.subject, longestText), blocks: blocksOf(content) };
}

function blocksOf({ headline, facts, reason, verdict, top, others, othersLeftOut, links, linkNote }: Content): readonly Block[] {
  const told = [reason, verdict].filter((line) => line !== undefined).join("\n");
  const lines = top.map(({ name, cpu, memory, io }) => [name, cpu, memory, io].filter((cell) => cell !== "").join("  "));
  const more = [
    ...others.map((other) => `${other.headline} (${other.details})`),
    ...(othersLeftOut === 0 ? [] : [`and ${othersLeftOut} more`]),
  ];
  return [
    { type: "header", text: plain(headline, longestHeader) },
    ...inGroups(facts, mostFields).map(
      (group): Block => ({ type: "section", fields: group.map(({ label, value }) => plain(`${label}: ${value}`, longestField)) }),
    ),
    ...(told === "" ? [] : [section(plain(told, longestText))]),
    ...(lines.length === 0 ? [] : [section(codeBlock(lines.join("\n")))]),
    ...inTexts(more).map((text) => section(plain(text, longestText))),
    // one for each: an address cannot be cut, half of it would lead elsewhere
    ...links.map(({ label, url }) => section({ type: "mrkdwn", text: linkTo(url, label) })),
    ...(links.length === 0 || linkNote === undefined ? [] : [section(plain(linkNote, longestText))]),
  ];
}

function section(text: TextObject): Block {
  return { type: "section", text };
}

function plain(text: string, most: number): TextObject {
  return { type: "plain_text", text: escaped(text, most), emoji: false };
}

function codeBlock(text: string): TextObject {
  const fence = "```";
  return { type: "mrkdwn", text: `${fence}${escaped(text.replaceAll("`", "'"), longestText - 2 * fence.length)}${fence}` };
}

/** A `|` would end the address. */
function linkTo(url: string, label: string): string {
  return `<${escapeMarkup(url.replaceAll("|", "%7C"))}|${escapeMarkup(label)}>`;
}

/** Entities count, and none may be cut in half: shorter until it fits. */
function escaped(text: string, most: number): string {
  let points = most;
  for (;;) {
    const result = escapeMarkup(cutText(text, points));
    if (result.length <= most) return result;
    points -= Math.max(1, Math.ceil((result.length - most) / 5));
  }
}

/** Lines put together to as few texts as the limit allows; each begins with a bullet. */
function inTexts(lines: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const line of lines.map((one) => `• ${one}`)) {
    const last = texts.at(-1);
    const joined = last === undefined ? line : `${last}\n${line}`;
    if (last === undefined || escapeMarkup(joined).length > longestText) texts.push(line);
    else texts[texts.length - 1] = joined;
  }
  return texts;
}

function inGroups<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
