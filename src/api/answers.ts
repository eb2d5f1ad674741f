/**
 * What the HTTP interface answers in JSON, for the routes that send it and for its readers: the page, commands, other hosts.
 *
 * Names say their unit: `...Ms` is a moment in milliseconds since 1970, `...Seconds` a length, `...Ratio` a share 0..1. What is not known is
 * absent, or `null` where a list or a form needs a place for it. docs/api.md has an example of each.
 */
import type { LogLevel } from "../log.ts";
import type { AlertMatch, AlertResult, Archive, CaptureProgress, CaptureRequest, JoinedAlert } from "../model/capture.ts";
import type { Suffering } from "../model/culprit.ts";
import type { GroupLabels } from "../model/group.ts";
import type { RecordedFigure } from "../model/hostFigures.ts";
import type { MachineEvent } from "../model/machineEvent.ts";
import type { DatedOutcome } from "../model/notification.ts";
import type { ActiveQuiet, HeldMessage, Silence } from "../model/quiet.ts";
import type { Spike } from "../model/spike.ts";
import type { TriggerFiring, TriggerInstance, TriggerRule, TriggerState } from "../model/trigger.ts";
import type { ResourceKey, ResourceUsage } from "../model/usage.ts";
import type { HistoryEntry } from "../recorder/format/historyEntry.ts";
import type { ComparedResource } from "../recorder/ranges/compared.ts";

/** Every refusal and failure; some say more beside it. */
export interface ErrorAnswer {
  /** A sentence without a full stop: what was wrong, and what was expected. */
  readonly error: string;
}

/** `GET /-/ready`, as JSON: why Culprit is not ready, where it is not. Its 503 is an ErrorAnswer as well. */
export interface ReadyAnswer {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** `POST /webhook`: what became of the alerts, in the order in which they were sent; refusals have it, too, as far as something is known. */
export interface WebhookAnswer {
  readonly results: readonly (AnsweredAlert | RejectedAlert)[];
  /** So many more were cut off by their sender. */
  readonly truncatedAlerts?: number;
}

/** An alert that was understood. */
export interface AnsweredAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly result: AlertResult;
  /** Whose it is. */
  readonly match: AlertMatch;
  readonly archiveId?: string;
  readonly archiveUrl?: string;
  /** Why it has the archive of another alert. */
  readonly reason?: string;
}

/** An alert that cannot be used. */
export interface RejectedAlert {
  readonly result: "rejected";
  /** Which one of the payload. */
  readonly where: string;
  readonly reason: string;
}

/** `GET /history`: the newest seconds, the oldest first. */
export type HistoryAnswer = readonly HistoryEntry[];

/** `GET /api/host`: whose page this is and what it can do. */
export interface HostAnswer {
  readonly host: string;
  /** Culprit's; of a recording, that of the one that wrote it. */
  readonly version: string;
  readonly os: string;
  readonly kernel: string;
  readonly arch: string;
  /** False of a recording: there is no `/api/live` then, and nothing to capture. */
  readonly live: boolean;
  readonly canCapture: boolean;
  readonly loggedIn: boolean;
  readonly telemetryPath: string;
  readonly cores: number | null;
  readonly memoryTotalBytes: number | null;
  readonly bootTimeSeconds: number | null;
  readonly filesystems: readonly { readonly mountpoint: string; readonly usageRatio: number | null; readonly error?: string }[];
  /** File systems that several mounts have in common once, and none of what is read-only. */
  readonly pools: readonly { readonly mountpoint: string; readonly usageRatio: number | null }[];
  readonly newestAtMs: number | null;
  /** After so long without a second something is wrong; unknown of a recording. */
  readonly staleAfterSeconds: number | null;
  /** When what is recorded begins, and when the seconds of it do: before, only minutes are known. */
  readonly recordedFromMs: number | null;
  readonly secondsFromMs: number | null;
  /** What must be known of a recording, or of this Culprit: sentences without a full stop. */
  readonly notes: readonly string[];
  /** The server's clock; of a recording its end. */
  readonly nowMs: number;
}

/** `GET /api/live`, event `state`: what lasts right now, sent when it changes. (The event `second` is a line of the recording.) */
export interface StateEvent {
  readonly spikes: readonly Spike[];
  /** What the machine suffers from though nothing has left its baseline, or there is none yet. */
  readonly strained?: Suffering | undefined;
  /** Names of triggers. */
  readonly firing: readonly string[];
  readonly archives: { readonly pending: number; readonly count: number; readonly latest?: string | undefined };
  readonly notes: readonly string[];
  /** Rises when something happened to the machine, or became known. */
  readonly events: number;
}

