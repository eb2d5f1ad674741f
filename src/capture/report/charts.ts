/** The charts of the report: which there are, and what is in each. */

import type { GroupLabels } from "../../model/group.ts";
import type { SpikeResource } from "../../model/spike.ts";
import type { Figure } from "../../recorder/format/figures.ts";
import type { GroupSeries } from "../../recorder/ranges/thin.ts";
import type { CaptureFacts } from "../making/compose.ts";
import { type ChartLayer, type ChartLine, type ChartMarks, type ChartSpec, type ChartTime, renderChart } from "./chart.ts";
import { describeGroup } from "./groupText.ts";
import type { Html } from "./html.ts";
import type { ReportSeries } from "./series.ts";
import { palette, restColour } from "./style.ts";

const mostLayers = palette.length;
const leastCores = 0.01;
const [blue, orange, red] = palette;

/** All charts of which something is known. */
export function renderCharts(facts: CaptureFacts, series: ReportSeries): readonly Html[] {
  const { fromMs, stepMs, points } = series.grid;
  const time: ChartTime = { fromMs, toMs: fromMs + stepMs * points };
  return chartsOf(series).map(({ resource, ...spec }) => renderChart(spec, time, marksOf(facts, time, resource)));
}

function chartsOf(series: ReportSeries): readonly (ChartSpec & { readonly resource?: SpikeResource })[] {
  const { cores } = series;
  const line = (figure: Figure, name: string, colour: string) => lineOf(series, figure, name, colour);
  const level = cores === undefined ? {} : { reference: { name: `${cores} cores`, value: cores } };
  return [
    {
      id: "cpu",
      resource: "cpu",
      title: cores === undefined ? "CPU, in cores" : `CPU, in cores of ${cores}`,
      unit: "plain",
      wide: true,
      layers: cpuLayers(series.thinned.groups),
      lines: busyLine(series),
      mostTop: cores,
      ...level,
    },
    {
      id: "load",
      resource: "load",
      title: "Load",
      unit: "plain",
      lines: [
        ...line("load1", "1 min", blue),
        ...line("load5", "5 min", orange),
        ...line("uninterruptibleTasks", "tasks in uninterruptible sleep", red),
      ],
      ...level,
    },
    {
      id: "memory",
      resource: "memory",
      title: "Memory in use",
      unit: "percent",
      leastTop: 1,
      mostTop: 1,
      lines: line("memoryUsageRatio", "of all memory", blue),
    },
    {
      id: "disk",
      resource: "io",
      title: "Disks",
      unit: "bytesPerSecond",
      lines: [...line("diskReadBytesPerSecond", "read", blue), ...line("diskWrittenBytesPerSecond", "written", orange)],
    },
    {
      id: "pressure",
      resource: "pressure",
      title: "Pressure: share of time in which something waited",
      unit: "percent",
      leastTop: 0.1,
      mostTop: 1,
      lines: [
        ...line("cpuPressureRatio", "CPU", blue),
        ...line("memoryPressureRatio", "memory", red),
        ...line("ioPressureRatio", "I/O", orange),
      ],
    },
    {
      id: "network",
      title: "Network",
      unit: "bytesPerSecond",
      lines: [...line("networkReceiveBytesPerSecond", "received", blue), ...line("networkTransmitBytesPerSecond", "sent", orange)],
    },
  ];
}

/** The largest groups each in its colour, all others as one; they add up to what was busy. */
function cpuLayers(groups: readonly GroupSeries[]): readonly ChartLayer[] {
  const known = groups.flatMap(({ usage, ...labels }) => {
    const mean = usage.cpuCores?.mean;
    return mean === undefined ? [] : [{ labels, mean, sum: mean.reduce<number>((total, value) => total + (value ?? 0), 0) }];
  });
  const named = known
    .filter(({ labels, sum, mean }) => isNamed(labels) && sum / mean.length >= leastCores)
    .sort((a, b) => b.sum - a.sum)
    .slice(0, mostLayers);
  const others = known.filter((one) => !named.includes(one));
  const rest = others[0]?.mean.map((_, point) => {
    const values = others.flatMap(({ mean }) => mean[point] ?? []);
    return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
  });
  return [
    ...named.map(({ labels, mean }, index) => ({ name: describeGroup(labels), colour: palette[index] ?? restColour, mean })),
    ...(rest === undefined ? [] : [{ name: "everything else", colour: restColour, mean: rest }]),
  ];
}

function isNamed({ kind }: GroupLabels): boolean {
  return kind !== "other" && kind !== "unattributed";
}

/** The highest busy second of each point: what a mean of some seconds hides. */
function busyLine({ thinned, cores }: ReportSeries): readonly ChartLine[] {
  const ratio = thinned.figures.cpuUsageRatio;
  if (ratio === undefined || cores === undefined) return [];
  const inCores = (value: number | undefined) => (value === undefined ? undefined : value * cores);
  return [
    {
      name: "all that was busy (thin: its highest second)",
      colour: "var(--ink)",
      mean: ratio.mean.map(inCores),
      peak: ratio.peak.map(inCores),
    },
  ];
}

function lineOf({ thinned }: ReportSeries, figure: Figure, name: string, colour: string): readonly ChartLine[] {
  const values = thinned.figures[figure];
  return values === undefined ? [] : [{ name, colour, mean: values.mean, peak: values.peak }];
}

function marksOf({ request, verdict }: CaptureFacts, time: ChartTime, resource: SpikeResource | undefined): ChartMarks {
  const spikes = (verdict?.spikes ?? []).filter((spike) => spike.resource === resource);
  return {
    onsetMs: request.onsetMs,
    askedMs: request.requestedAtMs,
    spikes: spikes.map(({ startMs, endMs = time.toMs }) => ({ fromMs: startMs, toMs: endMs })),
  };
}
