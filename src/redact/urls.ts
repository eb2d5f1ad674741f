/** Credentials inside of URLs: `scheme://user:pass@host`, `scheme://:pass@host`, `https://TOKEN@host`, and the same without a scheme. */

import { looksGenerated, looksRandom } from "./generated.ts";
import { allMatches } from "./matches.ts";
import type { Span } from "./spans.ts";

const word = /[^\s"`<>']+/g;
const oracleThin = /jdbc:oracle:[a-z]{1,8}:[^\s/@:]{1,64}\/([^\s/@]{1,256})@/gi;
/** A piece behind one of these words of a path is a key: `/hooks/...`, `/reset-password/...`. */
const pathKey =
  /\/(?:hooks?|webhooks?|push|tokens?|keys?|secrets?|builtin\/\d{1,9}|catch\/\d{1,9}|reset-?password|password-?reset|reset|verify|confirm|invite|activate|magic|unsubscribe|share|s\/[\w-]{1,40}|auth|login|ping|bot|feeds?|calendar|ical)\/([A-Za-z0-9_~.+=-]{8,200})/gi;
/** Of those, the ones that are keys in a log's request line as well (`POST /hooks/...`), where others are followed by ids. */
const calledKey = /^\/(?:hooks?|webhooks?|reset-?password|password-?reset|verify|confirm|invite|activate|magic|unsubscribe)\//i;
const method = /(?:GET|HEAD|POST|PUT|PATCH|DELETE)\s$/;
const noUser = /^(?:npm|file|link|workspace|portal|patch|docker|oci|image|sha256|urn|mailto|sip|xmpp|git\+ssh)$/i;
const bareUser = /(?<![\w./:@%+\\-])([\w.\\/%+-]{1,80}):([^\s:@/'"]{4,128})@(?=[\w([.-])/g;

/** Webhook addresses are passwords themselves: what follows the service's host and path is cut. */
const webhooks =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|webhook\.office\.com\/webhookb2\/|outlook\.office(?:365)?\.com\/webhook\/|discord(?:app)?\.com\/api\/webhooks\/|api\.telegram\.org\/bot|hooks\.zapier\.com\/hooks\/catch\/|maker\.ifttt\.com\/(?:trigger|use)\/|open\.(?:feishu|larksuite)\.(?:cn|com)\/open-apis\/bot\/v2\/hook\/|hc-ping\.com\/|hook\.\w{2,4}\d?\.make\.com\/|webhook\.site\/|ntfy\.sh\/(?=[\w-]*\d)|rtmps?:\/\/(?=[\w.-]{1,64}twitch\.tv\/)|rtmps?:\/\/[^\s/]{1,128}\/(?:live2?|app|rtmp)\/(?=[^\s"'?]{8})|incoming\.webhook\/|logic\.azure\.com\/workflows\/|\/private-(?=[a-f0-9]{16}))([^\s"'`<>?]{4,})/gi;

/** Finds the passwords (and user names that are tokens) of all URLs in one line. The user stays readable: `user:***@`. */
export function urlSpans(line: string): Span[] {
  const spans: Span[] = [];
  if (line.includes("://")) for (const match of allMatches(line, word)) spansOfWord(match[0], match.index, spans);
  if (line.includes("@")) addBareUsers(line, spans);
  if (line.includes("jdbc:")) addLast(line, oracleThin, spans);
  if (line.includes("/")) {
    addPathKeys(line, spans);
    for (const { 0: whole, 1: key = "", index } of allMatches(line, webhooks))
      spans.push({ start: index + whole.length - key.length, end: index + whole.length });
  }
  return spans;
}

/** People leave `/`, `@` and `#` in passwords unescaped, so what follows the colon counts up to the word's last `@` unless it is a port. */
function spansOfWord(text: string, offset: number, spans: Span[]): void {
  const lastAt = text.lastIndexOf("@");
  for (let scheme = text.indexOf("://"); scheme >= 0 && scheme < lastAt; scheme = text.indexOf("://", scheme + 3)) {
    const start = scheme + 3;
    const end = authorityEnd(text, start);
    const at = lastAtBetween(text, start, end);
    const colon = text.indexOf(":", start);
    const hasColon = colon >= 0 && colon < end;
    if (at === undefined) {
      if (!hasColon && looksGenerated(text.slice(start, lastAt))) {
        spans.push({ start: offset + start, end: offset + lastAt });
        return;
      }
      if (
        !hasColon ||
        /^\d*$/.test(text.slice(colon + 1, Math.min(end, colon + 8))) ||
        text[start] === "[" ||
        !isSecretWithSlash(text, start, colon, lastAt)
      )
        continue;
      spans.push({ start: offset + colon + 1, end: offset + lastAt });
      return;
    }
    if (hasColon && colon < at) spans.push({ start: offset + colon + 1, end: offset + at });
    const userEnd = hasColon && colon < at ? colon : at;
    if (looksLikeToken(text.slice(start, userEnd))) spans.push({ start: offset + start, end: offset + userEnd });
  }
}

/** `http://h/path:v1/user@example.org`: a host with a path behind it has no password; the colon must come before any slash. */
function isSecretWithSlash(text: string, start: number, colon: number, lastAt: number): boolean {
  return !text.slice(start, colon).includes("/") && lastAt > colon + 1;
}

/** Not `lastIndexOf`: that would walk back to the beginning of the word for every URL in it. */
function lastAtBetween(text: string, start: number, end: number): number | undefined {
  for (let at = end - 1; at >= start; at--) if (text[at] === "@") return at;
  return undefined;
}

function authorityEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === "/" || char === "?" || char === "#") return at;
  }
  return text.length;
}

/** `app:secret@tcp(db:3306)/shop`, `DOMAIN/bob:secret@host`: nothing says that it is one, so it must look like a secret. */
function addBareUsers(line: string, spans: Span[]): void {
  for (const match of allMatches(line, bareUser)) {
    const [whole, user = "", secret = ""] = match;
    if (noUser.test(user) || /^[\d.]+$/.test(secret)) continue;
    const end = match.index + whole.length - 1;
    portBehind.lastIndex = end;
    if (!looksRandom(secret) && !isMixedWord(secret) && !portBehind.test(line)) continue;
    spans.push({ start: end - secret.length, end });
  }
}

/** `root:letmein@db:3306`: a host with its port behind it makes a password of any word; `nginx:latest@sha256:70...` has none. */
const portBehind = /@[\w.-]{1,128}:\d{2,5}(?![\w.])/y;

/** Letters and digits, but no version: `hunter2`, not `1.2.3-rc1`. */
function isMixedWord(text: string): boolean {
  return text.length >= 6 && /\d/.test(text) && /[A-Za-z]{2}/.test(text) && !/^v?\d+\./.test(text) && !/^[\w.-]*-\w+$/.test(text);
}

function addPathKeys(line: string, spans: Span[]): void {
  for (const match of allMatches(line, pathKey)) {
    const key = match[1] ?? "";
    const end = match.index + match[0].length;
    const isAsked =
      line.includes("://") || (calledKey.test(match[0]) && method.test(line.slice(Math.max(0, match.index - 8), match.index)));
    if (looksGenerated(key) || (looksRandom(key) && isAsked)) spans.push({ start: end - key.length, end });
  }
}

function addLast(line: string, pattern: RegExp, spans: Span[]): void {
  for (const match of allMatches(line, pattern)) {
    const end = match.index + match[0].length - 1;
    spans.push({ start: end - (match[1] ?? "").length, end });
  }
}

function looksLikeToken(user: string): boolean {
  return (
    looksGenerated(user) ||
    (user.length >= 20 && /\d/.test(user) && !/^[a-z]+(?:-[a-z0-9]+)+$/.test(user)) ||
    (user.length >= 16 && looksRandom(user))
  );
}
