/** The row of readings: big numbers, sparklines, and words when something is off. */
import { type RecordedFigure, type RecordedValues, recordedValues } from "../../model/hostFigures.ts";
import { type PoolUsage, poolsOf } from "../../model/pools.ts";
import { formatBytes, formatNumber, formatPercent, formatValue } from "../logic/format.ts";
import type { Frame } from "../logic/frame.ts";
import { sparkPath, squeezed } from "../logic/spark.ts";
import { type ReadingName, tell } from "../logic/tell.ts";
import { h, set, setText, svg } from "./dom.ts";
import type { Model, State } from "./model.ts";

interface Tile {
  readonly element: HTMLElement;
  readonly value: HTMLElement;
  readonly unit: HTMLElement;
  readonly words: HTMLElement;
  readonly path: SVGPathElement;
}

interface TileSpec {
  readonly name: ReadingName;
  readonly title: string;
  /** The big text, and a small one behind it. */
  read(figures: RecordedValues, cores: number | undefined): readonly [string, string];
  readonly figures: readonly RecordedFigure[];
  /** The value at the top of the sparkline, whatever the highest is. */
  readonly most: number;
}

const specs: readonly TileSpec[] = [
  {
    name: "load",
    title: "Load",
    read: ({ load1, load5 }, cores) => [
      load1 === undefined ? "–" : formatNumber(load1),
      load5 === undefined ? "" : `5 min ${formatNumber(load5)}${cores === undefined ? "" : ` · ${cores} cores`}`,
    ],
    figures: ["load1"],
    most: 1,
  },
  {
    name: "cpu",
    title: "CPU",
    read: ({ cpuUsageRatio }) => [formatValue(cpuUsageRatio, "ratio"), ""],
    figures: ["cpuUsageRatio"],
    most: 1,
  },
  {
    name: "memory",
    title: "Memory",
    read: ({ memoryUsageRatio, swapUsedBytes = 0 }) => [
      formatValue(memoryUsageRatio, "ratio"),
      swapUsedBytes > 0 ? `swap ${formatBytes(swapUsedBytes)}` : "",
    ],
    figures: ["memoryUsageRatio"],
    most: 1,
  },
  {
    name: "disk",
    title: "Disk I/O",
    read: ({ diskReadBytesPerSecond: read, diskWrittenBytesPerSecond: written }) => [
      read === undefined && written === undefined ? "–" : `${formatBytes((read ?? 0) + (written ?? 0))}/s`,
      read === undefined || written === undefined ? "" : `${formatBytes(read)} read`,
    ],
    figures: ["diskReadBytesPerSecond", "diskWrittenBytesPerSecond"],
    most: 1e6,
  },
  {
    name: "network",
    title: "Network",
    read: ({ networkReceiveBytesPerSecond: received, networkTransmitBytesPerSecond: sent }) => [
      received === undefined && sent === undefined ? "–" : `${formatBytes((received ?? 0) + (sent ?? 0))}/s`,
      received === undefined || sent === undefined ? "" : `${formatBytes(received)} in`,
    ],
    figures: ["networkReceiveBytesPerSecond", "networkTransmitBytesPerSecond"],
    most: 1e5,
  },
  {
    name: "pressure",
    title: "Pressure",
    read: ({ cpuPressureRatio, ioPressureRatio, memoryPressureRatio }) => {
      const known = [cpuPressureRatio, ioPressureRatio, memoryPressureRatio].filter((ratio) => ratio !== undefined);
      return [known.length === 0 ? "–" : formatPercent(Math.max(...known)), ""];
    },
    figures: ["cpuPressureRatio", "ioPressureRatio", "memoryPressureRatio"],
    most: 0.2,
  },
];

const sparkSeconds = 300;
const sparkPoints = 100;

/** The row of readings; of a recording it shows the newest second. */
export class Now {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #tiles: ReadonlyMap<ReadingName, Tile>;
  #pools: readonly Pick<PoolUsage, "mountpoint" | "usageRatio">[] | undefined;

