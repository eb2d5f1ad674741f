/** The answer of `/api/snapshots` as a frame. Pure. */
import type { SeriesAnswer, SnapshotsAnswer } from "../../api/pastAnswers.ts";
import { groupId, labelsOf } from "../../model/group.ts";
import type { RecordedFigure } from "../../model/hostFigures.ts";
import type { ResourceKey } from "../../model/usage.ts";
import { usedRatio } from "../../recorder/format/mounts.ts";
import { Frame } from "./frame.ts";

/** Takes the answer's lists over as they are. */
export function frameOf(answer: SnapshotsAnswer): Frame {
  const frame = new Frame(answer.stepSeconds * 1000);
  for (const [slot, startMs] of answer.times.entries()) {
    frame.times.push(startMs);
    frame.seconds.push(answer.seconds[slot] ?? 0);
  }
  for (const slot of answer.gaps) frame.gaps.add(answer.times[slot] ?? 0);
  for (const [figure, track] of Object.entries(answer.figures) as [RecordedFigure, SeriesAnswer][]) frame.figures.set(figure, track);
  for (const { mountpoint, sizeBytes, availableBytes } of answer.mounts) {
    const used = (bytes: number | null) => (bytes === null ? null : usedRatio({ sizeBytes, availableBytes: bytes }));
    frame.mounts.set(mountpoint, {
      sizeBytes,
      track: { mean: availableBytes.mean.map(used), peak: availableBytes.least.map(used) },
    });
  }
  for (const { usage, ...labels } of answer.groups) {
    const tracks = new Map(Object.entries(usage) as [ResourceKey, SeriesAnswer][]);
    frame.groups.set(groupId(labels), { labels: labelsOf(labels), tracks });
  }
  return frame;
}
