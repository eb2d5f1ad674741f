/** The charts of the timeline and their series. Pure. */
import type { ChartName } from "../../model/figureKinds.ts";
import { recordedFigures } from "../../model/hostFigures.ts";
import type { ResourceKey } from "../../model/usage.ts";
import { formatBytes, type Unit } from "./format.ts";

/** What shares are shares of: the machine's cores, its memory. */
export interface Whole {
  readonly cores: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** Reads and writes have a chart each: their groups are stacked, and do not add up. */
export type ChartId = Exclude<ChartName, "disk"> | "reads" | "writes" | "space";

/** The figures of a chart, each with how it is drawn. */
function seriesOf(id: ChartId) {
  return recordedFigures.flatMap(({ name, chart, series }) => {
    const own = chart !== "disk" ? chart : name === "diskReadBytesPerSecond" ? "reads" : "writes";
    return own === id && series !== undefined ? [{ figure: name, ...series }] : [];
  });
}

/** One chart. */
export interface ChartSpec {
  readonly id: ChartId;
  readonly title: string;
  readonly unit: Unit;
  readonly series: ReturnType<typeof seriesOf>;
  /** What its groups are stacked by; left out where single groups have no part that adds up. */
  readonly stacked?: ResourceKey;
  /** Its lines are file systems, a line each. */
  readonly ofMounts?: true;
  /** What of one line belongs over this chart. */
  readonly alone?: { readonly resources: readonly ResourceKey[]; readonly label: string; readonly divideBy?: "cores" | "memory" };
  /** The axis goes at least to here. */
  readonly least: number;
  /** The same where its groups are stacked, which could not be told apart at the foot of a high axis. */
  readonly leastStacked?: number;
  /** And never beyond. */
  readonly most?: number;
  /** In words, where nothing of it is recorded. */
  readonly absent: string;
}

const noDisk = "No disk is recorded here: the machine shows none, or its collector is off.";

const frames: readonly Omit<ChartSpec, "series">[] = [
  {
    id: "cpu",
    title: "CPU",
    unit: "ratio",
    stacked: "cpuCores",
    alone: { resources: ["cpuCores"], label: "CPU", divideBy: "cores" },
    least: 1,
    most: 1,
    absent: "No CPU usage is recorded here.",
  },
  {
    id: "load",
    title: "Load",
    unit: "number",
    alone: { resources: ["runningTasks", "uninterruptibleTasks"], label: "tasks" },
    least: 1,
    absent: "This machine tells no load average.",
  },
  {
    id: "memory",
    title: "Memory",
    unit: "ratio",
    stacked: "residentBytes",
    alone: { resources: ["residentBytes"], label: "resident", divideBy: "memory" },
    least: 1,
    leastStacked: 0.1,
    most: 1,
    absent: "No memory usage is recorded here.",
  },
  {
    id: "reads",
    title: "Disk reads",
    unit: "bytesPerSecond",
    stacked: "readBytesPerSecond",
    alone: { resources: ["readBytesPerSecond"], label: "read" },
    least: 1e6,
    absent: noDisk,
  },
  {
    id: "writes",
    title: "Disk writes",
    unit: "bytesPerSecond",
    stacked: "writtenBytesPerSecond",
    alone: { resources: ["writtenBytesPerSecond"], label: "written" },
    least: 1e6,
    absent: noDisk,
  },
  {
    id: "space",
    title: "Disk space",
    unit: "ratio",
    ofMounts: true,
    least: 1,
    most: 1,
    absent: "No file system is recorded here: the machine shows none, or its collector is off.",
  },
  {
    id: "network",
    title: "Network",
    unit: "bytesPerSecond",
    least: 1e5,
    absent: "No network is recorded here: the machine shows no interface but the loopback, or its collector is off.",
  },
  {
    id: "pressure",
    title: "Pressure",
    unit: "ratio",
    least: 0.1,
    most: 1,
    absent: "This machine's kernel tells no pressure (PSI).",
  },
];

/** All charts, from the top. */
export const charts: readonly ChartSpec[] = frames.map((frame) => ({ ...frame, series: seriesOf(frame.id) }));

/** A chart's title with what its shares are shares of: `CPU, % of 2 cores`. */
export function titleOf({ id, title }: Pick<ChartSpec, "id" | "title">, { cores, memoryBytes }: Whole): string {
  if (id === "cpu" && cores !== undefined) return `${title}, % of ${cores} ${cores === 1 ? "core" : "cores"}`;
  if (id === "memory" && memoryBytes !== undefined) return `${title}, % of ${formatBytes(memoryBytes)}`;
  if (id === "load") return `${title}, tasks`;
  if (id === "space") return `${title}, % used`;
  return id === "pressure" ? `${title}, % of the time` : title;
}

/** The series that are off when nobody has said otherwise. */
export const hiddenAtFirst: readonly string[] = charts.flatMap(({ series }) =>
  series.filter((one) => one.hiddenAtFirst).map(({ id }) => id),
);

/** A series switched on or off. */
export function toggled(hidden: readonly string[], id: string): readonly string[] {
  return hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id];
}
