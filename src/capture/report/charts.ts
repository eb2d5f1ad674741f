/** The charts of the report: which there are, and what is in each. */

import type { Html } from "../../html.ts";
import type { ChartName } from "../../model/figureKinds.ts";
import { groupColours, othersColour } from "../../model/groupColours.ts";
import { chartOfSpike, recordedFigures } from "../../model/hostFigures.ts";
import { bytesText } from "../../text.ts";
import type { CaptureFacts } from "../making/compose.ts";
import { type ChartLayer, type ChartLine, type ChartMarks, type ChartSpec, type ChartTime, renderChart } from "./chart.ts";
import { stackLayers } from "./layers.ts";
import type { ReportSeries } from "./series.ts";

/** Reads and writes have a chart each: their groups are stacked. */
type ReportChart = Exclude<ChartName, "disk"> | "reads" | "writes";

/** All charts of which something is known. */
export function renderCharts(facts: CaptureFacts, series: ReportSeries): readonly Html[] {
  const { fromMs, stepMs, points } = series.grid;
  const time: ChartTime = { fromMs, toMs: fromMs + stepMs * points };
  return chartsOf(series).map((spec) => renderChart(spec, time, marksOf(facts, time, spec.id)));
}

function chartsOf(series: ReportSeries): readonly (ChartSpec & { readonly id: ReportChart })[] {
  const { cores, memoryBytes } = series;
  const lines = (chart: ReportChart) => linesOf(series, chart);
  const [cpu = [], memory = [], reads = [], writes = []] = stacksOf(series);
  const level = cores === undefined ? {} : { reference: { name: `${cores} cores`, value: cores } };
  return [
    {
      id: "cpu",
      title: cores === undefined ? "CPU, in cores" : `CPU, in cores of ${cores}`,
      unit: "plain",
      wide: true,
      layers: cpu,
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
      title: memoryBytes === undefined ? "Memory in use" : `Memory in use, of ${bytesText(memoryBytes)}`,
      unit: "percent",
      leastTop: memory.length > 0 ? 0.1 : 1,
      mostTop: 1,
      layers: memory,
      lines: total(lines("memory"), memory),
    },
    {
      id: "reads",
      title: "Disk reads",
      unit: "bytesPerSecond",
      layers: reads,
      lines: total(lines("reads"), reads),
    },
    {
      id: "writes",
      title: "Disk writes",
      unit: "bytesPerSecond",
      layers: writes,
      lines: total(lines("writes"), writes),
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

/** Who made up CPU, memory, reads and writes. */
function stacksOf({ downsampled, cores, memoryBytes }: ReportSeries): ReturnType<typeof stackLayers> {
  const { cpuUsageRatio, memoryUsageRatio, diskReadBytesPerSecond, diskWrittenBytesPerSecond } = downsampled.figures;
  const inCores = cores === undefined ? undefined : cpuUsageRatio?.mean.map((value) => (value === undefined ? undefined : value * cores));
  const stacks = stackLayers(downsampled.groups, [
    { resource: "cpuCores", divisor: 1, used: inCores },
    { resource: "residentBytes", divisor: memoryBytes ?? 1, used: memoryUsageRatio?.mean },
    { resource: "readBytesPerSecond", divisor: 1, used: diskReadBytesPerSecond?.mean },
    { resource: "writtenBytesPerSecond", divisor: 1, used: diskWrittenBytesPerSecond?.mean },
  ]);
  return memoryBytes === undefined ? stacks.map((layers, index) => (index === 1 ? [] : layers)) : stacks;
}

/** Over layers the machine's own line is in the colour of the text. */
function total(lines: readonly ChartLine[], layers: readonly ChartLayer[]): readonly ChartLine[] {
  return layers.length === 0 ? lines : lines.map((line) => ({ ...line, name: `${line.name}, the whole machine`, colour: "var(--ink)" }));
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

function linesOf({ downsampled }: ReportSeries, wanted: ReportChart): readonly ChartLine[] {
  return recordedFigures.flatMap(({ name: figure, chart, series }) => {
    const values = downsampled.figures[figure];
    const own = chart !== "disk" ? chart : figure === "diskReadBytesPerSecond" ? "reads" : "writes";
    if (own !== wanted || series === undefined || series.hiddenAtFirst || values === undefined) return [];
    const { label, longLabel: name = label, rank } = series;
    return [{ name, colour: groupColours[rank - 1] ?? othersColour, mean: values.mean, peak: values.peak }];
  });
}

function marksOf({ request, verdict }: CaptureFacts, time: ChartTime, chart: ReportChart): ChartMarks {
  const spikes = (verdict?.spikes ?? []).filter(({ resource, aspect }) => {
    if (resource === "io") return chart === (aspect ?? "writes");
    return chartOfSpike.get(resource) === chart;
  });
  return {
    onsetMs: request.onsetMs,
    askedMs: request.requestedAtMs,
    spikes: spikes.map(({ startMs, endMs = time.toMs }) => ({ fromMs: startMs, toMs: endMs })),
  };
}
