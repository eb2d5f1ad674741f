/** An alert on its way to another host: what the queue holds, and what the other host is sent. */

import { z } from "zod";
import { defined } from "../model/defined.ts";
import { notificationStatuses } from "../model/notification.ts";

/** An alert as the webhook took it in: checked and redacted. */
export interface RelayAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  readonly endsAtMs?: number;
  readonly fingerprint: string;
}

/** An alert, and the name of the host that it is for. */
export interface RelayItem {
  readonly host: string;
  readonly alert: RelayAlert;
  readonly keptAtMs: number;
}

const texts = z.record(z.string(), z.string());
const item = z.object({
  host: z.string(),
  keptAtMs: z.number(),
  alert: z.object({
    status: z.enum(notificationStatuses),
    labels: texts,
    annotations: texts,
    startsAtMs: z.number(),
    endsAtMs: z.number().optional(),
    fingerprint: z.string(),
  }),
});

/** Reads what the queue has stored. @throws when it cannot be one */
export function parseRelayItem(json: unknown): RelayItem {
  const { alert, ...rest } = item.parse(json);
  const { endsAtMs, ...known } = alert;
  return { ...rest, alert: defined({ ...known, endsAtMs }) };
}

/** Whether two are the same news: a re-send of what waits already need not wait twice. */
export function isSameNews(one: RelayItem, other: RelayItem): boolean {
  return (
    one.host === other.host &&
    one.alert.fingerprint === other.alert.fingerprint &&
    one.alert.status === other.alert.status &&
    one.alert.startsAtMs === other.alert.startsAtMs
  );
}

/** The payload for the other host's webhook, in Alertmanager's form, with that one alert. */
export function payloadOf({ status, labels, annotations, startsAtMs, endsAtMs, fingerprint }: RelayAlert): string {
  const endsAt = endsAtMs === undefined ? {} : { endsAt: new Date(endsAtMs).toISOString() };
  const alert = { status, labels, annotations, startsAt: new Date(startsAtMs).toISOString(), ...endsAt, fingerprint };
  return JSON.stringify({ version: "4", receiver: "culprit-relay", status, alerts: [alert] });
}
