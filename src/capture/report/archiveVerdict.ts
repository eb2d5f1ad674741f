/** Who it was, as an archive says it: by the spike that it is about, or by what the recording shows where none was noticed. */
import type { CaptureRequest } from "../../model/capture.ts";
import { wholeVerdict } from "../../model/culprit.ts";
import type { Spike, Verdict } from "../../model/spike.ts";
import type { SpikeResource } from "../../model/spikeResource.ts";
import type { Judgement } from "../../spikes/judgement.ts";
import { alertDelayMs, hasEnded, rankSpikes, subjectOf } from "../../spikes/subject.ts";

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

/** The request with the onset of the spike that it is about, where that is earlier than what it says itself. */
export function withOnset(request: CaptureRequest, spikes: SpikeLookup | undefined): CaptureRequest {
  const { fitting } = rankSpikes(subjectOf(request), momentOf(request), spikesOf(request, spikes));
  const [first] = fitting;
  // a spike that ended before counts as the beginning only when no other spike fits
  const meant = fitting.filter((spike) => spike === first || !hasEnded(spike, momentOf(request).onsetMs));
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
  const judged = spikesOf(request, spikes).filter(({ verdict }) => verdict !== undefined);
  const { fitting, others } = rankSpikes(subjectOf(request), momentOf(request), judged);
  const [first] = fitting;
  const all = [...fitting, ...others];
  const verdict = first && wholeVerdict(first);
  if (first !== undefined && verdict !== undefined) return { resource: first.resource, source: "spike", verdict, spikes: all };
  if (judgement === undefined) return undefined;
  return { resource: judgement.resource, source: "recording", verdict: judgement.verdict, spikes: all };
}

function momentOf({ onsetMs, requestedAtMs }: CaptureRequest) {
  return { onsetMs, atMs: requestedAtMs };
}

function spikesOf({ onsetMs, requestedAtMs }: CaptureRequest, spikes: SpikeLookup | undefined): readonly Spike[] {
  return spikes?.overlapping(Math.min(onsetMs, requestedAtMs) - alertDelayMs, requestedAtMs) ?? [];
}