  constructor(model: Model) {
    this.#model = model;
    this.#tiles = new Map(specs.map((spec) => [spec.name, makeTile(spec)]));
    this.element = h(
      "section",
      { class: "now", "aria-label": "Now" },
      [...this.#tiles.values()].map(({ element }) => element),
    );
    model.subscribe((state, changed) => {
      if (changed.has("newest") || changed.has("host") || changed.has("revision")) this.#update(state);
    });
  }

  #update(state: State): void {
    const { newest, host, frame } = state;
    const { live, cores } = this.#model;
    // a recording has no second that is new: the last one of what is shown stands for it
    const source = newest === undefined ? frame : live;
    const figures = newest === undefined ? figuresAt(frame) : recordedValues(newest.host);
    // a line tells of file systems only when something about them has changed
    if (newest?.host.filesystems !== undefined) this.#pools = poolsOf(newest.host.filesystems);
    const fullest = fullestOf(this.#pools ?? host?.pools ?? []);
    const words = newest === undefined ? undefined : tell({ host: newest.host, groups: newest.groups, fullest });
    for (const spec of specs) {
      const tile = this.#tiles.get(spec.name);
      if (tile === undefined) continue;
      const [value, unit] = spec.read(figures, cores);
      const { text, mood } = words?.[spec.name] ?? { text: "", mood: "calm" };
      setText(tile.value, value);
      setText(tile.unit, unit);
      setText(tile.words, text);
      set(tile.element, { "data-mood": mood });
      const lists = spec.figures.flatMap((figure) => {
        const track = source.figures.get(figure);
        return track === undefined ? [] : [track.mean.slice(-sparkSeconds)];
      });
      const values = squeezed(folded(lists, spec.name === "pressure"), sparkPoints);
      set(tile.path, { d: sparkPath(values, Math.max(spec.most, ...values.map((known) => known ?? 0)), 100, 24) });
    }
  }
}

/** The figures of the newest recorded slot. */
function figuresAt(frame: Frame): RecordedValues {
  const slot = frame.slotOf(frame.newestMs ?? 0);
  const known = [...frame.figures].flatMap(([figure, track]) => {
    const value = track.mean[slot] ?? undefined;
    return value === undefined ? [] : [[figure, value] as const];
  });
  return Object.fromEntries(known);
}

function makeTile({ title, name }: TileSpec): Tile {
  const [value, unit, words] = [
    h("span", { class: "tile-value" }, "–"),
    h("span", { class: "tile-unit" }),
    h("p", { class: "tile-words" }),
  ];
  const path = svg("path", { class: "spark-line" });
  const spark = svg("svg", { class: "spark", viewBox: "0 -1 100 26", preserveAspectRatio: "none", "aria-hidden": "true" }, path);
  const element = h(
    "div",
    { class: "tile", "data-reading": name, role: "group", "aria-label": title },
    h("h2", {}, title),
    h("p", { class: "tile-number" }, value, unit),
    spark,
    words,
  );
  return { element, value, unit, words, path };
}

/** Values that belong together, added up; of shares the highest. */
function folded(lists: readonly (readonly (number | null)[])[], highest: boolean): (number | null)[] {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => {
    const known = lists.map((list) => list[index] ?? null).filter((value) => value !== null);
    if (known.length === 0) return null;
    return highest ? Math.max(...known) : known.reduce((sum, value) => sum + value, 0);
  });
}

function fullestOf(
  pools: readonly { readonly mountpoint: string; readonly usageRatio?: number | null }[],
): { readonly mountpoint: string; readonly usageRatio: number } | undefined {
  let fullest: { readonly mountpoint: string; readonly usageRatio: number } | undefined;
  for (const { mountpoint, usageRatio } of pools) {
    if (usageRatio != null && usageRatio > (fullest?.usageRatio ?? -1)) fullest = { mountpoint, usageRatio };
  }
  return fullest;
}
