/** What a message says, once for all channels: subject, facts, the others of its group, links. Each channel only formats it. */
import { defined } from "../model/defined.ts";
import type { Notification, NotificationLine, NotificationMessage, NotificationStatus } from "../model/notification.ts";
import { durationText, shortBytesText, utcText, wholePercent } from "../text.ts";
import { cleanText, cutText, formatDecimal } from "./text.ts";

/** A line with a label: `CPU Usage: 92%`. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** 0..1, for a bar. */
  readonly ratio?: number;
}

/** One of those that used most, in columns. */
export interface TopRow {
  readonly name: string;
  readonly cpu: string;
  readonly memory: string;
  readonly io: string;
  /** Its part of the machine's cores, 0..1, for a bar. */
  readonly ratio?: number;
}

/** One more incident of the same message. */
interface Other {
  readonly headline: string;
  /** What was crossed and who it was, and when. */
  readonly details: string;
}

/** A link and what it is called. */
interface Link {
  readonly label: string;
  readonly url: string;
}

/** The contents of a message, all of it printable and short enough for a person. */
export interface Content {
  readonly status: NotificationStatus;
  readonly isTest: boolean;
  /** What fits a mail's subject or a phone: `web1: CPU 97 %, 71 % of the rise is pg_dump`. */
  readonly subject: string;
  /** What stands above the figures: `Alert: High CPU Usage Detected`. */
  readonly headline: string;
  /** The server first, then the figures. */
  readonly facts: readonly Fact[];
  readonly reason?: string;
  readonly verdict?: string;
  readonly top: readonly TopRow[];
  readonly others: readonly Other[];
  /** Others that there was no room for. */
  readonly othersLeftOut: number;
  readonly links: readonly Link[];
  /** What is to be known of the links. */
  readonly linkNote?: string;
}

/** How long the parts may be; channels with a limit of their own ask for less. */
interface Room {
  readonly title: number;
  readonly name: number;
  readonly sentence: number;
  readonly others: number;
}

/** As much as is useful to a person. */
const plenty: Room = { title: 120, name: 120, sentence: 600, others: 100 };

/** Tried in turn by channels that refuse what is too large; the last one fits everywhere. */
const smallerRooms: readonly Room[] = [
  { title: 100, name: 100, sentence: 200, others: 60 },
  { title: 80, name: 60, sentence: 100, others: 50 },
  { title: 60, name: 40, sentence: 20, others: 20 },
  { title: 60, name: 40, sentence: 20, others: 4 },
];

/** The fullest form of a message that fits: what `make` makes of its contents, in fewer words as long as it does not. */
export function fittingForm<Form>(message: NotificationMessage, make: (content: Content) => Form, fits: (form: Form) => boolean): Form {
  let form = make(contentOf(message, plenty));
  for (const room of smallerRooms) {
    if (fits(form)) break;
    form = make(contentOf(message, room));
  }
  return form;
}

const shownLines = 5;
const longestUrl = 2000;

/** The contents of a message. */
export function contentOf(message: NotificationMessage, room: Room = plenty): Content {
  const [lead, ...rest] = message.notifications;
  const { status } = message;
  const reason = sentence(lead.reason, room);
  const verdict = sentence(lead.verdict, room);
  const more = rest.length === 0 ? "" : ` (+${rest.length} more)`;
  return defined({
    status,
    isTest: lead.origin === "test",
    subject: `${subjectOf(lead, room)}${more}`,
    headline: `${headline(lead, room)}${more}`,
    facts: factsOf(lead, room),
    reason,
    verdict,
    top: lead.top.slice(0, shownLines).map((line) => rowOf(line, lead.figures.cores, room)),
    others: rest.slice(0, room.others).map((one) => otherOf(one, lead, room)),
    othersLeftOut: Math.max(0, rest.length - room.others),
    links: linksOf(lead, room),
    linkNote: sentence(lead.links.note, room),
  });
}

/** `web1: CPU 97 %, 71 % of the rise is pg_dump`; when it is over, for how long it was. */
function subjectOf({ status, origin, title, server, what, who, startedAtMs, endedAtMs }: Notification, room: Room): string {
  const shown = (text: string) => cutText(cleanText(text), room.title);
  const where = cutText(cleanText(server), room.name) || "unknown";
  const trouble = shown(what ?? title) || "unnamed trouble";
  if (origin === "test") return `Test: ${trouble}, ${where}`;
  const lasted = status === "resolved" && endedAtMs !== undefined ? ` for ${durationText((endedAtMs - startedAtMs) / 1000)}` : "";
  const by = who === undefined ? "" : `, ${shown(who)}`;
  return `${status === "resolved" ? "Resolved: " : ""}${where}: ${trouble}${lasted}${by}`;
}

