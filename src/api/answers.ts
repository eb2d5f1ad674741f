/**
 * What the HTTP interface answers in JSON, for the routes that send it and for its readers: the page, commands, other hosts.
 *
 * Names say their unit: `...Ms` is a moment in milliseconds since 1970, `...Seconds` a length, `...Ratio` a share 0..1. What is not known is
 * absent, or `null` where a list or a form needs a place for it. docs/api.md has an example of each. What is answered of the past, of what
 * people are told and of archives stands in the files beside this one.
 */
import type { LogLevel } from "../log.ts";
import type { AlertMatch, AlertResult } from "../model/capture.ts";
import type { Suffering } from "../model/culprit.ts";
import type { Spike } from "../model/spike.ts";

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

/** `POST /-/reload`: the keys of the configuration that say something else than before. */
export interface ReloadAnswer {
  /** They hold now. */
  readonly changed: readonly string[];
  /** They hold after a restart. */
  readonly needsRestart: readonly string[];
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
