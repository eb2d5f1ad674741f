/** The timeline: lane, charts and their legends, all on one stretch of time and with one cursor. */
import { aloneValues, findLine } from "../logic/alone.ts";
import { type ChartSpec, charts } from "../logic/charts.ts";
import { bandsOf, flagsOf } from "../logic/events.ts";
import { nameOf } from "../logic/format.ts";
import { linesOf } from "../logic/thresholds.ts";
import type { Actions } from "./actions.ts";
import { Chart, type ChartEvents } from "./chart.ts";
import { h, setText } from "./dom.ts";
import { Lane } from "./lane.ts";
import { Legend } from "./legend.ts";
import type { Changed, Model, State } from "./model.ts";
import { onThemeChange, readTheme } from "./theme.ts";

interface Panel {
  readonly spec: ChartSpec;
  readonly chart: Chart;
  readonly legend: Legend;
  readonly words: HTMLElement;
  readonly box: HTMLElement;
}

const dataNames: readonly (keyof State)[] = [
  "revision",
  "frame",
  "range",
  "hidden",
  "spikes",
  "archives",
  "firings",
  "triggers",
  "address",
  "host",
  "note",
];

/** Draws the timeline. */
export class Timeline {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #panels: readonly Panel[];
  readonly #lane: Lane;
  readonly #cursorWords = h("p", { class: "cursor-words", "aria-live": "off" });

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#lane = new Lane({
      onSpike: (id) => {
        const spike = model.state.spikes.find((one) => one.id === id);
        if (spike !== undefined) actions.showSpike(spike);
      },
      onFlag: ({ atMs, kind }) => {
        actions.showMoment(atMs);
        actions.choose({ tab: kind === "alert" ? "alerts" : "archives" });
      },
    });
    const events: ChartEvents = {
      onHover: (ms) => actions.hover(ms),
      onPin: (ms) => actions.pin(ms),
      onDrag: (fromMs, toMs) => actions.drag(fromMs, toMs),
      onBack: () => actions.back(),
    };
    const theme = readTheme();
    this.#panels = charts.map((spec, index) => {
      const withTime = index === charts.length - 1;
      const box = h("div", { class: withTime ? "plot with-time" : "plot" });
      const words = h("p", { class: "plot-words" });
      return {
        spec,
        box,
        words,
        legend: new Legend(spec, (id) => actions.toggleSeries(id)),
        chart: new Chart(box, spec, { events, times: model.times, withTime, theme }),
      };
    });
    this.element = h(
      "div",
      {
        class: "timeline",
        tabindex: "0",
        role: "application",
        "aria-label": "Timeline: left and right arrow move the cursor, question mark lists all keys",
      },
      this.#lane.element,
      this.#panels.map(({ spec, box, legend, words }) =>
        h(
          "section",
          { class: "panel", "aria-label": spec.title, "data-chart": spec.id },
          legend.element,
          h("div", { class: "plot-frame" }, box, words),
        ),
      ),
      this.#cursorWords,
    );
    model.subscribe((state, changed) => this.#update(state, changed));
    onThemeChange(() => {
      for (const { chart } of this.#panels) chart.setTheme(readTheme());
    });
    new ResizeObserver(() => this.#draw(model.state)).observe(this.element);
  }

  #update(state: State, changed: Changed): void {
    if (dataNames.some((name) => changed.has(name))) this.#draw(state);
    else if (changed.has("hoverMs")) this.#moveCursor(state);
  }

  #draw(state: State): void {
    const { stretch, nowMs, cores, memoryTotalBytes } = this.#model;
    const { frame, address, hidden, triggers, spikes, archives, firings } = state;
    const bands = bandsOf(spikes, stretch, nowMs, (stretch.toMs - stretch.fromMs) / this.#lane.plotPixels);
    this.#lane.show(
      bands,
      flagsOf(archives, firings, stretch),
      stretch,
      this.#model.times,
      new Map(spikes.map((spike) => [spike.id, spike])),
    );
    const line = findLine(frame, address.process);
    for (const { spec, chart, words } of this.#panels) {
      chart.show({
        ...{ frame, stretch, hidden },
        lines: linesOf(spec.id, triggers, cores),
        bands: bands.map((band) => ({ ...band, strong: band.chart === spec.id })),
        pinnedMs: address.at === undefined ? undefined : address.at + frame.stepMs / 2,
        alone: line === undefined ? undefined : aloneValues(spec, line.group, { cores, memoryBytes: memoryTotalBytes }),
      });
      setText(words, this.#whyBlank(state, spec));
    }
    this.#moveCursor(state);
  }

  /** Never a blank chart without a word. */
  #whyBlank({ frame, note, hidden, link }: State, { series, absent }: ChartSpec): string {
    if (series.every(({ id }) => hidden.includes(id))) return "All its lines are switched off.";
    if (frame.newestMs === undefined)
      return (
        note ??
        (link.state === "connecting"
          ? "Loading…"
          : link.state === "lost" || link.state === "loggedOut"
            ? "There was no connection since this page was opened."
            : "Waiting for the first second…")
      );
    return series.some(({ figure }) => frame.figures.has(figure)) ? "" : absent;
  }

  #moveCursor({ frame, hidden, hoverMs, address, range }: State): void {
    const { cursorMs, times } = this.#model;
    const newest = frame.newestMs;
    const [first, last] =
      cursorMs !== undefined
        ? [frame.slotOf(cursorMs), frame.slotOf(cursorMs)]
        : range !== undefined
          ? [0, frame.length - 1]
          : [frame.slotOf(newest ?? 0), frame.slotOf(newest ?? 0)];
    const line = findLine(frame, address.process);
    for (const { spec, chart, legend } of this.#panels) {
      chart.setCursor(hoverMs);
      legend.show(frame, hidden, first, last);
      const values =
        line === undefined
          ? undefined
          : aloneValues(spec, line.group, { cores: this.#model.cores, memoryBytes: this.#model.memoryTotalBytes });
      legend.showAlone(line === undefined ? undefined : nameOf(line.group.labels), meanOf(values, first, last));
    }
    setText(this.#cursorWords, cursorMs === undefined ? "" : `${times.moment(cursorMs)} local · ${times.utc(cursorMs)}`);
  }
}

function meanOf(values: readonly (number | null)[] | undefined, first: number, last: number): number | undefined {
  const known = values?.slice(Math.max(0, first), last + 1).filter((value) => value !== null) ?? [];
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
