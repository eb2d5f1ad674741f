/** Who used what, and who it was, for messages about triggers and alerts. */
import type { Config } from "../config.ts";
import type { ResourceUsage } from "../model/usage.ts";
import type { Sampling } from "../sampler/sampling.ts";
import type { GroupStats } from "../sampler/window.ts";
import type { ContextSources } from "../triggers/context.ts";
import { linkNote, pageUrl } from "./links.ts";
import type { RecordedPast } from "./recordedPast.ts";

/** Asks the window and the spikes. */
export function contextSources(config: Config, sampling: Sampling, { knownSpikes, spikes }: RecordedPast): ContextSources {
  return {
    lines() {
      return (sampling.lookBackNow()?.lines ?? []).map((line) => ({ labels: line, usage: usageOf(line) }));
    },
    spikes: knownSpikes,
    judgeNow: (seconds, resource) => spikes.judgeNow(seconds, resource),
    pageUrl: (atMs) => pageUrl(config, atMs),
    linkNote: linkNote(config),
  };
}

/** Rates are means. What it holds is held now, be it that it began a moment ago. */
function usageOf({ mean, peak }: GroupStats): ResourceUsage {
  const { residentBytes } = peak;
  return residentBytes === undefined ? mean : { ...mean, residentBytes };
}
