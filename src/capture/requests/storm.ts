/**
 * One trouble raises many alerts: which of them belong to one archive. Pure.
 *
 * Those of this host that are about the same spike, while its archive waits or is being made. Which spike an alert is about is told as the
 * archive's verdict tells it. What no known host has, and alerts that differ by `instance` alone, have one archive in a cooldown.
 */
import type { CaptureRequest } from "../../model/capture.ts";
import { namedIn, spikeText, wholeVerdict } from "../../model/culprit.ts";
import { groupId } from "../../model/group.ts";
import type { Spike } from "../../model/spike.ts";
import { alertDelayMs, familyOf, type Subject, subjectOf } from "../../spikes/subject.ts";
import { utcText } from "../../text.ts";
import type { MatchedAlert } from "../contract.ts";
import { type AskedAbout, type SpikeLookup, spikeMeantBy } from "../report/archiveVerdict.ts";
import { incidentKeyOf } from "./incidentKey.ts";

/** What is judged of an alert or a request: what it is about, and which spike, where there is one. */
interface Trouble {
  readonly subject: Subject | undefined;
  readonly spike: Spike | undefined;
  readonly onsetMs: number;
}

/** Tells why an alert belongs to the archive of a request; undefined where it does not. */
export type Kinship = (alert: AskedAbout, request: CaptureRequest) => string | undefined;

/** Judges by the spikes since then, as they are now; whatever is asked about several times is judged once. */
export function kinshipBy(spikes: SpikeLookup | undefined, sinceMs: number): Kinship {
  const known = new Map<AskedAbout, Trouble>();
  let all: readonly Spike[] | undefined;
  const recent: SpikeLookup = {
    overlapping(fromMs, toMs) {
      all ??= spikes?.overlapping(sinceMs, Number.POSITIVE_INFINITY) ?? [];
      return all.filter(({ startMs, endMs = Number.POSITIVE_INFINITY }) => startMs <= toMs && endMs >= fromMs);
    },
  };
  const troubleOf = (asked: AskedAbout): Trouble => {
    const found = known.get(asked) ?? { subject: subjectOf(asked), spike: spikeMeantBy(asked, recent), onsetMs: asked.onsetMs };
    known.set(asked, found);
    return found;
  };
  return (alert, request) => {
    const [one, other] = [troubleOf(alert), troubleOf(request)];
    if (!isSame(one, other)) return undefined;
    const { spike = one.spike } = other;
    const about =
      spike === undefined ? "trouble, which began at the same time" : `spike (${spikeText(spike)} since ${utcText(spike.startMs)})`;
    return `it is about the same ${about} as ${request.name}`;
  };
}

/** Whether the archive of a request is there for alerts of this host. A person's is made at once and answers that person's question. */
export function isForOwnAlerts({ origin, match }: CaptureRequest): boolean {
  return origin === "trigger" || (origin === "alert" && (match === undefined || match.kind === "own"));
}

/** What several alerts have in common that get one archive in a cooldown, whatever they are about. */
export function gatherKeyOf(
  labels: MatchedAlert["alert"]["labels"],
  match: MatchedAlert["match"],
  ignoreLabels: readonly string[],
): string {
  return match.kind === "own" ? incidentKeyOf(labels, [...ignoreLabels, "instance"]) : "no known host";
}

function isSame(one: Trouble, other: Trouble): boolean {
  if (one.spike !== undefined && other.spike !== undefined) return one.spike.id === other.spike.id || areOfOneCause(one.spike, other.spike);
  if (one.spike !== undefined || other.spike !== undefined) return false;
  // no spike was noticed: both archives would be judged by the same minute
  const [family, otherFamily] = [one, other].map(({ subject }) => subject && familyOf(subject.resource, subject.aspect));
  return family !== undefined && family === otherFamily && Math.abs(one.onsetMs - other.onsetMs) <= alertDelayMs;
}

/** CPU use, load and pressure rise at once and are three spikes: of one cause, unless different ones are named. */
function areOfOneCause(one: Spike, other: Spike): boolean {
  const family = familyOf(one.resource, one.aspect);
  if (family === undefined || family !== familyOf(other.resource, other.aspect)) return false;
  const lastsUntil = ({ endMs = Number.POSITIVE_INFINITY }: Spike) => endMs;
  if (one.startMs > lastsUntil(other) || other.startMs > lastsUntil(one)) return false;
  const [named, otherNamed] = [namesOf(one), namesOf(other)];
  return named.length === 0 || otherNamed.length === 0 || named.some((name) => otherNamed.includes(name));
}

function namesOf(spike: Spike): readonly string[] {
  const verdict = wholeVerdict(spike);
  return verdict === undefined ? [] : namedIn(verdict).map(({ group }) => groupId(group));
}
