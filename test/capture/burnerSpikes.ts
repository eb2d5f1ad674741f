import type { SpikeLookup } from "../../src/capture/report/archiveVerdict.ts";
import type { Clock } from "../../src/model/clock.ts";
import { processLabels } from "../../src/model/group.ts";
import type { Spike } from "../../src/model/spike.ts";

/** A spike that lasts, and whom it names. */
export function spike(id: string, startMs: number, culprit: string | undefined, changes: Partial<Spike> = {}): Spike {
  const shares = culprit === undefined ? [] : [{ group: processLabels(culprit), share: 0.9, from: 0, to: 2, pids: [100] }];
  const sentence = `${culprit ?? "No single process"} has caused ${id}.`;
  const usual = { resource: "cpu", peakMs: startMs, baseline: 0.1, peak: 2, unit: "cores" } as const;
  return { ...usual, id, startMs, verdict: { sentence, shares, final: false }, ...changes };
}

/** Where captures look for them. */
export function lookup(spikes: readonly Spike[]): SpikeLookup {
  return {
    overlapping: (fromMs, toMs) => spikes.filter(({ startMs, endMs = Number.POSITIVE_INFINITY }) => startMs <= toMs && endMs >= fromMs),
  };
}

/** Use of the CPU, load and pressure for the CPU, all by one burner. */
export function burnerSpikes(clock: Pick<Clock, "wallMs">): readonly Spike[] {
  const startMs = clock.wallMs() - 90_000;
  return [
    spike("cpu", startMs, "burner"),
    spike("load", startMs + 20_000, "burner", { resource: "load", unit: "tasks" }),
    spike("stall", startMs + 3000, undefined, { resource: "pressure", aspect: "cpu", unit: "ratio" }),
  ];
}
