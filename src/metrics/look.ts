/** Makes the picture that one scrape shows, from what Culprit knows at that moment. */
import { defined } from "../model/defined.ts";
import type { LookBack, Sampling } from "../sampler/sampling.ts";
import type { MetricsView } from "./view.ts";

/** Everything in a view that is not the machine itself. */
export type Surroundings = Omit<MetricsView, "snapshot" | "window" | "lines" | "sampling">;

/** Looks at the machine, back from `lookBack`, and at what surrounds it. What is too old is left out, not repeated. */
export function look(sampling: Sampling, lookBack: LookBack | undefined, surroundings: Surroundings): MetricsView {
  const { sampler, newest } = sampling;
  const { window, lines = [] } = lookBack ?? {};
  return defined({
    ...surroundings,
    window,
    snapshot: window?.newest,
    lines,
    sampling: defined({
      lastSampleMs: (window?.newest ?? newest)?.takenAtMs,
      taken: sampler.samplesTaken,
      missed: sampler.samplesMissed,
      outcomes: sampling.newestSample?.outcomes ?? [],
      skipped: sampler.outcomeLog.skipped,
      labelsDropped: sampling.labelsDropped,
    }),
  });
}
