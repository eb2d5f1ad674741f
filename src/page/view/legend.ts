/** A chart's legend: what each line or layer is, its value under the cursor, and a switch. */

import { meanOf } from "../logic/alone.ts";
import { type ChartSpec, titleOf, type Whole } from "../logic/charts.ts";
import { formatValue } from "../logic/format.ts";
import type { Frame } from "../logic/frame.ts";
import type { Curve } from "../logic/space.ts";
import { summarise } from "../logic/track.ts";
import { arrange, fill, h, set, setText } from "./dom.ts";
import type { PaintedLayer } from "./paint.ts";

interface Entry {
  readonly button: HTMLButtonElement;
  readonly value: HTMLElement;
}

/** What a legend tells of. */
interface LegendContent {
  readonly frame: Frame;
  readonly hidden: readonly string[];
  /** Slots, both included: a single one, or a range. */
  readonly first: number;
  readonly last: number;
  readonly layers: readonly PaintedLayer[];
  readonly whole: Whole;
}

/** What can be done with it. */
interface LegendEvents {
  onToggle(id: string): void;
  onLayer(layer: PaintedLayer): void;
  onPoint(layer: PaintedLayer | undefined): void;
}

/** The title of a chart with the switches of its series. */
export class Legend {
  readonly element: HTMLElement;
  readonly #spec: ChartSpec;
  readonly #events: LegendEvents;
  readonly #title = h("h3");
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #layers = h("span", { class: "legend-layers" });
  readonly #layerEntries = new Map<string, Entry>();
  readonly #alone = h("span", { class: "legend-alone" });
  readonly #curves = h("span", { class: "legend-curves" });
  #shownCurves = "";

  constructor(spec: ChartSpec, events: LegendEvents) {
    this.#spec = spec;
    this.#events = events;
    this.#entries = new Map(
      spec.series.map(({ id, label, rank }) => {
        const value = h("span", { class: "legend-value" });
        const mark = h("span", { class: `mark rank-${rank}`, "aria-hidden": "true" });
        const button = h(
          "button",
          { type: "button", class: "legend-switch", "data-series": id, title: `Show or hide ${label}`, onclick: () => events.onToggle(id) },
          mark,
          h("span", {}, label),
          value,
        );
        return [id, { button, value }];
      }),
    );
    this.element = h(
      "div",
      { class: "legend" },
      this.#title,
      [...this.#entries.values()].map(({ button }) => button),
      this.#layers,
      this.#curves,
      this.#alone,
    );
  }

  /** Values of one slot; of several their mean, and of the whole machine the peak as well. */
  show({ frame, hidden, first, last, layers, whole }: LegendContent): void {
    const { series, unit } = this.#spec;
    setText(this.#title, titleOf(this.#spec, whole));
    const isSpan = last > first || frame.stepMs > 1000;
    for (const { id, figure } of series) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      const track = frame.figures.get(figure);
      const isOn = !hidden.includes(id);
      const { mean, peak } = track === undefined ? {} : summarise(track, frame.seconds, first, last);
      set(entry.button, { "aria-pressed": String(isOn) });
      const peakText = isSpan && peak !== undefined && series.length === 1 ? `, peak ${formatValue(peak, unit)}` : "";
      setText(entry.value, isOn ? `${isSpan && mean !== undefined ? "mean " : ""}${formatValue(mean, unit)}${peakText}` : "");
    }
    set(this.element, { "data-stacked": layers.length > 0 });
    arrange(
      this.#layers,
      layers.map((layer) => {
        const { button, value } = this.#layerEntry(layer);
        setText(value, formatValue(meanOf(layer.values, first, last), unit));
        set(button, { "data-faint": layer.isFaint });
        button.style.setProperty("--own", layer.colour);
        return button;
      }),
    );
    for (const key of this.#layerEntries.keys()) if (!layers.some((layer) => layer.key === key)) this.#layerEntries.delete(key);
  }

  /** Says which line is drawn alone, and its value. */
  showAlone(name: string | undefined, value: number | undefined, colour: string): void {
    const { alone, unit } = this.#spec;
    this.#alone.style.setProperty("--own", colour);
    if (name === undefined) fill(this.#alone);
    else if (alone === undefined) fill(this.#alone, h("span", { class: "quiet" }, "not known of single processes"));
    else
      fill(
        this.#alone,
        h("span", { class: "mark alone", "aria-hidden": "true" }),
        `${name} `,
        h("span", { class: "legend-value" }, formatValue(value, unit)),
      );
  }

  /** Lines that are known only with the data, each with its words, and a sentence behind them. */
  showCurves(curves: readonly Curve[], sentence: string): void {
    const shown = JSON.stringify([curves.map(({ key, colour, words }) => [key, colour, words]), sentence]);
    if (shown === this.#shownCurves) return;
    this.#shownCurves = shown;
    fill(
      this.#curves,
      curves.map(({ key, colour, words }) => {
        const dot = h("span", { class: "dot", "aria-hidden": "true" });
        dot.style.setProperty("--own", colour);
        return h(
          "span",
          { class: "legend-curve" },
          dot,
          h("span", { class: "curve-name", title: key }, key),
          h("span", { class: "legend-value" }, words),
        );
      }),
      sentence === "" ? undefined : h("span", { class: "curve-sentence quiet" }, sentence),
    );
  }

  #layerEntry(layer: PaintedLayer): Entry {
    let entry = this.#layerEntries.get(layer.key);
    if (entry === undefined) {
      const value = h("span", { class: "legend-value" });
      const button = h(
        "button",
        {
          type: "button",
          class: "layer-switch",
          title: layer.labels === undefined ? layer.name : `${layer.name}: pin it in all charts, or let it go`,
          onclick: () => this.#events.onLayer(layer),
          onmouseenter: () => this.#events.onPoint(layer),
          onmouseleave: () => this.#events.onPoint(undefined),
        },
        h("span", { class: "dot", "aria-hidden": "true" }),
        h("span", { class: "layer-name" }, layer.name),
        value,
      );
      entry = { button, value };
      this.#layerEntries.set(layer.key, entry);
    }
    return entry;
  }
}
