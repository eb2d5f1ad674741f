/**
 * A webhook's payload, understood: Alertmanager's, Grafana's, and whatever else has `alerts` with status, labels and
 * startsAt. A good alert is taken even when another one of the payload is not, for a refused payload is never sent again.
 */

import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import type { ReceivedAlert } from "../capture/contract.ts";
import { defined } from "../model/defined.ts";
import { reasonOf } from "../model/errors.ts";
import { notificationStatuses } from "../model/notification.ts";
import { PayloadProblem, takeApart } from "./payloadText.ts";

/** One entry of `alerts`: usable, or the reason why it is not. */
export type AlertReading =
  | { readonly kind: "usable"; readonly alert: ReceivedAlert }
  | { readonly kind: "rejected"; readonly where: string; readonly reason: string };

/** What parsing needs from outside. */
export interface PayloadContext {
  redact(text: string): string;
  /** Stands in for a start that the sender does not know. */
  readonly nowMs: number;
}

/** Of one alert: what holds more is not even parsed. */
const MAX_VALUES = 4000;
/** So much is read before others have their turn. */
const ALERTS_PER_TURN = 50;
const VALUES_PER_TURN = 2000;
/** Of these so many are kept. */
const MAX_LABELS_READ = 1000;
const MAX_LABELS = 128;
const MAX_NAME_LENGTH = 256;
const MAX_VALUE_LENGTH = 4096;

const PAYLOAD = z.object({ alerts: z.array(z.unknown()), truncatedAlerts: z.unknown().optional() });

const TEXTS = z.record(z.string(), z.string());
const MOMENT = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.iso.datetime({ offset: true, error: "expected a time as RFC 3339 writes it, such as 2026-11-21T10:00:00Z" }));

/** What every alert must have. Of the rest whatever makes sense is taken. */
const ALERT = z.object({
  status: z.enum(notificationStatuses),
  labels: TEXTS,
  startsAt: MOMENT,
  annotations: z.unknown().optional(),
  endsAt: z.unknown().optional(),
  fingerprint: z.unknown().optional(),
});

/** A payload. */
export interface AlertPayload {
  readonly alerts: readonly AlertReading[];
  /** So many more the sender has cut off, for a receiver with `max_alerts`; nobody can know which. */
  readonly truncatedAlerts: number;
}

/**
 * Reads the text of a payload, a few alerts in a turn of the event loop; `pace` gives others theirs. Gives up with the signal's reason.
 *
 * @throws PayloadProblem when it is not JSON, has no `alerts`, or is too large a thing to be one.
 */
export async function parseAlertPayload(
  text: string,
  context: PayloadContext,
  signal?: AbortSignal,
  pace: () => Promise<unknown> = nextTurn,
): Promise<AlertPayload> {
  const { envelope, alerts } = await takeApart(text, signal, pace);
  const payload = PAYLOAD.safeParse(parseJson(envelope, "the body", context));
  if (!payload.success) {
    const expected = "expected Alertmanager's webhook payload: an object with an array alerts[], each with status, labels and startsAt";
    throw new PayloadProblem(`${describeIssue("", payload.error.issues[0])}; ${expected}`);
  }
  const { truncatedAlerts } = payload.data;
  const readings: AlertReading[] = [];
  let [alertsInTurn, valuesInTurn] = [0, 0];
  for (const [index, alert] of alerts.entries()) {
    const where = `alerts[${index}]`;
    if (alert.values > MAX_VALUES) readings.push({ kind: "rejected", where, reason: `${where}: expected at most ${MAX_VALUES} values` });
    else readings.push(readAlert(parseJson(alert.text, `the body's ${where}`, context), where, context));
    alertsInTurn++;
    valuesInTurn += alert.values;
    if (alertsInTurn < ALERTS_PER_TURN && valuesInTurn < VALUES_PER_TURN) continue;
    [alertsInTurn, valuesInTurn] = [0, 0];
    await pace();
    signal?.throwIfAborted();
  }
  return { alerts: readings, truncatedAlerts: Number.isSafeInteger(truncatedAlerts) ? Math.max(0, truncatedAlerts as number) : 0 };
}

function parseJson(text: string, what: string, context: PayloadContext): unknown {
  if (text.trim() === "") throw new PayloadProblem(`${what} is empty; expected Alertmanager's webhook payload as JSON`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = context.redact(reasonOf(error));
    throw new PayloadProblem(`${what} is not JSON (${reason}); expected Alertmanager's webhook payload`);
  }
}

function readAlert(value: unknown, where: string, context: PayloadContext): AlertReading {
  if (labelCount(value) > MAX_LABELS_READ) {
    return { kind: "rejected", where: `${where}.labels`, reason: `${where}.labels: expected at most ${MAX_LABELS_READ}` };
  }
  const checked = ALERT.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return { kind: "rejected", where: pathText(where, issue?.path ?? []), reason: describeIssue(where, issue) };
  }
  const { status, labels, annotations, startsAt, endsAt, fingerprint } = checked.data;
  const endsAtMs = typeof endsAt === "string" ? knownTime(endsAt) : undefined;
  return {
    kind: "usable",
    alert: defined({
      status,
      labels: cleanTexts(labels, context),
      annotations: cleanTexts(onlyTexts(annotations), context),
      startsAtMs: knownTime(startsAt) ?? context.nowMs,
      endsAtMs,
      fingerprint: isUsableFingerprint(fingerprint) ? fingerprint : fingerprintOf(labels),
    }),
  };
}

function labelCount(alert: unknown): number {
  const labels = typeof alert === "object" && alert !== null && "labels" in alert ? alert.labels : undefined;
  return typeof labels === "object" && labels !== null ? Object.keys(labels).length : 0;
}

/** Go writes the year 1 where it knows no time. */
function knownTime(text: string): number | undefined {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || timeMs <= 0 ? undefined : timeMs;
}

function onlyTexts(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** It becomes part of an address, so it must be plain. */
function isUsableFingerprint(fingerprint: unknown): fingerprint is string {
  return typeof fingerprint === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(fingerprint);
}

/** The same labels give the same fingerprint, in whatever order they came. */
function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 16);
}

/** Redacted, and bounded in number and length; the labels that say what and where are kept first. */
function cleanTexts(texts: Readonly<Record<string, string>>, context: PayloadContext): Record<string, string> {
  const first = ["alertname", "instance"].filter((name) => Object.hasOwn(texts, name));
  const names = [...new Set([...first, ...Object.keys(texts)])].slice(0, MAX_LABELS);
  return Object.fromEntries(names.map((name) => [cut(name, MAX_NAME_LENGTH), clean(texts[name] ?? "", context)]));
}

/** Cut generously first, so that redaction has little to read and no secret is cut in half where it would be kept. */
function clean(text: string, context: PayloadContext): string {
  return cut(context.redact(text.slice(0, 4 * MAX_VALUE_LENGTH)), MAX_VALUE_LENGTH);
}

function cut(text: string, length: number): string {
  const short = text.length <= length ? text : `${text.slice(0, length - 1)}…`;
  // Half a surrogate pair cannot be written to a file.
  return Buffer.from(short).toString();
}

function describeIssue(where: string, issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return "not understood";
  const place = pathText(where, issue.path);
  return place === "" ? issue.message : `${place}: ${issue.message}`;
}

function pathText(where: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, where);
}
