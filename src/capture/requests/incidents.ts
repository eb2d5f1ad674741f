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
import {
  askedAtMs,
  type Incident,
  type IncidentState,
  isOpen,
  joiningIncident,
  newestByGatherKey,
  newIncident,
  withFingerprint,
  withJoined,
} from "./incident.ts";
import { incidentKeyOf } from "./incidentKey.ts";
import { gatherKeyOf, isForOwnAlerts, type Kinship } from "./storm.ts";

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
  /** The requests whose archives can still be joined, oldest first. */
  readonly open: readonly CaptureRequest[];
  readonly kinship: Kinship;
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

/** Takes a payload in: the next state, an answer for each alert, and the captures to be made. */
export function receiveAlerts(state: IncidentState, alerts: readonly MatchedAlert[], nowMs: number, options: IncidentOptions): Received {
  const next = new Map(forget(state, nowMs, options.cooldownSeconds));
  const outcomes: AlertOutcome[] = [];
  const requests: CaptureRequest[] = [];
  const isTaken = (id: string) => options.isTaken(id) || requests.some((request) => request.id === id);
  const gathered = newestByGatherKey(next.values());
  for (const matched of alerts) {
    const { alert } = matched;
    const key = incidentKeyOf(alert.labels, options.ignoreLabels);
    const known = next.get(key);
    const step =
      alert.status === "resolved"
        ? resolve(known, alert, nowMs)
        : fire(known, key, matched, nowMs, {
            ...options,
            isTaken,
            room: options.room - requests.length,
            open: [...options.open, ...requests],
            gathered,
          });
    if (step.incident !== undefined) next.set(key, step.incident);
    if (step.request !== undefined) requests.push(step.request);
    if (step.incident?.gatherKey !== undefined && step.result === "captured") gathered.set(step.incident.gatherKey, step.incident);
    outcomes.push({ ...matched, ...defined({ result: step.result, archiveId: step.incident?.archiveId, reason: step.reason }) });
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
export function rememberRequests(
  state: IncidentState,
  requests: readonly CaptureRequest[],
  ignoreLabels: readonly string[],
): IncidentState {
  const next = new Map(state);
  for (const request of requests) {
    const { incidentKey: key, fingerprint, requestedAtMs } = request;
    const known = next.get(key);
    if (request.origin !== "alert" || fingerprint === undefined || (known !== undefined && known.openedAtMs >= requestedAtMs)) continue;
    next.set(key, newIncident(request, fingerprint, request.onsetMs, known, ignoreLabels));
  }
  return next;
}

interface Step {
  readonly incident?: Incident;
  readonly result: AlertOutcome["result"];
  readonly request?: CaptureRequest;
  /** Why it has the archive of another alert. */
  readonly reason?: string | undefined;
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

interface FireOptions extends IncidentOptions {
  /** The incident with the newest archive of each gather key. */
  readonly gathered: ReadonlyMap<string, Incident>;
}

function fire(known: Incident | undefined, key: string, matched: MatchedAlert, nowMs: number, options: FireOptions): Step {
  const { alert } = matched;
  const seen = { startsAtMs: alert.startsAtMs, lastSeenMs: nowMs };
  if (known !== undefined) {
    const { endedAtMs, ...rest } = known;
    const joined: Incident = {
      ...rest,
      firing: { ...known.firing, [alert.fingerprint]: seen },
      fingerprints: withFingerprint(known.fingerprints, alert.fingerprint),
      lastSeenMs: nowMs,
      joined: withJoined(known.joined, alert, nowMs),
    };
    if (isOpen(known)) return { incident: joined, result: "joined" };
    const sameSpike = joinOfSameSpike(known, key, matched, nowMs, options);
    if (sameSpike !== undefined) return sameSpike;
    // after the clock was set back the end lies ahead: it still counts as a moment ago
    if (endedAtMs !== undefined && nowMs - endedAtMs < options.cooldownSeconds * 1000) {
      return { incident: { ...joined, firedAtMs: [...known.firedAtMs, nowMs].slice(-mostFirings) }, result: "cooldown" };
    }
  }
  const gathered = joinOfSameSpike(known, key, matched, nowMs, options) ?? joinGathered(known, key, matched, nowMs, options);
  if (gathered !== undefined) return gathered;
  // a refused alert must leave no incident: its re-send would join an archive that is never made
  if (options.room <= 0) return { result: "refused" };
  const request = captureRequest(key, matched, nowMs, options);
  return {
    incident: newIncident(request, alert.fingerprint, alert.startsAtMs, known, options.ignoreLabels),
    result: "captured",
    request,
  };
}

/** It is about the spike of an archive that waits or is being made. */
function joinOfSameSpike(
  known: Incident | undefined,
  key: string,
  matched: MatchedAlert,
  nowMs: number,
  options: FireOptions,
): Step | undefined {
  const { alert, match } = matched;
  const hasOpen = known !== undefined && options.open.some(({ id }) => id === known.archiveId);
  if (match.kind !== "own" || hasOpen) return undefined;
  const { labels, annotations, startsAtMs } = alert;
  const onsetMs = onsetOf(startsAtMs, nowMs, options.maxSpanSeconds);
  const asked = { name: alertName(alert), labels, annotations, onsetMs, requestedAtMs: nowMs };
  for (const request of options.open.filter(isForOwnAlerts)) {
    const reason = options.kinship(asked, request);
    if (reason === undefined) continue;
    const archive = { archiveId: request.id, archiveAskedAtMs: request.requestedAtMs };
    return { incident: joiningIncident(known, key, matched, nowMs, archive, options.ignoreLabels), result: "joined", reason };
  }
  return undefined;
}

/** There is an archive already for all that are like it, and a moment ago. */
function joinGathered(
  known: Incident | undefined,
  key: string,
  matched: MatchedAlert,
  nowMs: number,
  options: FireOptions,
): Step | undefined {
  const { alert, match } = matched;
  const last = options.gathered.get(gatherKeyOf(alert.labels, match, options.ignoreLabels));
  if (last === undefined || last.key === key || nowMs - askedAtMs(last) >= options.cooldownSeconds * 1000) return undefined;
  const archive = { archiveId: last.archiveId, archiveAskedAtMs: askedAtMs(last) };
  const isMade = !options.open.some(({ id }) => id === last.archiveId);
  const like = match.kind === "own" ? "alerts that differ by their instance alone" : "alerts that no known host has";
  return {
    incident: joiningIncident(known, key, matched, nowMs, archive, options.ignoreLabels),
    result: isMade ? "cooldown" : "joined",
    reason: `${like} have one archive in ${options.cooldownSeconds} s`,
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
