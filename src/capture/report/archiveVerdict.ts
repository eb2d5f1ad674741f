/** Who it was, as an archive says it: by the spike that it is about, or by what the recording shows where none was noticed. */
import type { CaptureRequest, JoinedAlert } from "../../model/capture.ts";
import { wholeVerdict } from "../../model/culprit.ts";
import { defined } from "../../model/defined.ts";
import type { Spike, Verdict } from "../../model/spike.ts";
import type { SpikeResource } from "../../model/spikeResource.ts";
import type { Judgement } from "../../spikes/judgement.ts";
import { alertDelayMs, hasEnded, rankAtEnd, rankSpikes, subjectOf } from "../../spikes/subject.ts";

/** The content of `verdict.json`. */
export interface ArchiveVerdict {
  readonly resource: SpikeResource;
  /** A spike that Culprit noticed, or the recording held against the time before the onset. */
  readonly source: "spike" | "recording";
  readonly verdict: Verdict;
  /** All spikes of that time; the one that the verdict is of first, where it is of one. */
  readonly spikes: readonly Spike[];
}

/** The spikes that a capture may ask for. */
export interface SpikeLookup {
  /** Those that lasted in a stretch of time, or last. */
  overlapping(fromMs: number, toMs: number): readonly Spike[];
}

/** What is read of a request to tell which spike it is about. */
export type AskedAbout = Pick<CaptureRequest, "name" | "labels" | "annotations" | "onsetMs" | "requestedAtMs">;

/** The spike that an alert is about, as far as there is one by now. */
export function spikeMeantBy(asked: AskedAbout, spikes: SpikeLookup | undefined): Spike | undefined {
  return rankSpikes(subjectOf(asked), momentOf(asked), spikesOf(asked, spikes)).fitting[0];
}

/** The alerts that have joined, each with what is said of the spike that it is about. */
export function judgedAlerts(joined: readonly JoinedAlert[], spikes: SpikeLookup | undefined): readonly JoinedAlert[] {
  return joined.map((alert) => {
    const { about, firstAtMs, lastAtMs, onsetMs = firstAtMs } = alert;
    const moment = { onsetMs, requestedAtMs: lastAtMs };
    const [spike] = rankSpikes(about, momentOf(moment), spikesOf(moment, spikes)).fitting;
    return defined({ ...alert, judged: spike && wholeVerdict(spike)?.sentence });
  });
}

/** The request with the onset of the spike that it is about, where that is earlier than what it says itself. */
export function withOnset(request: CaptureRequest, spikes: SpikeLookup | undefined): CaptureRequest {
  // the end of a run is known to the second, and what the archive covers ends there
  if (request.origin === "crash") return request;
  const { fitting } = rankSpikes(subjectOf(request), momentOf(request), spikesOf(request, spikes));
  const [first] = fitting;
  // a spike that ended before counts as the beginning only when no other spike fits
  const meant = fitting.filter((spike) => spike === first || !hasEnded(spike, request.onsetMs));
  // a memory spike lasts as long as memory grows, for hours: trouble with another resource did not begin with it
  const starts = meant.filter(({ resource }) => resource === first?.resource || resource !== "memory").map(({ startMs }) => startMs);
  const onsetMs = Math.min(request.onsetMs, ...starts);
  return onsetMs < request.onsetMs ? { ...request, onsetMs } : request;
}

/** The verdict of an archive; undefined where nothing is known of that time. `judgement` is used where no spike fits. */
export function archiveVerdict(
  request: CaptureRequest,
  spikes: SpikeLookup | undefined,
  judgement: Judgement | undefined,
): ArchiveVerdict | undefined {
  const isCrash = request.origin === "crash";
  // a crash is about the last second before it, not about the start that found it
  const moment = isCrash ? { ...request, requestedAtMs: request.onsetMs } : request;
  const judged = spikesOf(moment, spikes).filter(({ verdict }) => verdict !== undefined);
  const { fitting, others } = isCrash
    ? rankAtEnd(request.onsetMs, judged, judgement?.resource)
    : rankSpikes(subjectOf(request), momentOf(request), judged);
  const [first] = fitting;
  const all = [...fitting, ...others];
  const verdict = first && wholeVerdict(first);
  if (first !== undefined && verdict !== undefined) return { resource: first.resource, source: "spike", verdict, spikes: all };
  if (judgement === undefined) return undefined;
  return { resource: judgement.resource, source: "recording", verdict: judgement.verdict, spikes: all };
}

type Moment = Pick<CaptureRequest, "onsetMs" | "requestedAtMs">;

function momentOf({ onsetMs, requestedAtMs }: Moment) {
  return { onsetMs, atMs: requestedAtMs };
}

function spikesOf({ onsetMs, requestedAtMs }: Moment, spikes: SpikeLookup | undefined): readonly Spike[] {
  return spikes?.overlapping(Math.min(onsetMs, requestedAtMs) - alertDelayMs, requestedAtMs) ?? [];
}
