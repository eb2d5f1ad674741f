/** One chart: uPlot with our axes, cursor, bands and lines. */
import uPlot from "uplot";
import { defined } from "../../model/defined.ts";
import type { ChartSpec } from "../logic/charts.ts";
import { formatTick, type Times } from "../logic/format.ts";
import type { Frame } from "../logic/frame.ts";
import type { Curve } from "../logic/space.ts";
import { highestOf, type Layer, layerAt } from "../logic/stack.ts";
import { axisEnd } from "../logic/thresholds.ts";
import { tickLabels } from "../logic/ticks.ts";
import { type Overlay, paintBehind, paintLayers, paintOver } from "./paint.ts";
import type { Theme } from "./theme.ts";

/** The room of the value axis, the same in all charts, so that moments stand below each other. */
export const axisWidth = 62;
/** And at their right end. */
export const rightMargin = 10;
const axisHeight = 26;

/** Where the mouse is. */
export interface ChartSpot {
  readonly ms: number;
  /** The group that is drawn there. */
  readonly layer: Layer | undefined;
  /** In pixels, from the top left of the plot. */
  readonly x: number;
  readonly y: number;
}

/** What a chart tells of the mouse. */
export interface ChartEvents {
  onHover(spot: ChartSpot | undefined): void;
  onPin(spot: ChartSpot): void;
  onDrag(fromMs: number, toMs: number): void;
  onBack(): void;
}

interface ChartContent extends Overlay {
  readonly frame: Frame;
  readonly hidden: readonly string[];
  /** Of the line that is drawn alone, with its colour. */
  readonly alone: { readonly values: readonly (number | null)[]; readonly colour: string } | undefined;
  /** Lines that are known only with the data. */
  readonly curves: readonly Curve[];
}

/** One chart of the timeline. */
export class Chart {
  readonly spec: ChartSpec;
  readonly #parent: HTMLElement;
  readonly #events: ChartEvents;
  readonly #times: Times;
  readonly #withTime: boolean;
  #theme: Theme;
  #plot: uPlot | undefined;
  #content: ChartContent | undefined;
  #shape = "";

  constructor(
    parent: HTMLElement,
    spec: ChartSpec,
    options: { readonly events: ChartEvents; readonly times: Times; readonly withTime: boolean; readonly theme: Theme },
  ) {
    this.#parent = parent;
    this.spec = spec;
    this.#events = options.events;
    this.#times = options.times;
    this.#withTime = options.withTime;
    this.#theme = options.theme;
  }

  show(content: ChartContent): void {
    this.#content = content;
    const width = this.#parent.clientWidth;
    if (width === 0) return;
    const height = this.#parent.clientHeight;
    // uPlot cannot add a fill to a series later on: what changes the shape makes the plot anew
    const hidden = content.hidden.filter((id) => this.spec.series.some((one) => one.id === id)).join();
    const shape = `${hidden} ${content.alone?.colour} ${content.frame.stepMs > 1000} ${content.layers.length > 0} ${content.curves.map(({ key, colour }) => key + colour).join()}`;
    if (this.#plot === undefined || shape !== this.#shape) {
      this.#plot?.destroy();
      this.#shape = shape;
      this.#plot = new uPlot(this.#options(width, height, content), this.#data(content), this.#parent);
      return;
    }
    if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
    this.#plot.setData(this.#data(content));
  }

  /** Puts the cursor line at a moment; undefined hides it. */
  setCursor(ms: number | undefined): void {
    const plot = this.#plot;
    if (plot === undefined) return;
    const left = ms === undefined ? -10 : plot.valToPos(ms, "x");
    plot.setCursor({ left, top: left < 0 ? -10 : 4 }, false);
  }

