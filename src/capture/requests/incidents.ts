/**
 * Incidents: which alerts belong together, and which of them get a capture. Pure.
 *
 * The key is made of labels; startsAt is data, for HA pairs and restarts move it. An incident holds the alerts (by fingerprint) that
 * fire under its key: the two of an HA pair, a warning and a critical of one rule. It is open until the last of them is resolved, or
 * none was heard of for 24 hours; so the one replica that resolves first does not end what the other still sees.
 * The cooldown counts from the end of the incident: what fires again within it is the same trouble, flapping.
 */
import type { CaptureRequest } from "../../model/capture.ts";
import { defined } from "../../model/defined.ts";
import { archiveId } from "../archives/archiveNames.ts";
import { type AlertOutcome, alertName, type MatchedAlert, type ReceivedAlert } from "../contract.ts";
import { incidentKeyOf } from "./incidentKey.ts";

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
  /** The newest archive that was asked for. */
  readonly archiveId: string;
  /** What came for it since, and was not captured again. */
  readonly joined?: readonly JoinedAlert[];
}

/** An alert that came again, or another one of the same incident: the archive that it joined tells of it. */
export interface JoinedAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly times: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** All incidents that are remembered, by key. */
export type IncidentState = ReadonlyMap<string, Incident>;

interface IncidentOptions {
  readonly ignoreLabels: readonly string[];
  readonly cooldownSeconds: number;
  readonly lookbackSeconds: number;
  /** No onset lies further back than this. */
  readonly maxSpanSeconds: number;
  /** So many more alerts the sender has cut off. */
  readonly truncatedAlerts?: number | undefined;
  /** Ids of archives that exist or are promised. */
  readonly isTaken: (id: string) => boolean;
  /** So many captures more can be promised; what comes beyond is refused. */
  readonly room: number;
}

interface Received {
  readonly state: IncidentState;
  readonly outcomes: readonly AlertOutcome[];
  readonly requests: readonly CaptureRequest[];
}

/** An alert that was not re-sent for so long counts as over. */
const forgottenAfterSeconds = 24 * 3600;

const mostIncidents = 5000;
const mostFirings = 20;
const mostFingerprints = 50;
const mostJoined = 20;

/** Takes a payload in: the next state, an answer for each alert, and the captures to be made. */
export function receiveAlerts(state: IncidentState, alerts: readonly MatchedAlert[], nowMs: number, options: IncidentOptions): Received {
  const next = new Map(forget(state, nowMs, options.cooldownSeconds));
  const outcomes: AlertOutcome[] = [];
  const requests: CaptureRequest[] = [];
  const isTaken = (id: string) => options.isTaken(id) || requests.some((request) => request.id === id);
  for (const matched of alerts) {
    const { alert } = matched;
    const key = incidentKeyOf(alert.labels, options.ignoreLabels);
    const known = next.get(key);
    const step =
      alert.status === "resolved"
        ? resolve(known, alert, nowMs)
        : fire(known, key, matched, nowMs, { ...options, isTaken, room: options.room - requests.length });
    if (step.incident !== undefined) next.set(key, step.incident);
    if (step.request !== undefined) requests.push(step.request);
    outcomes.push({ ...matched, ...defined({ result: step.result, archiveId: step.incident?.archiveId }) });
  }
  return { state: next, outcomes, requests };
}

/** Closes what was not heard of for a day, and drops what ended so long ago that nothing depends on it. */
function forget(state: IncidentState, nowMs: number, cooldownSeconds = 0): IncidentState {
  const silentSinceMs = nowMs - forgottenAfterSeconds * 1000;
  const endedBeforeMs = nowMs - Math.max(forgottenAfterSeconds, cooldownSeconds) * 1000;
  const kept = [...state.values()].flatMap((incident): Incident[] => {
    const firing = Object.fromEntries(Object.entries(incident.firing).filter(([, alert]) => alert.lastSeenMs > silentSinceMs));
    if (Object.keys(firing).length > 0) return [{ ...incident, firing }];
    const endedAtMs = incident.endedAtMs ?? incident.lastSeenMs;
    return endedAtMs > endedBeforeMs ? [{ ...incident, firing, endedAtMs }] : [];
  });
  if (kept.length > mostIncidents) kept.sort((a, b) => b.lastSeenMs - a.lastSeenMs).length = mostIncidents;
  return new Map(kept.map((incident) => [incident.key, incident]));
}

/**
 * What the queue promises must be known here, or a re-send would be captured twice: a crash between the two files leaves a request
 * without its incident.
 */
export function rememberRequests(state: IncidentState, requests: readonly CaptureRequest[]): IncidentState {
  const next = new Map(state);
  for (const request of requests) {
    const { incidentKey: key, fingerprint, requestedAtMs } = request;
    const known = next.get(key);
    if (request.origin !== "alert" || fingerprint === undefined || (known !== undefined && known.openedAtMs >= requestedAtMs)) continue;
    next.set(key, newIncident(request, fingerprint, request.onsetMs, known));
  }
  return next;
}

