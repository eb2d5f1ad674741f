/** Everything about groups that several parts of the page draw: the layers of the charts, and the colours. Pure. */
import { colourGroups, othersColour, unattributedColour } from "../../model/groupColours.ts";
import type { Spike } from "../../model/spike.ts";
import { findLine } from "./alone.ts";
import { type ChartSpec, charts, type Whole } from "./charts.ts";
import { culpritKey } from "./events.ts";
import type { Frame } from "./frame.ts";
import { groupKeysOf, type Layer, layersOf, othersKey } from "./stack.ts";

/** What is drawn of groups. */
export interface Picture {
  readonly layers: ReadonlyMap<ChartSpec["id"], readonly Layer[]>;
  /** By the group's key; whoever has none is grey. */
  readonly colours: ReadonlyMap<string, string>;
  /** The key of the group that the address names. */
  readonly pinned: string | undefined;
}

/** A page that has drawn nothing yet. */
export const emptyPicture: Picture = { layers: new Map(), colours: new Map(), pinned: undefined };

/** Before, a group had its colour: it keeps it. The culprits of the newest spikes have one as well. */
const mostCulprits = 6;

/** Makes the picture. */
export function pictureOf(
  { frame, spikes, process, whole }: { frame: Frame; spikes: readonly Spike[]; process: string | undefined; whole: Whole },
  before: Picture,
): Picture {
  const pinned = findLine(frame, process)?.key;
  const layers = new Map(charts.map((spec) => [spec.id, layersOf(frame, spec, whole, pinned)]));
  const culprits = [...spikes]
    .sort((a, b) => b.startMs - a.startMs)
    .flatMap((spike) => culpritKey(spike) ?? [])
    .filter((key, index, all) => all.indexOf(key) === index)
    .slice(0, mostCulprits);
  const lists = [...[...layers.values()].map(groupKeysOf), culprits, pinned === undefined ? [] : [pinned]];
  return { layers, colours: colourGroups(lists, before.colours), pinned };
}

/** The colour of a layer. */
export function layerColour({ key, labels }: Pick<Layer, "key" | "labels">, colours: ReadonlyMap<string, string>): string {
  if (labels !== undefined) return colours.get(key) ?? othersColour;
  return key === othersKey ? othersColour : unattributedColour;
}
