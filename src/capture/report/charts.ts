/** The charts of the report: which there are, and what is in each. */
import type { GroupLabels } from "../../model/group.ts";
import { type ChartName, chartOfSpike, recordedFigures } from "../../model/hostFigures.ts";
import type { GroupSeries } from "../../recorder/ranges/downsample.ts";
import type { CaptureFacts } from "../making/compose.ts";
import { type ChartLayer, type ChartLine, type ChartMarks, type ChartSpec, type ChartTime, renderChart } from "./chart.ts";
import { describeGroup } from "./groupText.ts";
import type { Html } from "./html.ts";
import type { ReportSeries } from "./series.ts";
import { palette, restColour } from "./style.ts";

const mostLayers = palette.length;
const leastCores = 0.01;

/** All charts of which something is known. */
export function renderCharts(facts: CaptureFacts, series: ReportSeries): readonly Html[] {
  const { fromMs, stepMs, points } = series.grid;
  const time: ChartTime = { fromMs, toMs: fromMs + stepMs * points };
  return chartsOf(series).map((spec) => renderChart(spec, time, marksOf(facts, time, spec.id)));
}

function chartsOf(series: ReportSeries): readonly ChartSpec[] {
  const { cores } = series;
  const lines = (chart: ChartName) => linesOf(series, chart);
  const level = cores === undefined ? {} : { reference: { name: `${cores} cores`, value: cores } };
  return [
    {
      id: "cpu",
      title: cores === undefined ? "CPU, in cores" : `CPU, in cores of ${cores}`,
      unit: "plain",
      wide: true,
      layers: cpuLayers(series.downsampled.groups),
      lines: busyLine(series),
      mostTop: cores,
      ...level,
    },
    {
      id: "load",
      title: "Load",
      unit: "plain",
      lines: lines("load"),
      ...level,
    },
    {
      id: "memory",
      title: "Memory in use",
      unit: "percent",
      leastTop: 1,
      mostTop: 1,
      lines: lines("memory"),
    },
    {
      id: "disk",
      title: "Disks",
      unit: "bytesPerSecond",
      lines: lines("disk"),
    },
    {
      id: "pressure",
      title: "Pressure: share of time in which something waited",
      unit: "percent",
      leastTop: 0.1,
      mostTop: 1,
      lines: lines("pressure"),
    },
    {
      id: "network",
      title: "Network",
      unit: "bytesPerSecond",
      lines: lines("network"),
    },
  ];
}

/** The largest groups, each in its own colour, and all others as one; they add up to the busy cores. */
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
function busyLine({ downsampled, cores }: ReportSeries): readonly ChartLine[] {
  const ratio = downsampled.figures.cpuUsageRatio;
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

function linesOf({ downsampled }: ReportSeries, wanted: ChartName): readonly ChartLine[] {
  return recordedFigures.flatMap(({ name: figure, chart, series }) => {
    const values = downsampled.figures[figure];
    if (chart !== wanted || series === undefined || series.hiddenAtFirst || values === undefined) return [];
    const { label, longLabel: name = label, rank } = series;
    return [{ name, colour: palette[rank - 1] ?? restColour, mean: values.mean, peak: values.peak }];
  });
}

function marksOf({ request, verdict }: CaptureFacts, time: ChartTime, chart: ChartName): ChartMarks {
  const spikes = (verdict?.spikes ?? []).filter((spike) => chartOfSpike.get(spike.resource) === chart);
  return {
    onsetMs: request.onsetMs,
    askedMs: request.requestedAtMs,
    spikes: spikes.map(({ startMs, endMs = time.toMs }) => ({ fromMs: startMs, toMs: endMs })),
  };
}
