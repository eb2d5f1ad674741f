/** One trouble as it is remembered: the alerts that fire, and the archive that they have. Pure. */
import type { CaptureRequest, JoinedAlert } from "../../model/capture.ts";
import { defined } from "../../model/defined.ts";
import { subjectOf } from "../../spikes/subject.ts";
import { alertName, type MatchedAlert, type ReceivedAlert } from "../contract.ts";
import { gatherKeyOf } from "./storm.ts";

/** An alert that fires as part of an incident. */
interface FiringAlert {
  readonly startsAtMs: number;
  readonly lastSeenMs: number;
}

/** One trouble, open or over. */
export interface Incident {
  readonly key: string;
  readonly name: string;
  /** The alerts that fire now, by fingerprint; none: it is over. */
  readonly firing: Readonly<Record<string, FiringAlert>>;
  /** Fingerprints of all alerts that ever belonged to it: archives are found by them. */
  readonly fingerprints: readonly string[];
  readonly openedAtMs: number;
  readonly lastSeenMs: number;
  readonly endedAtMs?: number;
  /** When it fired: the first time and each time within the cooldown; the newest few. */
  readonly firedAtMs: readonly number[];
  /** The newest archive that was asked for, or that it joined. */
  readonly archiveId: string;
  /** When that was asked for; as old as the incident where it is left out. */
  readonly archiveAskedAtMs?: number;
  /** Those with the same have one archive in a cooldown. */
  readonly gatherKey?: string;
  /** What came for that archive since, and was not captured again. */
  readonly joined?: readonly JoinedAlert[];
}

/** All incidents that are remembered, by key. */
export type IncidentState = ReadonlyMap<string, Incident>;

const mostFingerprints = 50;
const mostJoined = 20;

/** True while at least one of its alerts fires. */
export function isOpen(incident: Incident): boolean {
  return Object.keys(incident.firing).length > 0;
}

/** An incident that begins with a request. */
export function newIncident(
  request: CaptureRequest,
  fingerprint: string,
  startsAtMs: number,
  known: Incident | undefined,
  ignoreLabels: readonly string[],
): Incident {
  const { incidentKey: key, name, requestedAtMs, id, labels, match = { kind: "own" } } = request;
  return {
    key,
    name,
    firing: { [fingerprint]: { startsAtMs, lastSeenMs: requestedAtMs } },
    fingerprints: withFingerprint(known?.fingerprints ?? [], fingerprint),
    openedAtMs: requestedAtMs,
    lastSeenMs: requestedAtMs,
    firedAtMs: [requestedAtMs],
    archiveId: id,
    archiveAskedAtMs: requestedAtMs,
    gatherKey: gatherKeyOf(labels, match, ignoreLabels),
  };
}

/** An archive that was asked for. */
interface AskedArchive {
  readonly archiveId: string;
  readonly archiveAskedAtMs: number;
}

/** An incident that has the archive of another one. */
export function joiningIncident(
  known: Incident | undefined,
  key: string,
  { alert, match }: MatchedAlert,
  nowMs: number,
  archive: AskedArchive,
  ignoreLabels: readonly string[],
): Incident {
  const { fingerprint, startsAtMs } = alert;
  return {
    key,
    name: alertName(alert),
    firing: { [fingerprint]: { startsAtMs, lastSeenMs: nowMs } },
    fingerprints: withFingerprint(known?.fingerprints ?? [], fingerprint),
    openedAtMs: nowMs,
    lastSeenMs: nowMs,
    firedAtMs: [nowMs],
    ...archive,
    gatherKey: gatherKeyOf(alert.labels, match, ignoreLabels),
    joined: withJoined(known?.archiveId === archive.archiveId ? known.joined : [], alert, nowMs),
  };
}

/** The incident with the newest archive of each key. */
export function newestByGatherKey(incidents: Iterable<Incident>): Map<string, Incident> {
  const newest = new Map<string, Incident>();
  for (const incident of incidents) {
    if (incident.gatherKey === undefined) continue;
    const before = newest.get(incident.gatherKey);
    if (before === undefined || askedAtMs(before) <= askedAtMs(incident)) newest.set(incident.gatherKey, incident);
  }
  return newest;
}

/** When its archive was asked for. */
export function askedAtMs({ archiveAskedAtMs, openedAtMs }: Incident): number {
  return archiveAskedAtMs ?? openedAtMs;
}

/** What has joined an archive, the first first. */
export function joinedTo(state: IncidentState, archiveId: string): readonly JoinedAlert[] {
  return [...state.values()]
    .filter((incident) => incident.archiveId === archiveId)
    .flatMap(({ joined = [] }) => joined)
    .sort((a, b) => a.firstAtMs - b.firstAtMs);
}

/** Those that joined, and one more; or one of them again. */
export function withJoined(joined: readonly JoinedAlert[] | undefined, alert: ReceivedAlert, nowMs: number): readonly JoinedAlert[] {
  const { fingerprint, labels, annotations, startsAtMs } = alert;
  const name = alertName(alert);
  const before = joined?.find((one) => one.fingerprint === fingerprint);
  const now: JoinedAlert = defined({
    fingerprint,
    name,
    labels,
    // Go's zero time, or another machine's future: it tells nothing
    onsetMs: startsAtMs > 0 && startsAtMs <= nowMs ? startsAtMs : undefined,
    about: subjectOf({ name, labels, annotations }),
    times: (before?.times ?? 0) + 1,
    firstAtMs: before?.firstAtMs ?? nowMs,
    lastAtMs: nowMs,
  });
  return [...(joined ?? []).filter((one) => one !== before), now].slice(-mostJoined);
}

/** The fingerprints, with this one. */
export function withFingerprint(fingerprints: readonly string[], fingerprint: string): readonly string[] {
  return fingerprints.includes(fingerprint) ? fingerprints : [...fingerprints, fingerprint].slice(-mostFingerprints);
}
