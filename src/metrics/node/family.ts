/** What a collector of node_exporter's is here: pure code that turns parts of Samples into families of its names. */
import type { SampleParts } from "../../model/sample.ts";
import type { Point } from "../family.ts";

/** node_exporter's metric types; `untyped` is what OpenMetrics calls unknown. */
export type NodeFamilyType = "gauge" | "counter" | "untyped" | "histogram" | "summary";

/** A series' value; `metricName` where it is not the family's own (`x_bucket` of a histogram). */
export interface NodePoint extends Point {
  readonly metricName?: string;
}

/** A family with the points of one scrape; one without points is not shown at all. */
export interface NodeFamily {
  readonly name: string;
  readonly help: string;
  readonly type: NodeFamilyType;
  readonly points: readonly NodePoint[];
}

/** The name of a part of a Sample. */
export type PartName = keyof SampleParts;

/** The newest Sample of the sampler and that of the scrape, as one. */
export interface NodeView extends SampleParts {
  /** When the scrape began. */
  readonly takenAtMs: number;
}

/** One of node_exporter's collectors. */
export interface NodeCollector {
  /** The name it has in `collect[]`. */
  readonly collector: string;
  /** The parts it shows: the first decides whether the collector succeeded, the time of all is its duration. */
  readonly parts: readonly [PartName, ...PartName[]];
  /** Parts that it looks at besides, whose time is another collector's. */
  readonly needs?: readonly PartName[];
  families(view: NodeView): readonly NodeFamily[];
}

/** A family's name, help and type. */
export type Descriptor = Pick<NodeFamily, "name" | "help" | "type">;

/** A family that has one point for every item: an interface, a disk, a CPU. */
export interface Column<Item> extends Descriptor {
  /** Undefined where the item does not have it. */
  value(item: Item): number | undefined;
}

type Labels = Readonly<Record<string, string>>;

const noLabels: Labels = Object.freeze({});

/** A family of one point without labels; none where the value is unknown. */
export function single({ name, help, type }: Descriptor, value: number | undefined): readonly NodeFamily[] {
  return value === undefined ? [] : [{ name, help, type, points: [{ labels: noLabels, value }] }];
}

/** Items as families, a column each; `labelsOf` is asked once for each item. */
export function columns<Item>(
  items: readonly Item[],
  labelsOf: (item: Item) => Labels,
  all: readonly Column<Item>[],
): readonly NodeFamily[] {
  const labels = items.map(labelsOf);
  return all
    .filter((column) => items.some((item) => column.value(item) !== undefined))
    .map((column) => new ColumnFamily(column, items, labels));
}

/** Makes its points when it is asked for them: with a thousand items, all columns at once would hold the event loop. */
class ColumnFamily<Item> implements NodeFamily {
  readonly name: string;
  readonly help: string;
  readonly type: NodeFamilyType;
  readonly #column: Column<Item>;
  readonly #items: readonly Item[];
  readonly #labels: readonly Labels[];

  constructor(column: Column<Item>, items: readonly Item[], labels: readonly Labels[]) {
    this.name = column.name;
    this.help = column.help;
    this.type = column.type;
    this.#column = column;
    this.#items = items;
    this.#labels = labels;
  }

  get points(): readonly NodePoint[] {
    const points: NodePoint[] = [];
    this.#items.forEach((item, index) => {
      const value = this.#column.value(item);
      if (value !== undefined) points.push({ labels: this.#labels[index] ?? noLabels, value });
    });
    return points;
  }
}

/**
 * Keeps the label objects of a family from scrape to scrape: they are the same objects again, so nothing needs to be made or
 * escaped twice. Devices come and go on some machines, so it forgets everything from time to time.
 */
export class LabelCache {
  readonly #name: string;
  readonly #known = new Map<string, Labels>();

  /** `name` of the one label. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The labels for a value. */
  of(value: string): Labels {
    let labels = this.#known.get(value);
    if (labels === undefined) {
      if (this.#known.size >= mostCached) this.#known.clear();
      labels = Object.freeze({ [this.#name]: value });
      this.#known.set(value, labels);
    }
    return labels;
  }
}

const mostCached = 10_000;
