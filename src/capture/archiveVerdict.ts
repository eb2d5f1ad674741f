/** Who it was, as an archive says it: by the spike that it is about, or by what the recording shows where none was noticed. */
import type { CaptureRequest } from "../model/capture.ts";
import type { Spike, SpikeResource, Verdict } from "../model/spike.ts";
import { type Judgement, resourceNamed } from "../spikes/index.ts";

/** The content of `verdict.json`. */
export interface ArchiveVerdict {
  readonly resource: SpikeResource;
  /** A spike that Culprit noticed, or the recording held against the time before the onset. */
  readonly source: "spike" | "recording";
  readonly verdict: Verdict;
  /** All spikes of that time, the one that the verdict is of first. */
  readonly spikes: readonly Spike[];
}

/** The spikes that a capture may ask for. */
export interface SpikeLookup {
  /** Those that lasted in a stretch of time, or last. */
  overlapping(fromMs: number, toMs: number): readonly Spike[];
}

/** An alert is late: what it is about may have ended so long before. */
const alertDelayMs = 60_000;

/** The request with the onset of the spike that it belongs to, where that is earlier than what it says itself. */
export function withOnset(request: CaptureRequest, spikes: SpikeLookup | undefined): CaptureRequest {
  const wanted = resourceOf(request);
  // memory's last as long as it grows, for hours: what is about something else did not begin with it
  const starts = spikesOf(request, spikes)
    .filter(({ resource }) => wanted === undefined || wanted === "memory" || resource !== "memory")
    .map(({ startMs }) => startMs);
  const onsetMs = Math.min(request.onsetMs, ...starts);
  return onsetMs < request.onsetMs ? { ...request, onsetMs } : request;
}

/** The verdict of an archive; undefined where nothing is known of that time. */
export function archiveVerdict(
  request: CaptureRequest,
  spikes: SpikeLookup | undefined,
  judgement: Judgement | undefined,
): ArchiveVerdict | undefined {
  const judged = spikesOf(request, spikes).filter(({ verdict }) => verdict !== undefined);
  const wanted = resourceOf(request);
  const sorted = [...judged].sort((a, b) => rank(a, wanted) - rank(b, wanted));
  const [first] = sorted;
  if (first?.verdict !== undefined) return { resource: first.resource, source: "spike", verdict: first.verdict, spikes: sorted };
  if (judgement === undefined) return undefined;
  return { resource: judgement.resource, source: "recording", verdict: judgement.verdict, spikes: [] };
}

/** The process that comes first in a verdict; undefined where that is no process, or one that only waits. */
export function culpritOf({ shares }: Verdict): string | undefined {
  const first = shares.find(({ group, waiting }) => group.kind !== "other" && group.kind !== "unattributed" && waiting === undefined);
  return first?.group.kind === "process" ? first.group.process : undefined;
}

/** What it is about: a trigger says what it watches, an alert is called so. */
function resourceOf({ origin, name, labels }: CaptureRequest): SpikeResource | undefined {
  const { metric } = labels;
  return (origin === "trigger" && metric !== undefined ? resourceNamed(metric) : undefined) ?? resourceNamed(name);
}

function spikesOf({ onsetMs, requestedAtMs }: CaptureRequest, spikes: SpikeLookup | undefined): readonly Spike[] {
  return spikes?.overlapping(Math.min(onsetMs, requestedAtMs) - alertDelayMs, requestedAtMs) ?? [];
}

const order: readonly SpikeResource[] = ["cpu", "io", "memory", "load", "pressure"];

/** What the alert is about first, then what has a clear culprit, then what says most. */
function rank({ resource, verdict }: Spike, wanted: SpikeResource | undefined): number {
  const clear = (verdict?.shares[0]?.share ?? 0) >= 0.5 ? 0 : order.length;
  return (resource === wanted ? -100 : 0) + clear + order.indexOf(resource);
}
