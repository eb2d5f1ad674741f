/** Who made up a chart: its largest groups on top of each other, then all others, then what nobody can be given. Pure. */
import { type GroupLabels, groupId } from "../../model/group.ts";
import type { ResourceKey } from "../../model/usage.ts";
import { divisorOf } from "./alone.ts";
import type { ChartSpec, Whole } from "./charts.ts";
import { nameOf } from "./format.ts";
import type { Frame, GroupTracks } from "./frame.ts";

/** One value for each slot; null where nothing is known. */
type Values = readonly (number | null)[];

/** One layer, in the chart's own measure. */
export interface Layer {
  /** The group's key, or that of one of the remainders. */
  readonly key: string;
  /** Absent for the remainders. */
  readonly labels?: GroupLabels;
  readonly name: string;
  readonly values: Values;
  /** With all layers below it. */
  readonly tops: Values;
}

/** The layer of all groups that are not shown by name. */
export const othersKey = "others";
/** The layer of what the machine used beyond all groups. */
export const unattributedKey = "unattributed";

const mostNamed = 6;

/** The layers of a chart from the bottom, the largest first; none of a chart that is not drawn so, or of which nothing is known. */
export function layersOf(frame: Frame, spec: ChartSpec, whole: Whole, pinned?: string): readonly Layer[] {
  const { stacked } = spec;
  if (stacked === undefined) return [];
  const divisor = divisorOf(spec, whole);
  if (divisor === undefined) return [];
  const named = largestOf(frame, stacked, pinned);
  if (named.length === 0) return [];
  const used = frame.figures.get(spec.series[0]?.figure ?? "cpuUsageRatio")?.mean;
  const sums = sumsOf(frame, stacked);
  const shown = named.map(({ key, group }) => ({
    key,
    labels: group.labels,
    name: nameOf(group.labels),
    values: valuesOf(group, stacked),
  }));
  const others = sums.all.map((all, slot) =>
    all === null ? null : Math.max(0, all - shown.reduce((sum, { values }) => sum + (values[slot] ?? 0), 0)),
  );
  // where the machine's own figure is higher than all groups together, the rest is nobody's
  const nobodys = sums.all.map((all, slot) => {
    const known = used?.[slot] ?? null;
    if (all === null) return null;
    return (sums.unattributed[slot] ?? 0) + (known === null ? 0 : Math.max(0, known * divisor - all - (sums.unattributed[slot] ?? 0)));
  });
  return piled(
    [...shown, { key: othersKey, name: "others", values: others }, { key: unattributedKey, name: "unattributed", values: nobodys }],
    divisor,
  );
}

/** The layer that lies at a height, in a slot. */
export function layerAt(layers: readonly Layer[], slot: number, height: number): Layer | undefined {
  if (height < 0) return undefined;
  return layers.find(({ tops, values }) => (values[slot] ?? 0) > 0 && height <= (tops[slot] ?? 0));
}

/** How high the layers reach. */
export function highestOf(layers: readonly Layer[]): number {
  return (layers.at(-1)?.tops ?? []).reduce<number>((highest, top) => Math.max(highest, top ?? 0), 0);
}

/** By the root mean square: a burst counts for more than what hums along. Whoever is pinned is among them. */
function largestOf(frame: Frame, resource: ResourceKey, pinned: string | undefined) {
  const ranked: { readonly key: string; readonly group: GroupTracks; readonly weight: number }[] = [];
  for (const [key, group] of frame.groups) {
    const { kind } = group.labels;
    if (kind === "other" || kind === "unattributed") continue;
    let weight = 0;
    for (const value of valuesOf(group, resource)) weight += (value ?? 0) ** 2;
    if (weight > 0) ranked.push({ key, group, weight });
  }
  ranked.sort((a, b) => b.weight - a.weight);
  const first = ranked.slice(0, mostNamed);
  const own = ranked.find(({ key }) => key === pinned);
  return own === undefined || first.includes(own) ? first : [...first, own];
}

function valuesOf({ tracks }: GroupTracks, resource: ResourceKey): Values {
  return tracks.get(resource)?.mean ?? [];
}

/** What all groups used together, and what the server itself gives to nobody. */
function sumsOf(frame: Frame, resource: ResourceKey): { readonly all: (number | null)[]; readonly unattributed: (number | null)[] } {
  const empty = (): (number | null)[] => frame.times.map((_, slot) => (frame.isRecorded(slot) ? 0 : null));
  const sums = { all: empty(), unattributed: empty() };
  for (const group of frame.groups.values()) {
    const into = group.labels.kind === "unattributed" ? sums.unattributed : sums.all;
    const values = valuesOf(group, resource);
    for (let slot = 0; slot < values.length; slot++) {
      const before = into[slot] ?? null;
      if (before !== null) into[slot] = before + (values[slot] ?? 0);
    }
  }
  return sums;
}

function piled(layers: readonly Omit<Layer, "tops">[], divisor: number): readonly Layer[] {
  let below: Values = [];
  return layers.flatMap((layer) => {
    if (layer.values.every((value) => (value ?? 0) === 0)) return [];
    const under = below;
    const values = layer.values.map((value) => (value === null ? null : value / divisor));
    const tops = values.map((value, slot) => (value === null ? (under[slot] ?? null) : value + (under[slot] ?? 0)));
    below = tops;
    return [{ ...layer, values, tops }];
  });
}

/** The keys of the layers that are groups, the largest first. */
export function groupKeysOf(layers: readonly Layer[]): readonly string[] {
  return layers.flatMap(({ labels }) => (labels === undefined ? [] : [groupId(labels)]));
}