/** True while at least one of its alerts fires. */
export function isOpen(incident: Incident): boolean {
  return Object.keys(incident.firing).length > 0;
}

interface Step {
  readonly incident?: Incident;
  readonly result: AlertOutcome["result"];
  readonly request?: CaptureRequest;
}

function resolve(known: Incident | undefined, alert: ReceivedAlert, nowMs: number): Step {
  if (known === undefined) return { result: "resolved" };
  const { [alert.fingerprint]: resolved, ...firing } = known.firing;
  // Not one of those that fire: the other Alertmanager of a pair repeats what is over, which must not move the end.
  // When it says that it ended does not count: the clock is another machine's, and some send the year 1 or the future.
  if (resolved === undefined) return { incident: known, result: "resolved" };
  const over = Object.keys(firing).length === 0;
  return { incident: defined({ ...known, firing, lastSeenMs: nowMs, endedAtMs: over ? nowMs : known.endedAtMs }), result: "resolved" };
}

function fire(known: Incident | undefined, key: string, matched: MatchedAlert, nowMs: number, options: IncidentOptions): Step {
  const { alert } = matched;
  const seen = { startsAtMs: alert.startsAtMs, lastSeenMs: nowMs };
  if (known !== undefined) {
    const { endedAtMs, ...rest } = known;
    const joined: Incident = {
      ...rest,
      firing: { ...known.firing, [alert.fingerprint]: seen },
      fingerprints: withFingerprint(known.fingerprints, alert.fingerprint),
      lastSeenMs: nowMs,
      joined: withJoined(known.joined ?? [], alert, nowMs),
    };
    if (isOpen(known)) return { incident: joined, result: "joined" };
    // after the clock was set back the end lies ahead: it still counts as a moment ago
    if (endedAtMs !== undefined && nowMs - endedAtMs < options.cooldownSeconds * 1000) {
      return { incident: { ...joined, firedAtMs: [...known.firedAtMs, nowMs].slice(-mostFirings) }, result: "cooldown" };
    }
  }
  // a refused alert must leave no incident: its re-send would join an archive that is never made
  if (options.room <= 0) return { result: "refused" };
  const request = captureRequest(key, matched, nowMs, options);
  return { incident: newIncident(request, alert.fingerprint, alert.startsAtMs, known), result: "captured", request };
}

function newIncident(request: CaptureRequest, fingerprint: string, startsAtMs: number, known: Incident | undefined): Incident {
  const { incidentKey: key, name, requestedAtMs, id } = request;
  return {
    key,
    name,
    firing: { [fingerprint]: { startsAtMs, lastSeenMs: requestedAtMs } },
    fingerprints: withFingerprint(known?.fingerprints ?? [], fingerprint),
    openedAtMs: requestedAtMs,
    lastSeenMs: requestedAtMs,
    firedAtMs: [requestedAtMs],
    archiveId: id,
  };
}

function captureRequest(key: string, { alert, match }: MatchedAlert, nowMs: number, options: IncidentOptions): CaptureRequest {
  const name = alertName(alert);
  return defined({
    id: archiveId({ atMs: nowMs, origin: "alert", name, seed: key }, options.isTaken),
    origin: "alert",
    name,
    labels: alert.labels,
    annotations: alert.annotations,
    fingerprint: alert.fingerprint,
    requestedAtMs: nowMs,
    onsetMs: onsetOf(alert.startsAtMs, nowMs, options.maxSpanSeconds),
    lookbackSeconds: options.lookbackSeconds,
    incidentKey: key,
    match,
    truncatedAlerts: options.truncatedAlerts,
  });
}

/** startsAt, unless it lies ahead (another clock), too far back for one archive, or is Go's zero time. */
export function onsetOf(startsAtMs: number, nowMs: number, maxSpanSeconds: number): number {
  if (startsAtMs <= 0) return nowMs;
  return Math.max(Math.min(startsAtMs, nowMs), nowMs - maxSpanSeconds * 1000);
}

function withJoined(joined: readonly JoinedAlert[], alert: ReceivedAlert, nowMs: number): readonly JoinedAlert[] {
  const { fingerprint, labels } = alert;
  const before = joined.find((one) => one.fingerprint === fingerprint);
  const now = {
    fingerprint,
    name: alertName(alert),
    labels,
    times: (before?.times ?? 0) + 1,
    firstAtMs: before?.firstAtMs ?? nowMs,
    lastAtMs: nowMs,
  };
  return [...joined.filter((one) => one !== before), now].slice(-mostJoined);
}

function withFingerprint(fingerprints: readonly string[], fingerprint: string): readonly string[] {
  return fingerprints.includes(fingerprint) ? fingerprints : [...fingerprints, fingerprint].slice(-mostFingerprints);
}
