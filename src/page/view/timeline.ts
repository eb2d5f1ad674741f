/** The timeline: lane, charts and their legends, all on one stretch of time and with one cursor. */
import { othersColour } from "../../model/groupColours.ts";
import { processName } from "../logic/address.ts";
import { aloneValues, findLine, meanOf } from "../logic/alone.ts";
import { type ChartSpec, charts } from "../logic/charts.ts";
import { cursorSlots } from "../logic/focus.ts";
import { formatValue, nameOf } from "../logic/format.ts";
import { bandsOf, flagsOf, flagTarget, groupFlags } from "../logic/lane.ts";
import { whyBlank } from "../logic/notes.ts";
import { layerColour } from "../logic/picture.ts";
import { type Curve, curvesOf, writersText } from "../logic/space.ts";
import type { Layer } from "../logic/stack.ts";
import { linesOf } from "../logic/thresholds.ts";
import type { Actions } from "./actions.ts";
import { Chart, type ChartEvents, type ChartSpot } from "./chart.ts";
import { h, set, setText } from "./dom.ts";
import { Lane } from "./lane.ts";
import { Legend } from "./legend.ts";
import type { Changed, Model, State } from "./model.ts";
import type { PaintedLayer } from "./paint.ts";
import { onThemeChange, readTheme } from "./theme.ts";

interface Panel {
  readonly spec: ChartSpec;
  readonly chart: Chart;
  readonly legend: Legend;
  readonly words: HTMLElement;
  readonly tip: HTMLElement;
  readonly box: HTMLElement;
}

const dataNames: readonly (keyof State)[] = [
  ...([
    "revision",
    "frame",
    "range",
    "hidden",
    "spikes",
    "archives",
    "firings",
    "events",
    "triggers",
    "address",
    "host",
    "note",
    "isLoading",
    "hour",
  ] as const),
];

