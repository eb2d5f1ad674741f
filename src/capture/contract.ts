/** What the server may ask of capture. */
import type { AlertMatch, AlertResult, Archive, CaptureRequest, JoinedAlert } from "../model/capture.ts";
import { defined } from "../model/defined.ts";
import type { CaptureStanding } from "./making/standing.ts";

/** One alert of a webhook payload, already checked and redacted. */
export interface ReceivedAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  readonly endsAtMs?: number;
  /** Alertmanager's, or the hash of the labels where the sender gave none. */
  readonly fingerprint: string;
}

/** An alert, and whose it is by the list of hosts: it is matched once, when it comes. */
export interface MatchedAlert {
  readonly alert: ReceivedAlert;
  readonly match: AlertMatch;
}

/** What became of one alert. */
export interface AlertOutcome extends MatchedAlert {
  readonly result: AlertResult;
  /** The archive that this alert has or will have. */
  readonly archiveId?: string;
  /** Why it has the archive of another alert. */
  readonly reason?: string;
}

/** How alerts came. */
export interface Reception {
  /** Another Culprit has passed them on: they stay here, whichever host they are about. */
  readonly relayed?: boolean;
  /** So many more were cut off by their sender: they get no archive. */
  readonly truncatedAlerts?: number;
}

/** The alert's own name. */
export function alertName({ labels }: ReceivedAlert): string {
  return labels.alertname || "alert";
}

/** What became of an alert, as its sender and the audit are told. */
export function alertAnswer({ alert, result, match, archiveId, reason }: AlertOutcome) {
  return defined({ fingerprint: alert.fingerprint, name: alertName(alert), result, match, archiveId, reason });
}

/** Takes alerts in; resolves once everything that was promised is on disk. */
export interface AlertReceiver<Alert = ReceivedAlert> {
  /** An outcome for each, in any order. @throws QueueUnavailable when it cannot be kept: the sender must try again. */
  receive(alerts: readonly Alert[], reception?: Reception): Promise<readonly AlertOutcome[]>;
}

/** The requests that wait or are at work. */
export interface RequestQueue {
  /** A person asks for a capture. @throws QueueUnavailable as above. */
  request(asked: { readonly reason?: string }): Promise<CaptureRequest>;
  /** Waiting and running requests, oldest first. */
  pending(): readonly CaptureRequest[];
  /** How far a request is; undefined of one that waits. */
  standingOf(id: string): CaptureStanding | undefined;
  /** The request that an alert waits for, whichever alert of its incident asked for it. */
  pendingFor(fingerprint: string): CaptureRequest | undefined;
  /** The alerts that have joined a request so far. */
  joinedBy(request: CaptureRequest): readonly JoinedAlert[];
}

/** The finished archives, and the way to their bytes. Ids from outside are looked up here and nowhere else. */
export interface ArchiveStore {
  /** Newest first. */
  list(): readonly Archive[];
  find(id: string): StoredArchive | undefined;
  latest(): StoredArchive | undefined;
  /** The newest archive of an alert, whichever incident it belonged to. */
  findByFingerprint(fingerprint: string): StoredArchive | undefined;
  /** Calls back whenever an archive was finished or a request was given up, until cancelled. */
  onChange(callback: () => void): () => void;
}

/** An archive and the path of its file. */
export interface StoredArchive {
  readonly archive: Archive;
  readonly path: string;
}

/** The request could not be made durable; nothing was accepted. */
export class QueueUnavailable extends Error {
  override readonly name: string = "QueueUnavailable";
}

/** So much waits already that no promise can be made; nothing was accepted. */
export class QueueFull extends QueueUnavailable {
  override readonly name = "QueueFull";
}
