/** One line drawn alone over the charts. Pure. */

import { processName } from "./address.ts";
import type { ChartSpec, Whole } from "./charts.ts";
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
export function aloneValues(spec: Pick<ChartSpec, "alone">, group: GroupTracks, whole: Whole): (number | null)[] | undefined {
  const { alone } = spec;
  if (alone === undefined) return undefined;
  const tracks = alone.resources.flatMap((resource) => group.tracks.get(resource) ?? []);
  const [first, ...others] = tracks;
  const divisor = divisorOf(spec, whole);
  if (first === undefined || divisor === undefined) return undefined;
  return first.mean.map((value, slot) => {
    const all = [value, ...others.map(({ mean }) => mean[slot] ?? null)].filter((one) => one !== null);
    return all.length === 0 ? null : all.reduce((sum, one) => sum + one, 0) / divisor;
  });
}

/** What a group's figures are divided by to be in the chart's measure; undefined where that is not known. */
export function divisorOf({ alone }: Pick<ChartSpec, "alone">, { cores, memoryBytes }: Whole): number | undefined {
  if (alone?.divideBy === undefined) return 1;
  return alone.divideBy === "cores" ? cores : memoryBytes;
}

/** The mean of what is known of some slots, both ends included. */
export function meanOf(values: readonly (number | null)[] | undefined, first: number, last: number): number | undefined {
  const known = values?.slice(Math.max(0, first), last + 1).filter((value) => value !== null) ?? [];
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
