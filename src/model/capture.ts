/** Requests for diagnostics, and what comes of them. */
import type { Verdict } from "./spike.ts";
import type { SpikeAspect, SpikeResource } from "./spikeResource.ts";

/** Who can ask for a capture; `crash`: a start that finds that the run before had no orderly end. */
export const captureOrigins = ["alert", "trigger", "manual", "crash"] as const;

/** Who asked for one. */
export type CaptureOrigin = (typeof captureOrigins)[number];

/** One capture to be made. It is what the durable queue holds: plain JSON, redacted before it is made. */
export interface CaptureRequest {
  /** Also the id of the archive to come. */
  readonly id: string;
  readonly origin: CaptureOrigin;
  /** The alert's or trigger's name; "manual" for a person's. */
  readonly name: string;
  /** The alert's labels; empty otherwise. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly reason?: string;
  /** Alertmanager's fingerprint (or the hash of the labels): archives are found by it. */
  readonly fingerprint?: string;
  readonly requestedAtMs: number;
  /** When the trouble began, as far as is known. */
  readonly onsetMs: number;
  readonly lookbackSeconds: number;
  readonly incidentKey: string;
  /** How an alert's host was told: ours, or nobody's that we know. Another host's is passed on to it and not captured here. */
  readonly match?: AlertMatch;
  /** So many more alerts of the same notification were cut off by Alertmanager (`max_alerts`) and have no archive. */
  readonly truncatedAlerts?: number;
}

/** What a trigger or a start asks for: a request that has no id yet. The same `incidentKey` is the same request. */
export type IncidentRequest = Pick<CaptureRequest, "origin" | "name" | "labels" | "annotations" | "onsetMs" | "incidentKey">;

/** Whose alert it is. `other` names the host whose entry matched. */
export type AlertMatch = { readonly kind: "own" } | { readonly kind: "unmatched" } | { readonly kind: "other"; readonly host: string };

/** An alert that came for an archive that was asked for already: it has this archive and no other. */
export interface JoinedAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** When it began, as it says itself; unknown of those that an older Culprit kept. */
  readonly onsetMs?: number;
  /** What it is about, as far as it tells. */
  readonly about?: { readonly resource: SpikeResource; readonly aspect?: SpikeAspect };
  readonly times: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Once the archive is closed: who the spike is that it was judged to be about. */
  readonly judged?: string;
}

/** The others among those that joined: the alert that asked came again as often as it was sent again. */
export function otherAlerts({
  fingerprint,
  joined = [],
}: {
  readonly fingerprint?: string;
  readonly joined?: readonly JoinedAlert[];
}): readonly JoinedAlert[] {
  return joined.filter((alert) => alert.fingerprint !== fingerprint);
}

/** How far a capture is. */
export interface CaptureProgress {
  /** What it is at: "Asking the machine". */
  readonly step: string;
  readonly done: number;
  readonly of: number;
}

/** What became of one part of a capture. */
export interface PartOutcome {
  /** The file's name inside the archive, or the part's name where it made no file. */
  readonly part: string;
  readonly result: "ok" | "missing" | "failed" | "truncated";
  readonly reason?: string;
  readonly durationSeconds: number;
  readonly exitCode?: number;
  readonly sizeBytes?: number;
  readonly sha256?: string;
}

/** A finished archive, as the listing shows it. */
export interface Archive {
  readonly id: string;
  readonly createdAtMs: number;
  readonly origin: CaptureOrigin;
  readonly name: string;
  /** Why a person asked for it. */
  readonly reason?: string;
  readonly fingerprint?: string;
  readonly incidentKey: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The first of the verdict, where that is a process: the archive's short answer to "who". */
  readonly process?: string;
  /** The long answer; absent where nothing was recorded. */
  readonly verdict?: Verdict;
  /** What the archive really covers. */
  readonly span: { readonly fromMs: number; readonly toMs: number };
  readonly missing: readonly { readonly part: string; readonly reason: string }[];
  /** The alerts beside the one that asked; absent where there are none. */
  readonly joined?: readonly JoinedAlert[];
}

/**
 * What became of an alert. captured: a new archive is on its way; joined: one is on its way that this alert belongs to, or its incident is
 * open already; cooldown: there was one for it a moment ago; resolved: it is over; relayed: it is on its way to the host whose it is;
 * refused: too much waits already, nothing was kept of it, and it must be sent again.
 */
export type AlertResult = "captured" | "joined" | "cooldown" | "resolved" | "relayed" | "refused";