/** Mean and highest second of one thing, with an entry for each step; `null` is unknown. The reader of the answer may change the lists. */
export interface SeriesAnswer {
  readonly mean: (number | null)[];
  readonly peak: (number | null)[];
}

/** `GET /api/snapshots`: a range of the recording in steps. All lists but `gaps` have an entry for each step from `fromMs` on. */
export interface SnapshotsAnswer {
  readonly host: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  /** When the first and the last recorded second of the range were; `null` when there is none. */
  readonly covered: { readonly fromMs: number; readonly toMs: number } | null;
  /** Before this moment only minutes are known, and the steps are no shorter; `null` where seconds are known of all that is recorded. */
  readonly minutesBeforeMs: number | null;
  /** When each step begins. */
  readonly times: readonly number[];
  /** How many seconds of each step are recorded. */
  readonly seconds: readonly number[];
  /** Indices of steps in which more time passed between two seconds than a tick explains. */
  readonly gaps: readonly number[];
  readonly figures: { readonly [Name in RecordedFigure]?: SeriesAnswer };
  /** The room of file systems, the fullest first, at most twenty; what several mounts share is there once. */
  readonly mounts: readonly {
    readonly mountpoint: string;
    readonly sizeBytes: number;
    readonly availableBytes: { readonly mean: (number | null)[]; readonly least: (number | null)[] };
  }[];
  /** Those that lead in the range; all others are in the one of kind `other`, so that the means of `cpuCores` sum up to the machine's. */
  readonly groups: readonly (GroupLabels & { readonly usage: { readonly [Resource in ResourceKey]?: SeriesAnswer } })[];
}

/** What was found of a group in a range, or of all groups that were found. Moments are the beginnings of minutes. */
export interface FoundAnswer {
  /** Of the first and the last minute in which it ran. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** In how many minutes it ran, and in which: stretches without a hole, `[from, to]`. */
  readonly minutes: number;
  readonly ran: readonly (readonly [fromMs: number, toMs: number])[];
  /** `total` is in core seconds, bytes or task seconds. What it used none of is absent. */
  readonly usage: {
    readonly [Resource in ResourceKey]?: {
      readonly total?: number;
      /** The highest second, of several groups that of one of them, and in which minute it was. */
      readonly peak?: number;
      readonly peakAtMs?: number;
      /** An entry for each step from `fromMs` on; `null` where it did not run. What is held has no mean. */
      readonly strip: { readonly mean?: readonly (number | null)[]; readonly peak: readonly (number | null)[] };
    };
  };
}

/** A spike in which a group had a part, with its share of the rise. */
export interface FoundSpike extends Pick<Spike, "id" | "resource" | "startMs" | "endMs"> {
  readonly share: number;
}

/** `GET /api/search`: who ran when, those first that did most. */
export interface SearchAnswer {
  readonly host: string;
  readonly query: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  /** From the first to the last minute that is recorded of the range; `null` when there is none. */
  readonly covered: { readonly fromMs: number; readonly toMs: number } | null;
  /** How many groups were found before `limit`; at least so many where `hasMore`. */
  readonly total: number;
  readonly hasMore: boolean;
  /** All that were found, as if they were one; `null` when there is none. */
  readonly all: FoundAnswer | null;
  readonly matches: readonly (GroupLabels & FoundAnswer & { readonly spikes: readonly FoundSpike[] })[];
  /** What must be known of the answer: sentences without a full stop. */
  readonly notes: readonly string[];
}

/** One of two stretches that are compared: the moment that was asked for, and the window around it. */
export interface ComparedStretch {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly recordedSeconds: number;
}

/** `GET /api/compare`: what differs between two moments. */
export interface CompareAnswer {
  readonly host: string;
  /** How long each window is. */
  readonly seconds: number;
  readonly earlier: ComparedStretch;
  readonly later: ComparedStretch;
  /** Those of which both are known. */
  readonly resources: readonly ComparedResource[];
}

/** One process. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid?: number;
  readonly process: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  /** The kernel's letter. */
  readonly state: string;
  readonly threads?: number;
  readonly ageSeconds?: number;
  /** Redacted where it was read. */
  readonly commandLine: string;
  /** The kernel function in which it waits, of a process in uninterruptible sleep. */
  readonly waitChannel?: string;
  readonly usage: ResourceUsage;
  /** The highest second of each; only of ranges. */
  readonly peak?: ResourceUsage;
}

/** `GET /api/processes`: single processes, the busiest first. */
export interface ProcessesAnswer {
  readonly when: "now" | "second" | "range";
  /** Of this moment, or the recorded second that was found. */
  readonly takenAtMs?: number;
  /** Of a range: from when to when, and how many seconds of it are recorded. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly seconds?: number;
  /** How many were found before `limit`. */
  readonly total: number;
  /** False of the past, of which only the busiest of each second are known. */
  readonly complete: boolean;
  readonly processes: readonly ListedProcess[];
}

