/** The charts of the timeline and their series. Pure. */
import { type ChartName, recordedFigures } from "../../model/hostFigures.ts";
import type { ResourceKey } from "../../model/usage.ts";
import type { Unit } from "./format.ts";

/** The figures of a chart, each with how it is drawn. */
function seriesOf(id: ChartName) {
  return recordedFigures.flatMap(({ name, chart, series }) => (chart === id && series !== undefined ? [{ figure: name, ...series }] : []));
}

/** One chart. */
export interface ChartSpec {
  readonly id: ChartName;
  readonly title: string;
  readonly unit: Unit;
  readonly series: ReturnType<typeof seriesOf>;
  /** What of one line belongs over this chart. */
  readonly alone?: { readonly resources: readonly ResourceKey[]; readonly label: string; readonly divideBy?: "cores" | "memory" };
  /** The axis goes at least to here. */
  readonly least: number;
  /** And never beyond. */
  readonly most?: number;
  /** In words, where nothing of it is recorded. */
  readonly absent: string;
}

const frames: readonly Omit<ChartSpec, "series">[] = [
  {
    id: "cpu",
    title: "CPU",
    unit: "ratio",
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
    alone: { resources: ["residentBytes"], label: "resident", divideBy: "memory" },
    least: 1,
    most: 1,
    absent: "No memory usage is recorded here.",
  },
  {
    id: "disk",
    title: "Disk I/O",
    unit: "bytesPerSecond",
    alone: { resources: ["readBytesPerSecond", "writtenBytesPerSecond"], label: "read + write" },
    least: 1e6,
    absent: "No disk is recorded here: the machine shows none, or its collector is off.",
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

/** The series that are off when nobody has said otherwise. */
export const hiddenAtFirst: readonly string[] = charts.flatMap(({ series }) =>
  series.filter((one) => one.hiddenAtFirst).map(({ id }) => id),
);

/** A series switched on or off. */
export function toggled(hidden: readonly string[], id: string): readonly string[] {
  return hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id];
}
