/** One line drawn alone over the charts. Pure. */

import { processName } from "./address.ts";
import type { ChartSpec } from "./charts.ts";
import type { Frame, GroupTracks } from "./frame.ts";

/** The group that the address names: by its whole identity, else the first of that process name. */
export function findLine(frame: Frame, wanted: string | undefined): { readonly key: string; readonly group: GroupTracks } | undefined {
  if (wanted === undefined) return undefined;
  let byName: { readonly key: string; readonly group: GroupTracks } | undefined;
  for (const [key, group] of frame.groups) {
    if (processName(group.labels) === wanted) return { key, group };
    if (group.labels.kind === "process" && group.labels.process === wanted) byName ??= { key, group };
  }
  return byName;
}

/** Its values for a chart, in the chart's own measure; undefined where the chart has none of single lines. */
export function aloneValues(
  { alone }: Pick<ChartSpec, "alone">,
  group: GroupTracks,
  whole: { readonly cores: number | undefined; readonly memoryBytes: number | undefined },
): (number | null)[] | undefined {
  if (alone === undefined) return undefined;
  const tracks = alone.resources.flatMap((resource) => group.tracks.get(resource) ?? []);
  const [first, ...others] = tracks;
  const divisor = alone.divideBy === undefined ? 1 : alone.divideBy === "cores" ? whole.cores : whole.memoryBytes;
  if (first === undefined || divisor === undefined) return undefined;
  return first.mean.map((value, slot) => {
    const all = [value, ...others.map(({ mean }) => mean[slot] ?? null)].filter((one) => one !== null);
    return all.length === 0 ? null : all.reduce((sum, one) => sum + one, 0) / divisor;
  });
}