/** `GET /api/spikes`: the newest first. `GET /api/spikes/<id>` answers with one Spike. */
export interface SpikesAnswer {
  readonly host: string;
  /** How many were found before `limit`. */
  readonly total: number;
  readonly spikes: readonly Spike[];
}

/** `GET /api/events`: what happened to the machine, the newest first. `POST /api/events` answers with the one that is kept. */
export interface EventsAnswer {
  readonly host: string;
  /** How many were found before `limit`. */
  readonly total: number;
  readonly events: readonly MachineEvent[];
}

/** A trigger and how it stands, as its worst instance does. `threshold` and `value` are in the measure of its metric. */
export interface TriggerAnswer extends Omit<TriggerRule, "threshold"> {
  readonly direction: "above" | "below" | null;
  readonly threshold: number | null;
  readonly state: TriggerState;
  readonly value: number | null;
  readonly instances: readonly (Omit<TriggerInstance, "value"> & { readonly value: number | null })[];
}

/** `GET /api/triggers`: the thresholds of this machine, and the newest firings. */
export interface TriggersAnswer {
  readonly host: string;
  readonly triggers: readonly TriggerAnswer[];
  readonly firings: readonly TriggerFiring[];
}

/** `GET /api/silences`: those that last, the first to end first, the quiet hours that last, and the messages that wait. */
export interface SilencesAnswer {
  readonly silences: readonly Silence[];
  readonly quiet: readonly ActiveQuiet[];
  readonly held: readonly HeldMessage[];
}

/** `GET /api/deliveries`: the channels that are configured, and what became of the newest messages, the newest first. */
export interface DeliveriesAnswer {
  readonly channels: readonly string[];
  readonly deliveries: readonly DatedOutcome[];
}

/** A capture that is asked for. They are made one at a time. */
export interface PendingCapture extends Pick<CaptureRequest, "id" | "origin" | "name" | "requestedAtMs" | "reason"> {
  readonly state: "working" | "waiting";
  /** What it is at, in words, and how much of that is done. */
  readonly progress?: CaptureProgress;
  /** Who it is, as soon as that is known. */
  readonly sentence?: string;
  /** The alerts that have joined it so far. */
  readonly joined?: readonly JoinedAlert[];
}

/** `GET /api/captures`: what is being made right now, the oldest first. */
export interface CapturesAnswer {
  readonly pending: readonly PendingCapture[];
}

/** One line of the log. */
export interface LogLine {
  /** Rises by one with every line, and does not begin anew when Culprit does. */
  readonly sequence: number;
  /** As in the log: ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** `GET /api/log`: the newest lines, the oldest first. */
export interface LogAnswer {
  readonly lines: readonly LogLine[];
  /** Ask for what comes after this one next time. */
  readonly newest: number;
  /** Lines that are gone already, of all levels: there were too many since. */
  readonly missed: number;
}

/** `POST /archives`: the archive that is promised. Its `url` answers 202 until it is there. */
export interface PromisedArchive {
  readonly id: string;
  readonly status: "pending";
  readonly url: string;
}

/** A finished archive in a list. */
export type ListedArchive = Archive & { readonly status: "ready"; readonly url: string };

/** `GET /archives`: the newest first. */
export interface ArchivesAnswer {
  readonly pending: readonly (PromisedArchive &
    Pick<CaptureRequest, "origin" | "name" | "fingerprint" | "requestedAtMs"> &
    Pick<Archive, "joined">)[];
  readonly archives: readonly ListedArchive[];
}

/** `GET /archives?fleet=1`: those of all hosts, the newest first, and how the hosts were found, this one first. */
export interface FleetAnswer {
  readonly hosts: readonly FleetHost[];
  readonly pending: readonly (FleetPending & { readonly host: string; readonly status: "pending" })[];
  readonly archives: readonly (FleetArchive & { readonly host: string; readonly status: "ready" })[];
}

/** A host of the fleet: how many it has of both, or the reason why that is not known. */
export interface FleetHost {
  readonly host: string;
  /** Its target; this host has none. */
  readonly address?: string;
  readonly result: "ok" | "failed";
  readonly reason?: string;
  readonly archives?: number;
  readonly pending?: number;
}

/** An archive of a host; `url` leads to it there. */
export interface FleetArchive extends Pick<Archive, "id" | "name" | "fingerprint" | "createdAtMs" | "sizeBytes" | "sha256" | "process"> {
  readonly origin: string;
  readonly url: string;
}

/** An archive that a host is making. */
export interface FleetPending extends Pick<CaptureRequest, "id" | "name" | "fingerprint" | "requestedAtMs"> {
  readonly origin: string;
  readonly url: string;
}