/** `Alert: High CPU Usage Detected`; an alert from elsewhere is called what it is called there. */
function headline({ status, origin, title }: Notification, room: Room): string {
  const shown = cutText(cleanText(title), room.title) || "Unnamed Trouble";
  if (origin === "test") return `Test: ${shown}`;
  if (status === "resolved") return `Resolved: ${shown}`;
  return origin === "trigger" ? `Alert: ${shown} Detected` : `Alert: ${shown}`;
}

function factsOf(notification: Notification, room: Room): readonly Fact[] {
  const { figures, startedAtMs, endedAtMs, status } = notification;
  const { load, cores, disk } = figures;
  const facts: Fact[] = [{ label: "Server", value: cutText(cleanText(notification.server), room.name) || "unknown" }];
  const ratio = (label: string, value: number | undefined) => {
    if (value !== undefined) facts.push({ label, value: `${wholePercent(value)}%`, ratio: Math.min(1, Math.max(0, value)) });
  };
  ratio("CPU Usage", figures.cpuRatio);
  ratio("Memory Usage", figures.memoryRatio);
  ratio("Disk Usage", disk?.ratio);
  if (disk !== undefined) facts.push({ label: "Fullest Disk", value: cutText(cleanText(disk.mountpoint), room.name) });
  if (load !== undefined) {
    const loads = [load.load1, load.load5, load.load15].map(formatDecimal).join(", ");
    facts.push({ label: "Load", value: `${loads}${cores === undefined ? "" : ` on ${cores} ${cores === 1 ? "core" : "cores"}`}` });
  }
  facts.push({ label: status === "resolved" ? "Began" : "Since", value: utcText(startedAtMs) });
  if (status === "resolved" && endedAtMs !== undefined) {
    facts.push({ label: "Ended", value: utcText(endedAtMs) });
    facts.push({ label: "Lasted", value: durationText((endedAtMs - startedAtMs) / 1000) });
  }
  return facts;
}

function rowOf(line: NotificationLine, cores: number | undefined, room: Room): TopRow {
  const { cpuCores, residentBytes, readBytesPerSecond: read, writtenBytesPerSecond: written } = line;
  const io = [
    ...(read === undefined ? [] : [`reads ${shortBytesText(read)}/s`]),
    ...(written === undefined ? [] : [`writes ${shortBytesText(written)}/s`]),
  ];
  return defined({
    name: cutText(cleanText(line.name), room.name) || "unnamed",
    cpu: cpuCores === undefined ? "" : `${formatDecimal(cpuCores)} cores`,
    memory: residentBytes === undefined ? "" : shortBytesText(residentBytes),
    io: io.join(", "),
    ratio: cpuCores === undefined || cores === undefined || cores <= 0 ? undefined : Math.min(1, Math.max(0, cpuCores / cores)),
  });
}

/** What it shares with the first one is not said again. */
function otherOf(one: Notification, lead: Notification, room: Room): Other {
  const { status, startedAtMs, endedAtMs } = one;
  const lasted = endedAtMs === undefined ? "" : `, lasted ${durationText((endedAtMs - startedAtMs) / 1000)}`;
  const when = status === "resolved" ? `began ${utcText(startedAtMs)}${lasted}` : `since ${utcText(startedAtMs)}`;
  const verdict = one.verdict === lead.verdict ? undefined : one.verdict;
  const said = [sentence(one.reason, room), sentence(verdict, room)].filter((part) => part !== undefined);
  const where = one.server === lead.server ? [] : [`on ${cutText(cleanText(one.server), room.name)}`];
  return { headline: headline(one, room), details: [...where, when, ...said].join("; ") };
}

function sentence(text: string | undefined, room: Room): string | undefined {
  // names stand between backticks for those who set them apart; a message sets nothing apart
  const shown = text === undefined ? "" : cutText(cleanText(text).replaceAll(/`([^`]*)`/g, "$1"), room.sentence);
  return shown === "" ? undefined : shown;
}

function linksOf({ links, server }: Notification, room: Room): readonly Link[] {
  const where = cutText(cleanText(server), room.name);
  const named: readonly (readonly [string, string | undefined])[] = [
    ["The page at that moment", links.page],
    ["The archive", links.archive],
  ];
  return named.flatMap(([label, url]) => {
    const parsed = usableUrl(url);
    // for a browser on that machine only
    const at = parsed?.hostname === "127.0.0.1" ? ` (on ${where})` : "";
    return parsed === undefined ? [] : [{ label: `${label}${at}`, url: parsed.href }];
  });
}

/** Only what a browser opens without harm, and whole or not at all: half a link leads to another place. */
export function usableUrl(url: string | undefined): URL | undefined {
  const parsed = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.href.length <= longestUrl ? parsed : undefined;
}
