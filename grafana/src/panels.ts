/** Panels as this kit has them: a description, a unit and a place each, and nothing that only one theme can show. */

import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { fieldLinks, livePage, livePageOfProcess } from "./links.ts";
import { withPage } from "./promql.ts";
import { decimalsOf } from "./units.ts";
import { source } from "./variables.ts";

/** A query. A range of values unless it is for a table or a single number. */
export interface Target {
  readonly expr: string;
  readonly legend?: string;
  readonly kind?: "range" | "table" | "instant";
  /** Where it is another than the panel's. */
  readonly unit?: string;
  /** Drawn downwards: what goes out under what comes in. */
  readonly below?: boolean;
  /** Drawn as a dashed line: a limit, not a figure. */
  readonly limit?: boolean;
}

/** What every panel has. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly targets: readonly Target[];
  /** What is said where there is nothing to show. */
  readonly noValue?: string;
  /** Of 24. */
  readonly span: number;
  readonly height?: number;
}

/** What a panel says that has nothing to show and no words of its own for it. */
export const nothing = "nothing in this range";

/** Grafana's own colours by name: it knows how they look in both themes. */
export type Color = "green" | "yellow" | "orange" | "red" | "blue" | "purple" | "text";

/** From which value on which colour; the first is from the beginning. */
export type Steps = readonly (readonly [from: number | null, color: Color])[];

/** Shares: 75 % is a warning, 90 % is trouble, as the usual triggers have it. */
export const shareSteps: Steps = [
  [null, "green"],
  [0.75, "yellow"],
  [0.9, "red"],
];

/** Load on each core: 1 is as much as it can do. */
export const loadSteps: Steps = [
  [null, "green"],
  [0.75, "yellow"],
  [1, "red"],
];

/** What should not be there at all. */
export const noneSteps: Steps = [
  [null, "green"],
  [1, "red"],
];

/** As Grafana wants them. */
export function thresholds(steps: Steps): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps.map(([value, color]) => ({ value, color })));
}

/** The same queries, with what their links need. */
function linked(targets: readonly Target[]): readonly Target[] {
  return targets.map((target) => ({ ...target, expr: withPage(target.expr) }));
}

/** The queries of a panel, with their names A, B, C... */
export function queries(targets: readonly Target[]): DataqueryBuilder[] {
  return targets.map(({ expr, legend, kind = "range" }, index) => {
    const query = new DataqueryBuilder().refId(refId(index)).datasource(source).expr(expr);
    query.legendFormat(legend ?? "__auto");
    if (kind === "range") return query.range().format(PromQueryFormat.TimeSeries);
    return query.instant().format(kind === "table" ? PromQueryFormat.Table : PromQueryFormat.TimeSeries);
  });
}

/** The name of the n-th query. */
export function refId(index: number): string {
  return String.fromCharCode(65 + index);
}

/** How a graph differs from the usual one. */
export interface GraphSpec extends PanelSpec {
  readonly stacked?: boolean;
  readonly bars?: boolean;
  /** The highest value that makes sense. */
  readonly max?: number;
  readonly steps?: Steps;
  /** Its lines are processes: a click leads to the one that was clicked. */
  readonly ofProcesses?: boolean;
  readonly lowest?: number | "auto";
}

/**
 * A graph over time. All have an axis of the same width and the legend below, so that one moment is on one vertical line in all panels
 * of the same span.
 */
export function graph(spec: GraphSpec): Panel {
  const { title, description, unit, targets, span, height = 8, stacked = false, bars = false, lowest = 0 } = spec;
  const links = spec.ofProcesses ? [livePageOfProcess] : [livePage];
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(source)
    .targets(queries(linked(targets)))
    .noValue(spec.noValue ?? nothing)
    .interval("15s")
    .span(span)
    .height(height)
    .axisWidth(72)
    .lineWidth(1)
    .fillOpacity(stacked ? 60 : 10)
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineInterpolation(LineInterpolation.Linear)
    .showPoints(VisibilityMode.Auto)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(["mean", "max", "lastNotNull"])
        .sortBy("Mean")
        .sortDesc(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    // in the order of the palette: by name, two of the same shade come to lie upon each other
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .dataLinks(fieldLinks(links));
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"));
  if (lowest !== "auto") panel.min(lowest);
  if (spec.max !== undefined) panel.max(spec.max);
  setDecimals(panel, unit);
  if (spec.steps !== undefined)
    panel.thresholds(thresholds(spec.steps)).thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  for (const [index, target] of targets.entries()) {
    const properties = targetProperties(target);
    if (properties.length > 0) panel.overrideByQuery(refId(index), properties);
  }
  return panel.build();
}

function setDecimals(panel: { decimals(count: number): unknown }, unit: string): void {
  const decimals = decimalsOf(unit);
  if (decimals !== undefined) panel.decimals(decimals);
}

function targetProperties({ unit, below, limit }: Target): { id: string; value: unknown }[] {
  return [
    ...(unit === undefined ? [] : [{ id: "unit", value: unit }, ...decimalsProperty(unit)]),
    ...(below ? [{ id: "custom.transform", value: "negative-Y" }] : []),
    ...(limit
      ? [
          { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 8] } },
          { id: "custom.fillOpacity", value: 0 },
          { id: "custom.stacking", value: { mode: "none", group: "limit" } },
          { id: "color", value: { mode: "fixed", fixedColor: "red" } },
        ]
      : []),
  ];
}

/** Of an override that has a unit of its own. */
export function decimalsProperty(unit: string): { id: string; value: unknown }[] {
  const decimals = decimalsOf(unit);
  return decimals === undefined ? [] : [{ id: "decimals", value: decimals }];
}

/** A number that says how it is now. */
export function number(spec: PanelSpec & { readonly steps: Steps }): Panel {
  const { title, description, unit, targets, span, height = 4, steps } = spec;
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(source)
    .targets(queries(targets))
    .noValue(spec.noValue ?? "–")
    .interval("15s")
    .span(span)
    .height(height)
    .colorMode(BigValueColorMode.Value)
    .graphMode(targets.every(({ kind }) => kind === "instant") ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false))
    .thresholds(thresholds(steps));
  setDecimals(panel, unit);
  return panel.build();
}

/** Room for the name of a collector or trigger, and that of a host. */
const timelineLabelPixels = 240;

/** What was on and what was off, over time. `on` and `off` are how 1 and 0 are called. */
export function states(spec: PanelSpec & { readonly on: readonly [string, Color]; readonly off: readonly [string, Color] }): Panel {
  const { title, description, unit, targets, span, height = 8, on, off } = spec;
  const panel = new StateTimelineBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(source)
    .targets(queries(linked(targets)))
    .noValue(spec.noValue ?? nothing)
    .interval("15s")
    .span(span)
    .height(height)
    // left to itself, Grafana cuts the names of the lines
    .axisWidth(timelineLabelPixels)
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single))
    .mappings([
      {
        type: MappingType.ValueToText,
        options: { 0: { text: off[0], color: off[1], index: 0 }, 1: { text: on[0], color: on[1], index: 1 } },
      },
    ])
    .thresholds(
      thresholds([
        [null, off[1]],
        [1, on[1]],
      ]),
    )
    .dataLinks(fieldLinks([livePage]));
  setDecimals(panel, unit);
  return panel.build();
}
