/**
 * What a pushing Culprit sends, a line each: a head, as a segment of a recording has it, with the sender's standing; then seconds as
 * recordings hold them, spikes as `spikes.jsonl` holds them, and firings of triggers. So a segment of a recording can be sent as it is. Pure.
 */
import { defined } from "../model/defined.ts";
import { type Notification, notificationStatuses } from "../model/notification.ts";
import { type TriggerFiring, triggerEndings } from "../model/trigger.ts";
import { type RecordedHost, schemaVersion } from "../recorder/format/header.ts";
import { FieldProblem, type Fields, readFields, readHostname, readMoment, readNumber } from "./readings.ts";

/** Who sends, and how it is set up. */
export interface Sender {
  readonly host: RecordedHost;
  /** The version of Culprit. */
  readonly version: string;
  /** How often it sends; unknown of a segment. */
  readonly intervalSeconds?: number;
  /** When it sent this, by its own clock. */
  readonly sentAtMs?: number;
  /** It tells people itself: nobody else needs to. Absent: it has no channels. */
  readonly tellsPeople?: true;
}

/** A firing of a trigger, as it was judged where it happened; `notification` is what would be told of it. */
export interface SentFiring {
  readonly firing: TriggerFiring;
  readonly notification?: Notification;
}

/** Whether it is the first line of a batch or of a segment. */
export function isSender({ recording }: Fields): boolean {
  return recording === "culprit";
}

/** Reads it. @throws FieldProblem */
export function readSender(line: Fields): Sender {
  const version = readNumber(line.schemaVersion, "schemaVersion", 1);
  if (version === undefined || version > schemaVersion)
    throw new FieldProblem("schemaVersion", `expected at most ${schemaVersion}: the sender is a newer Culprit than this one`);
  const host = readFields(line.host, "host") ?? {};
  return defined({
    host: {
      hostname: readHostname(host.hostname, "host.hostname"),
      os: wordOf(host.os),
      kernel: wordOf(host.kernel),
      arch: wordOf(host.arch),
    },
    version: wordOf(line.culprit),
    intervalSeconds: readNumber(line.intervalSeconds, "intervalSeconds", 0.1, 3600),
    sentAtMs: line.sentAtMs === undefined ? undefined : readMoment(line.sentAtMs, "sentAtMs"),
    tellsPeople: line.tellsPeople === true ? true : undefined,
  });
}

const mostTextCharacters = 4000;

/** Reads a firing; only what is shown of it is looked at. @throws FieldProblem */
export function readFiring(line: Fields): SentFiring {
  const firing = readFields(line.firing, "firing") ?? {};
  for (const name of ["id", "trigger", "metric", "instance", "reason"]) readText(firing[name], `firing.${name}`);
  readMoment(firing.onsetMs, "firing.onsetMs");
  readMoment(firing.firedAtMs, "firing.firedAtMs");
  if (firing.endMs !== undefined) readMoment(firing.endMs, "firing.endMs");
  for (const name of ["threshold", "value", "lastedSeconds"]) readNumber(firing[name], `firing.${name}`, -Number.MAX_VALUE);
  if (firing.ending !== undefined && !triggerEndings.some((ending) => ending === firing.ending))
    throw new FieldProblem("firing.ending", `expected one of ${triggerEndings.join(", ")}`);
  return defined({ firing: firing as unknown as TriggerFiring, notification: readNotification(line.notification) });
}

/** Its form is held to what every channel relies on. */
function readNotification(value: unknown): Notification | undefined {
  const told = readFields(value, "notification");
  if (told === undefined) return undefined;
  for (const name of ["id", "key", "name", "title", "server"]) readText(told[name], `notification.${name}`);
  for (const name of ["what", "who", "reason", "verdict"]) if (told[name] !== undefined) readText(told[name], `notification.${name}`);
  if (!notificationStatuses.some((status) => status === told.status))
    throw new FieldProblem("notification.status", `expected one of ${notificationStatuses.join(", ")}`);
  readMoment(told.startedAtMs, "notification.startedAtMs");
  if (told.endedAtMs !== undefined) readMoment(told.endedAtMs, "notification.endedAtMs");
  const { id, key, name, title, server, status, what, who, reason, verdict, startedAtMs, endedAtMs } = told as unknown as Notification;
  // figures, lines and links are the hub's own to give
  return defined({
    ...{ id, key, name, title, server, status, what, who, reason, verdict, startedAtMs, endedAtMs },
    origin: "trigger",
    figures: {},
    top: [],
    links: {},
  });
}

function readText(value: unknown, field: string): string {
  if (typeof value === "string" && value.length <= mostTextCharacters) return value;
  throw new FieldProblem(field, `expected a text of at most ${mostTextCharacters} characters`);
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 200) : "";
}
