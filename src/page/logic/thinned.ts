/** The answer of `/api/snapshots` as a frame. Pure. */
import { type GroupLabels, groupId, labelsOf } from "../../model/group.ts";
import type { ResourceKey } from "../../model/usage.ts";
import type { Figure } from "../../recorder/format/figures.ts";
import { Frame } from "./frame.ts";
import type { Track } from "./track.ts";

/** What the route answers. */
export interface ThinnedAnswer {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  readonly covered: { readonly fromMs: number; readonly toMs: number } | null;
  readonly times: number[];
  readonly seconds: number[];
  readonly gaps: readonly number[];
  readonly figures: { readonly [Name in Figure]?: Track };
  readonly groups: readonly (GroupLabels & { readonly usage: { readonly [Resource in ResourceKey]?: Track } })[];
}

/** Takes the answer's lists over as they are. */
export function frameOf(answer: ThinnedAnswer): Frame {
  const frame = new Frame(answer.stepSeconds * 1000);
  for (const [slot, startMs] of answer.times.entries()) {
    frame.times.push(startMs);
    frame.seconds.push(answer.seconds[slot] ?? 0);
  }
  for (const slot of answer.gaps) frame.gaps.add(answer.times[slot] ?? 0);
  for (const [figure, track] of Object.entries(answer.figures) as [Figure, Track][]) frame.figures.set(figure, track);
  for (const { usage, ...labels } of answer.groups) {
    const tracks = new Map(Object.entries(usage) as [ResourceKey, Track][]);
    frame.groups.set(groupId(labels), { labels: labelsOf(labels), tracks });
  }
  return frame;
}
