/** What a person is told, through whichever channel. */
import type { GroupKind } from "./group.ts";
import type { SpikeAspect, SpikeResource } from "./spikeResource.ts";

/** Whether the trouble goes on or has ended. */
export const notificationStatuses = ["firing", "resolved"] as const;

/** One of the two. */
export type NotificationStatus = (typeof notificationStatuses)[number];

/** The name under which a start tells of a run without an orderly end. */
export const uncleanEndName = "unclean-end";

/** What tells a person: a trigger of Culprit's own, somebody's alert, a start after an unclean end, or a trial. */
export const notificationOrigins = ["trigger", "alert", "crash", "test"] as const;

/** What becomes of a message: it arrived, was given up, had no room; or of a notification that came and went within a cooldown or while it was quiet. */
export const notificationResults = ["ok", "failed", "dropped", "suppressed"] as const;

/** How a message, or a notification that made none, ended. */
export interface NotificationOutcome {
  readonly channel: string;
  readonly result: (typeof notificationResults)[number];
  /** Names of the triggers and alerts. */
  readonly names: readonly string[];
  readonly messageId?: string;
  readonly attempts?: number;
  /** What the server said, or why it was given up. */
  readonly answer?: string;
}

/** An outcome, and when it was. */
export interface DatedOutcome extends NotificationOutcome {
  readonly atMs: number;
}

/** The machine at that moment; what is unknown is absent. */
export interface NotificationFigures {
  readonly cpuRatio?: number;
  readonly memoryRatio?: number;
  /** The fullest file system. */
  readonly disk?: { readonly mountpoint: string; readonly ratio: number };
  readonly load?: { readonly load1: number; readonly load5: number; readonly load15: number };
  readonly cores?: number;
}

/** One of those that used most. */
export interface NotificationLine {
  readonly kind: GroupKind;
  /** As a person reads it: the process with its unit or container; never empty. */
  readonly name: string;
  readonly cpuCores?: number;
  readonly residentBytes?: number;
  readonly readBytesPerSecond?: number;
  readonly writtenBytesPerSecond?: number;
}

/** One incident to be told of. Plain JSON, redacted before it is made: it is what the durable queue holds. */
export interface Notification {
  /** The same for the firing and the resolving of one incident, and for nothing else. */
  readonly id: string;
  /** What it is about, such as a trigger's name and its mount: the cooldown counts for each of these. */
  readonly key: string;
  readonly status: NotificationStatus;
  readonly origin: (typeof notificationOrigins)[number];
  /** The trigger's or alert's name. */
  readonly name: string;
  /** For a headline: "High CPU Usage". */
  readonly title: string;
  readonly server: string;
  /** For a subject, with its figure: "CPU 97 %"; the title where it is left out. */
  readonly what?: string;
  /** For a subject: "71 % of the rise is pg_dump". */
  readonly who?: string;
  /** Those who are named as the ones who did it, each by process, unit and container. */
  readonly culprits?: readonly (readonly string[])[];
  /** What an alert is about, where it tells: a trigger's own facts are asked for by its name. */
  readonly about?: { readonly resource: SpikeResource; readonly aspect?: SpikeAspect };
  /** Which threshold was crossed, in a sentence. */
  readonly reason?: string;
  readonly figures: NotificationFigures;
  /** The Verdict's sentence. */
  readonly verdict?: string;
  /** Most first; five are shown. */
  readonly top: readonly NotificationLine[];
  /** `note` is what whoever follows them must know: that they work on this machine only, or are a guess. */
  readonly links: { readonly page?: string; readonly archive?: string; readonly note?: string };
  readonly startedAtMs: number;
  /** Only when resolved. */
  readonly endedAtMs?: number;
}

/** What is sent at once through one channel: one notification, or several that came within a short while. */
export interface NotificationMessage {
  /** Stable: a message that is sent again after a restart or a failure has the same one. */
  readonly id: string;
  readonly status: NotificationStatus;
  /** All of the same status, never none; the first one leads. */
  readonly notifications: readonly [Notification, ...Notification[]];
  /** Of the messages that told of these incidents before: a mail program shows them as one conversation. */
  readonly answers: readonly string[];
  readonly createdAtMs: number;
}