/** Draws the timeline. */
export class Timeline {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #actions: Actions;
  readonly #panels: readonly Panel[];
  readonly #lane: Lane;
  readonly #cursorWords = h("p", { class: "cursor-words", "aria-live": "off" });
  /** The key of the layer that is pointed at. */
  #pointed: string | undefined;

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#actions = actions;
    this.#lane = new Lane({
      onSpike: (id) => {
        const spike = model.state.spikes.find((one) => one.id === id);
        if (spike !== undefined) actions.showSpike(spike);
      },
      onFlags: (group) => {
        const target = flagTarget(group);
        if ("range" in target) actions.show(target.range);
        else actions.showMoment(target.atMs);
        if (group.kind !== "event") actions.showTab(group.kind === "alert" ? "alerts" : "archives");
      },
    });
    this.#panels = charts.map((spec, index) => this.#panel(spec, index === charts.length - 1));
    this.element = h(
      "div",
      {
        class: "timeline",
        tabindex: "0",
        role: "application",
        "aria-label": "Timeline: left and right arrow move the cursor, question mark lists all keys",
      },
      this.#lane.element,
      this.#panels.map(({ spec, box, legend, words, tip }) =>
        h(
          "section",
          { class: "panel", "aria-label": spec.title, "data-chart": spec.id },
          legend.element,
          h("div", { class: "plot-frame" }, box, words, tip),
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

  #panel(spec: ChartSpec, withTime: boolean): Panel {
    const actions = this.#actions;
    const tip = h("p", { class: "tip", hidden: true });
    const events: ChartEvents = {
      onHover: (spot) => {
        actions.hover(spot?.ms);
        this.#point(spot?.layer?.key);
        this.#showTip(tip, spec, spot);
      },
      onPin: ({ ms, layer }) => actions.pin(ms, layer?.labels === undefined ? undefined : processName(layer.labels)),
      onDrag: (fromMs, toMs) => actions.drag(fromMs, toMs),
      onBack: () => actions.back(),
    };
    const box = h("div", { class: `plot${withTime ? " with-time" : ""}${spec.stacked === undefined ? "" : " of-groups"}` });
    return {
      ...{ spec, box, tip, words: h("p", { class: "plot-words" }) },
      legend: new Legend(spec, {
        onToggle: (id) => actions.toggleSeries(id),
        onLayer: ({ labels }) => {
          if (labels !== undefined) actions.toggleProcess(processName(labels));
        },
        onPoint: (layer) => this.#point(layer?.key),
      }),
      chart: new Chart(box, spec, { events, times: this.#model.times, withTime, theme: readTheme() }),
    };
  }

  #update(state: State, changed: Changed): void {
    if (dataNames.some((name) => changed.has(name))) this.#draw(state);
    else if (changed.has("hoverMs")) this.#moveCursor(state);
  }

  #draw(state: State): void {
    const { stretch, nowMs, whole, drawn, picture, times } = this.#model;
    const { frame, address, hidden, triggers, spikes, archives, firings, events, isLoading } = state;
    const msPerPixel = (stretch.toMs - stretch.fromMs) / this.#lane.plotPixels;
    const bands = bandsOf(spikes, stretch, nowMs, { msPerPixel, widthOf: (name) => this.#lane.widthOf(name) });
    this.#lane.show(bands, groupFlags(flagsOf(archives, firings, events, stretch), msPerPixel), stretch, {
      times,
      spikes: new Map(spikes.map((spike) => [spike.id, spike])),
      colours: picture.colours,
    });
    const line = findLine(frame, address.process);
    const colour = picture.colours.get(line?.key ?? "") ?? othersColour;
    for (const { spec, chart, words } of this.#panels) {
      const layers = this.#layersOf(spec);
      const values = line === undefined || layers.length > 0 ? undefined : aloneValues(spec, line.group, whole);
      chart.show({
        ...{ frame, stretch, hidden, layers, isLoading },
        lines: linesOf(spec.id, triggers, whole.cores),
        bands: bands.map((band) => ({ ...band, strong: band.charts.includes(spec.id) })),
        pinnedMs: address.at === undefined ? undefined : address.at + frame.stepMs / 2,
        alone: values === undefined ? undefined : { values, colour },
        curves: this.#curvesOf(spec),
      });
      setText(words, whyBlank(spec, drawn, hidden, state.link));
    }
    this.#moveCursor(state);
  }

  #curvesOf({ ofMounts }: ChartSpec): readonly Curve[] {
    const { state, cursorMs } = this.#model;
    const { frame, hour, range } = state;
    return ofMounts === true ? curvesOf(frame, hour, cursorSlots(frame, range, cursorMs)) : [];
  }

  /** As they are painted; none where plain lines are wanted. */
  #layersOf(spec: ChartSpec): readonly PaintedLayer[] {
    const { picture, state } = this.#model;
    if (state.address.draw === "lines") return [];
    const layers = picture.layers.get(spec.id) ?? [];
    const strong = layers.find(({ key }) => key === this.#pointed)?.key ?? layers.find(({ key }) => key === picture.pinned)?.key;
    return layers.map((layer) => ({
      ...layer,
      colour: layerColour(layer, picture.colours),
      isFaint: strong !== undefined && layer.key !== strong,
    }));
  }

  /** A group is pointed at, in whichever chart: it stands out in all of them. */
  #point(key: string | undefined): void {
    if (key === this.#pointed) return;
    this.#pointed = key;
    for (const { spec, chart } of this.#panels) chart.repaint(this.#layersOf(spec));
    this.#moveCursor(this.#model.state);
  }

  #showTip(tip: HTMLElement, { unit }: ChartSpec, spot: ChartSpot | undefined): void {
    const layer: Layer | undefined = spot?.layer;
    set(tip, { hidden: layer === undefined });
    if (spot === undefined || layer === undefined) return;
    const value = layer.values[this.#model.state.frame.slotOf(spot.ms)];
    setText(tip, `${layer.name} ${formatValue(value, unit)}`);
    tip.style.setProperty("--own", layerColour(layer, this.#model.picture.colours));
    const width = tip.parentElement?.clientWidth ?? 0;
    const isRight = spot.x > width / 2;
    tip.style.left = isRight ? "" : `${spot.x + 76}px`;
    tip.style.right = isRight ? `${Math.max(0, width - spot.x - 48)}px` : "";
    tip.style.top = `${Math.max(0, spot.y - 24)}px`;
  }

  #moveCursor({ frame, hidden, hoverMs, address, range }: State): void {
    const { cursorMs, times, whole, picture } = this.#model;
    const { first, last } = cursorSlots(frame, range, cursorMs);
    const line = findLine(frame, address.process);
    const colour = picture.colours.get(line?.key ?? "") ?? othersColour;
    for (const { spec, chart, legend } of this.#panels) {
      const layers = this.#layersOf(spec);
      chart.setCursor(hoverMs);
      legend.show({ frame, hidden, first, last, layers, whole });
      legend.showCurves(this.#curvesOf(spec), spec.ofMounts === true ? writersText(this.#model.state.hour) : "");
      const isInLayers = layers.length > 0;
      const values = line === undefined || isInLayers ? undefined : aloneValues(spec, line.group, whole);
      legend.showAlone(line === undefined || isInLayers ? undefined : nameOf(line.group.labels), meanOf(values, first, last), colour);
    }
    setText(this.#cursorWords, cursorMs === undefined ? "" : `${times.moment(cursorMs)} local · ${times.utc(cursorMs)}`);
  }
}