  /** Draws it again though no value has changed: another group is pointed at. */
  repaint(layers: ChartContent["layers"]): void {
    if (this.#content === undefined) return;
    this.#content = { ...this.#content, layers };
    this.#plot?.redraw(false, false);
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#shape = "";
    if (this.#content !== undefined) this.show(this.#content);
  }

  #data({ frame, alone, curves }: ChartContent): uPlot.AlignedData {
    const nothing = new Array<number | null>(frame.length).fill(null);
    const values = this.spec.series.flatMap(({ figure }) => {
      const track = frame.figures.get(figure);
      return [track?.mean ?? nothing, frame.stepMs > 1000 ? (track?.peak ?? nothing) : nothing];
    });
    const others = [alone?.values ?? nothing, ...curves.map((curve) => curve.values)] as (number | null)[][];
    return [frame.times, ...values, ...others];
  }

  #options(width: number, height: number, content: ChartContent): uPlot.Options {
    const theme = this.#theme;
    const current = () => this.#content ?? content;
    const { spec } = this;
    const isThinned = content.frame.stepMs > 1000;
    const isAlone = content.alone !== undefined;
    const isStacked = content.layers.length > 0;
    const series = spec.series.flatMap(({ id, rank }, index): uPlot.Series[] => {
      const show = !content.hidden.includes(id);
      const stroke = isStacked ? theme.ink : (theme.series[rank - 1] ?? theme.ink);
      const line: uPlot.Series = defined({
        show,
        stroke,
        width: isStacked ? 1 : rank === 1 ? 1.6 : 1.3,
        points: { show: false },
        alpha: isAlone ? 0.45 : 1,
        dash: rank === 3 ? [4, 3] : undefined,
      });
      const peak: uPlot.Series = { show: show && isThinned, stroke, width: 0.8, alpha: 0.45, points: { show: false } };
      return [index === 0 && !isAlone && !isStacked ? { ...line, fill: `${stroke}22` } : line, peak];
    });
    const colour = content.alone?.colour ?? theme.accent;
    const alone: uPlot.Series = { show: isAlone, stroke: colour, fill: `${colour}22`, width: 1.8, points: { show: false } };
    return {
      width,
      height,
      ms: 1,
      padding: [8, rightMargin, this.#withTime ? 0 : 6, 0],
      legend: { show: false },
      series: [{}, ...series, alone, ...content.curves.map(({ colour: stroke }) => ({ stroke, width: 1.6, points: { show: false } }))],
      scales: {
        x: { time: true, range: () => [current().stretch.fromMs, current().stretch.toMs] },
        y: { range: (_plot, _min, max) => [0, this.#axisEnd(max ?? 0, current())] },
      },
      axes: [this.#timeAxis(theme), this.#valueAxis(theme)],
      cursor: {
        y: false,
        points: { show: true, size: 6 },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        bind: { dblclick: () => () => null },
      },
      hooks: {
        ready: [(plot) => this.#listen(plot)],
        setSelect: [(plot) => this.#select(plot)],
        drawClear: [(plot) => paintBehind(plot, current(), theme)],
        drawAxes: [(plot) => paintLayers(plot, current())],
        draw: [(plot) => paintOver(plot, current(), theme)],
      },
    };
  }

  #axisEnd(highest: number, { layers, lines }: ChartContent): number {
    return axisEnd(Math.max(highest, highestOf(layers)), this.spec, lines, layers.length > 0);
  }

  #timeAxis({ quiet, grid }: Theme): uPlot.Axis {
    const common = { stroke: quiet, grid: { stroke: grid, width: 1 }, ticks: { show: false }, space: 90 };
    if (!this.#withTime) return { ...common, size: 0, values: (_, splits) => splits.map(() => "") };
    return {
      ...common,
      size: axisHeight,
      font: "11px system-ui, sans-serif",
      values: (_, splits, __, ___, increment) => [...tickLabels(splits, increment, this.#times)],
    };
  }

  #valueAxis({ quiet, grid }: Theme): uPlot.Axis {
    return {
      stroke: quiet,
      grid: { stroke: grid, width: 1 },
      ticks: { show: false },
      size: axisWidth,
      gap: 6,
      space: 26,
      font: "11px system-ui, sans-serif",
      values: (_, splits) => splits.map((value) => formatTick(value, this.spec.unit)),
    };
  }

  #listen({ over }: uPlot): void {
    const spotAt = (event: MouseEvent): ChartSpot | undefined => {
      const plot = this.#plot;
      const content = this.#content;
      if (plot === undefined || content === undefined) return undefined;
      const { left, top } = over.getBoundingClientRect();
      const [x, y] = [event.clientX - left, event.clientY - top];
      const ms = plot.posToVal(x, "x");
      return { ms, x, y, layer: layerAt(content.layers, content.frame.slotOf(ms), plot.posToVal(y, "y")) };
    };
    over.addEventListener("mousemove", (event) => this.#events.onHover(spotAt(event)));
    over.addEventListener("mouseleave", () => this.#events.onHover(undefined));
    over.addEventListener("click", (event) => {
      const spot = spotAt(event);
      // the second click of two is the way back
      if (spot !== undefined && event.detail < 2) this.#events.onPin(spot);
    });
    over.addEventListener("dblclick", () => this.#events.onBack());
  }

  #select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.onDrag(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
  }
}
