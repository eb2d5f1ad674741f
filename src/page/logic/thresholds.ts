/** The thresholds of triggers, as lines in the charts. Pure. */
import type { TriggerAnswer } from "../../api/tellingAnswers.ts";
import type { ChartName } from "../../model/figureKinds.ts";
import { hostFigures } from "../../model/hostFigures.ts";
import type { ChartId, ChartSpec } from "./charts.ts";

/** A horizontal line of a chart. */
export interface ThresholdLine {
  readonly value: number;
  readonly label: string;
  readonly firing: boolean;
  /** The machine's cores are no alarm. */
  readonly kind: "threshold" | "cores";
}

const chartOf: ReadonlyMap<string, ChartName> = new Map(
  hostFigures.flatMap(({ chart, trigger }) => (chart === undefined || trigger === undefined ? [] : [[trigger.metric, chart] as const])),
);

/** The lines of a chart: its triggers' thresholds, and for the load the cores. */
export function linesOf(chart: ChartId, triggers: readonly TriggerAnswer[], cores: number | undefined): readonly ThresholdLine[] {
  const lines = triggers.flatMap(({ name, metric, threshold, state }): readonly ThresholdLine[] => {
    const own: ChartId | ChartName | undefined = metric === "disk" ? "space" : chartOf.get(metric);
    if (threshold === null || own !== chart) return [];
    if (metric === "loadPerCore" && cores === undefined) return [];
    const value = metric === "loadPerCore" ? threshold * (cores ?? 1) : threshold;
    return [{ value, label: name, firing: state === "firing", kind: "threshold" }];
  });
  return chart === "load" && cores !== undefined
    ? [{ value: cores, label: `${cores} cores`, firing: false, kind: "cores" }, ...lines]
    : lines;
}

/** Where the value axis ends: above what is drawn, and above a threshold that is near. */
export function axisEnd(
  highest: number,
  spec: Pick<ChartSpec, "least" | "leastStacked" | "most">,
  lines: readonly ThresholdLine[],
  isStacked = false,
): number {
  const { most } = spec;
  const least = isStacked ? (spec.leastStacked ?? spec.least) : spec.least;
  const near = lines.filter(({ value }) => value <= Math.max(highest, least) * 2.5).map(({ value }) => value * 1.08);
  const end = Math.max(least, highest * 1.1, ...near);
  return most === undefined ? end : Math.min(most, Math.max(end, least));
}
