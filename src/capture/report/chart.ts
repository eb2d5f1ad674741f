/** One chart: a drawing that stretches, with its words beside it, so that they are readable at any width. */
import { Html } from "../../html.ts";
import { html, shortened } from "./html.ts";
import { areasBetween, highestOf, linesOf, plotHeight, plotWidth, stacked, type Values } from "./plot.ts";
import { roundTop, type ScaleUnit, timeOfDay, valueText } from "./scale.ts";

/** A line, with the highest seconds above it. */
export interface ChartLine {
  readonly name: string;
  readonly colour: string;
  readonly mean: Values;
  readonly peak?: Values;
}

/** A layer of a stack. */
export interface ChartLayer {
  readonly name: string;
  readonly colour: string;
  readonly mean: Values;
}

/** A moment or a stretch that is shown in it. */
export interface ChartMarks {
  readonly onsetMs: number;
  readonly askedMs: number;
  readonly spikes: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** What is drawn. */
export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: ScaleUnit;
  readonly wide?: boolean;
  readonly layers?: readonly ChartLayer[];
  readonly lines: readonly ChartLine[];
  /** The axis ends here or further up. */
  readonly leastTop?: number;
  /** More is not possible: an axis that comes near to it ends there. */
  readonly mostTop?: number | undefined;
  /** A level worth seeing: the number of cores. */
  readonly reference?: { readonly name: string; readonly value: number };
}

/** The time that all charts share. */
export interface ChartTime {
  readonly fromMs: number;
  readonly toMs: number;
}

const longestName = 60;

/** Draws it; nothing where nothing is known. */
export function renderChart(spec: ChartSpec, time: ChartTime, marks: ChartMarks): Html {
  const layers = spec.layers ?? [];
  const sums = stacked(layers.map(({ mean }) => mean));
  const highest = highestOf([...sums, ...spec.lines.flatMap(({ mean, peak }) => (peak === undefined ? [mean] : [mean, peak]))]);
  if (layers.length === 0 && spec.lines.every(({ mean }) => mean.every((value) => value === undefined))) return html``;
  const top = topOf(spec, highest);
  const areas = layers.flatMap(({ colour }, index) =>
    shapes("polygon", areasBetween(sums[index - 1] ?? [], sums[index] ?? [], top), "area", `fill:${colour}`),
  );
  const lines = spec.lines.map(
    ({ colour, mean, peak }) =>
      html`${shapes("polyline", linesOf(peak ?? [], top), "peak", `stroke:${colour}`)}${shapes("polyline", linesOf(mean, top), "mean", `stroke:${colour}`)}`,
  );
  return html`<figure class="${spec.wide ? "chart wide" : "chart"}" id="chart-${spec.id}">
<figcaption>${spec.title}<span>highest second: ${valueText(highest, spec.unit)}</span></figcaption>
<div class="plot"><svg viewBox="0 0 ${plotWidth} ${plotHeight}" preserveAspectRatio="none" role="img" aria-label="${spec.title}">
${renderSpikes(time, marks)}<path class="grid" d="M0 0H${plotWidth}M0 ${plotHeight / 2}H${plotWidth}M0 ${plotHeight}H${plotWidth}"/>
${areas}${reference(spec, top)}${lines}${momentLine("onset", marks.onsetMs, time)}${momentLine("asked", marks.askedMs, time)}
</svg>${labels(spec.unit, top, time)}</div>
<ul class="legend">${[...layers, ...spec.lines].map(legendItem)}</ul>
</figure>
`;
}

function topOf({ leastTop = 0, mostTop = 0 }: ChartSpec, highest: number): number {
  const top = roundTop(Math.max(highest, leastTop));
  // the clocks of one tick may disagree by a little
  return highest <= mostTop * 1.05 && top > mostTop / 2 ? mostTop : top;
}

function shapes(element: "polygon" | "polyline", all: readonly string[], name: string, look: string): readonly Html[] {
  return all.map((points) => html`<${new Html(element)} class="${name}" style="${look}" points="${points}"/>`);
}

function renderSpikes(time: ChartTime, { spikes }: ChartMarks): readonly Html[] {
  return spikes.map(({ fromMs, toMs }) => {
    const x = placeOf(fromMs, time);
    return html`<rect class="spike" x="${x}" y="0" width="${Math.max(1, round(placeOf(toMs, time) - x))}" height="${plotHeight}"/>`;
  });
}

function momentLine(name: "onset" | "asked", ms: number, time: ChartTime): Html {
  if (ms < time.fromMs || ms > time.toMs) return html``;
  const x = placeOf(ms, time);
  return html`<line class="${name}" x1="${x}" x2="${x}" y1="0" y2="${plotHeight}"/>`;
}

function reference({ reference: level }: ChartSpec, top: number): Html {
  if (level === undefined || level.value > top) return html``;
  const y = round(plotHeight * (1 - level.value / top));
  return html`<line class="reference" x1="0" x2="${plotWidth}" y1="${y}" y2="${y}"><title>${level.name}</title></line>`;
}

function labels(unit: ScaleUnit, top: number, { fromMs, toMs }: ChartTime): readonly Html[] {
  const heights = [1, 0.5, 0].map(
    (share) => html`<span class="y" style="top:${(1 - share) * 100}%">${valueText(top * share, unit)}</span>`,
  );
  const times = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const name = share === 0 ? "x first" : share === 1 ? "x last" : share === 0.5 ? "x" : "x inner";
    return html`<span class="${name}" style="left:${share * 100}%">${timeOfDay(fromMs + (toMs - fromMs) * share)}</span>`;
  });
  return [...heights, ...times];
}

function legendItem({ name, colour }: ChartLayer): Html {
  return html`<li><span class="swatch" style="background:${colour}"></span>${shortened(name, longestName)}</li>`;
}

/** Where a moment stands in the drawing. */
function placeOf(ms: number, { fromMs, toMs }: ChartTime): number {
  return round(Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs))) * plotWidth);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
