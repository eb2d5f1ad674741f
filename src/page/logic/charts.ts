/** The charts of the timeline and their series. Pure. */
import type { ResourceKey } from "../../model/usage.ts";
import type { HostFigures } from "../../recorder/format/figures.ts";
import type { Unit } from "./format.ts";

/** One line of a chart. */
interface SeriesSpec {
  /** As the address has it in `hidden`. */
  readonly id: string;
  readonly label: string;
  readonly figure: keyof HostFigures;
  /** 1 is drawn strongest. */
  readonly rank: 1 | 2 | 3;
  /** What is drawn of the line that is shown alone, in the measure of this series. */
  readonly hiddenAtFirst?: true;
}

/** One chart. */
export interface ChartSpec {
  readonly id: "cpu" | "load" | "memory" | "disk" | "network" | "pressure";
  readonly title: string;
  readonly unit: Unit;
  readonly series: readonly SeriesSpec[];
  /** What of one line belongs over this chart. */
  readonly alone?: { readonly resources: readonly ResourceKey[]; readonly label: string; readonly divideBy?: "cores" | "memory" };
  /** The axis goes at least to here. */
  readonly least: number;
  /** And never beyond. */
  readonly most?: number;
  /** In words, where nothing of it is recorded. */
  readonly absent: string;
}

/** All charts, from the top. */
export const charts: readonly ChartSpec[] = [
  {
    id: "cpu",
    title: "CPU",
    unit: "ratio",
    series: [{ id: "cpu", label: "busy", figure: "cpuUsageRatio", rank: 1 }],
    alone: { resources: ["cpuCores"], label: "CPU", divideBy: "cores" },
    least: 1,
    most: 1,
    absent: "No CPU usage is recorded here.",
  },
  {
    id: "load",
    title: "Load",
    unit: "number",
    series: [
      { id: "load1", label: "1 min", figure: "load1", rank: 1 },
      { id: "load5", label: "5 min", figure: "load5", rank: 2 },
      { id: "load15", label: "15 min", figure: "load15", rank: 3, hiddenAtFirst: true },
      { id: "running", label: "running", figure: "runningTasks", rank: 2, hiddenAtFirst: true },
      { id: "blocked", label: "blocked", figure: "uninterruptibleTasks", rank: 3 },
    ],
    alone: { resources: ["runningTasks", "uninterruptibleTasks"], label: "tasks" },
    least: 1,
    absent: "This machine tells no load average.",
  },
  {
    id: "memory",
    title: "Memory",
    unit: "ratio",
    series: [{ id: "memory", label: "used", figure: "memoryUsageRatio", rank: 1 }],
    alone: { resources: ["residentBytes"], label: "resident", divideBy: "memory" },
    least: 1,
    most: 1,
    absent: "No memory usage is recorded here.",
  },
  {
    id: "disk",
    title: "Disk I/O",
    unit: "bytesPerSecond",
    series: [
      { id: "read", label: "read", figure: "diskReadBytesPerSecond", rank: 1 },
      { id: "written", label: "written", figure: "diskWrittenBytesPerSecond", rank: 2 },
    ],
    alone: { resources: ["readBytesPerSecond", "writtenBytesPerSecond"], label: "read + write" },
    least: 1e6,
    absent: "No disk is recorded here: the machine shows none, or its collector is off.",
  },
  {
    id: "network",
    title: "Network",
    unit: "bytesPerSecond",
    series: [
      { id: "received", label: "received", figure: "networkReceiveBytesPerSecond", rank: 1 },
      { id: "sent", label: "sent", figure: "networkTransmitBytesPerSecond", rank: 2 },
    ],
    least: 1e5,
    absent: "No network is recorded here: the machine shows no interface but the loopback, or its collector is off.",
  },
  {
    id: "pressure",
    title: "Pressure",
    unit: "ratio",
    series: [
      { id: "cpuPressure", label: "CPU", figure: "cpuPressureRatio", rank: 1 },
      { id: "ioPressure", label: "I/O", figure: "ioPressureRatio", rank: 2 },
      { id: "memoryPressure", label: "memory", figure: "memoryPressureRatio", rank: 3 },
    ],
    least: 0.1,
    most: 1,
    absent: "This machine's kernel tells no pressure (PSI).",
  },
];

/** The series that are off when nobody has said otherwise. */
export const hiddenAtFirst: readonly string[] = charts.flatMap(({ series }) =>
  series.filter((one) => one.hiddenAtFirst).map(({ id }) => id),
);

/** A series switched on or off. */
export function toggled(hidden: readonly string[], id: string): readonly string[] {
  return hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id];
}
