/** One chart: uPlot with our axes, cursor, bands and lines. */
import uPlot from "uplot";
import { defined } from "../../model/defined.ts";
import type { ChartSpec } from "../logic/charts.ts";
import { formatTick, type Times } from "../logic/format.ts";
import type { Frame } from "../logic/frame.ts";
import type { Stretch } from "../logic/range.ts";
import { axisEnd, type ThresholdLine } from "../logic/thresholds.ts";
import { tickLabels } from "../logic/ticks.ts";
import { type Overlay, paintBehind, paintOver } from "./paint.ts";
import type { Theme } from "./theme.ts";

/** The room of the value axis, the same in all charts, so that moments stand below each other. */
export const axisWidth = 62;
/** And at their right end. */
export const rightMargin = 10;
const axisHeight = 26;

/** What a chart tells of the mouse. */
export interface ChartEvents {
  onHover(ms: number | undefined): void;
  onPin(ms: number): void;
  onDrag(fromMs: number, toMs: number): void;
  onBack(): void;
}

/** What a chart shows. */
interface ChartContent extends Overlay {
  readonly frame: Frame;
  readonly stretch: Stretch;
  readonly hidden: readonly string[];
  readonly lines: readonly ThresholdLine[];
  /** Of the line that is drawn alone. */
  readonly alone: readonly (number | null)[] | undefined;
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
    const shape = `${content.hidden.filter((id) => this.spec.series.some((one) => one.id === id)).join()} ${content.alone !== undefined} ${content.frame.stepMs > 1000}`;
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

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#shape = "";
    if (this.#content !== undefined) this.show(this.#content);
  }

  #data({ frame, alone }: ChartContent): uPlot.AlignedData {
    const nothing = new Array<number | null>(frame.length).fill(null);
    const values = this.spec.series.flatMap(({ figure }) => {
      const track = frame.figures.get(figure);
      return [track?.mean ?? nothing, frame.stepMs > 1000 ? (track?.peak ?? nothing) : nothing];
    });
    return [frame.times, ...values, (alone ?? nothing) as (number | null)[]];
  }

  #options(width: number, height: number, content: ChartContent): uPlot.Options {
    const theme = this.#theme;
    const current = () => this.#content ?? content;
    const { spec } = this;
    const isThinned = content.frame.stepMs > 1000;
    const isAlone = content.alone !== undefined;
    const series = spec.series.flatMap(({ id, rank }, index): uPlot.Series[] => {
      const show = !content.hidden.includes(id);
      const stroke = theme.series[rank - 1] ?? theme.ink;
      const line: uPlot.Series = defined({
        show,
        stroke,
        width: rank === 1 ? 1.6 : 1.3,
        points: { show: false },
        alpha: isAlone ? 0.45 : 1,
        dash: rank === 3 ? [4, 3] : undefined,
      });
      const peak: uPlot.Series = { show: show && isThinned, stroke, width: 0.8, alpha: 0.45, points: { show: false } };
      return [index === 0 && !isAlone ? { ...line, fill: `${stroke}22` } : line, peak];
    });
    const alone: uPlot.Series = { show: isAlone, stroke: theme.accent, fill: theme.accentSoft, width: 1.6, points: { show: false } };
    return {
      width,
      height,
      ms: 1,
      padding: [8, rightMargin, this.#withTime ? 0 : 6, 0],
      legend: { show: false },
      series: [{}, ...series, alone],
      scales: {
        x: { time: true, range: () => [current().stretch.fromMs, current().stretch.toMs] },
        y: { range: (_plot, _min, max) => [0, axisEnd(max ?? 0, spec, current().lines)] },
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
        draw: [(plot) => paintOver(plot, current(), theme)],
      },
    };
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
    const msAt = (event: MouseEvent): number | undefined => this.#plot?.posToVal(event.clientX - over.getBoundingClientRect().left, "x");
    over.addEventListener("mousemove", (event) => this.#events.onHover(msAt(event)));
    over.addEventListener("mouseleave", () => this.#events.onHover(undefined));
    over.addEventListener("click", (event) => {
      const ms = msAt(event);
      if (ms !== undefined) this.#events.onPin(ms);
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
