/** A chart's legend: what each line is, its value under the cursor, and a switch. */
import type { ChartSpec } from "../logic/charts.ts";
import { formatValue } from "../logic/format.ts";
import type { Frame } from "../logic/frame.ts";
import { summarise } from "../logic/track.ts";
import { fill, h, set, setText } from "./dom.ts";

interface Entry {
  readonly button: HTMLButtonElement;
  readonly value: HTMLElement;
}

/** The title of a chart with the switches of its series. */
export class Legend {
  readonly element: HTMLElement;
  readonly #spec: ChartSpec;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #alone = h("span", { class: "legend-alone" });

  constructor(spec: ChartSpec, onToggle: (id: string) => void) {
    this.#spec = spec;
    this.#entries = new Map(
      spec.series.map(({ id, label, rank }) => {
        const value = h("span", { class: "legend-value" });
        const mark = h("span", { class: `mark rank-${rank}`, "aria-hidden": "true" });
        const button = h(
          "button",
          { type: "button", class: "legend-switch", "data-series": id, title: `Show or hide ${label}`, onclick: () => onToggle(id) },
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
      h("h3", {}, spec.title),
      [...this.#entries.values()].map(({ button }) => button),
      this.#alone,
    );
  }

  /** Values of the slots from `first` to `last`: a single one, or the mean of a range. */
  show(frame: Frame, hidden: readonly string[], first: number, last: number): void {
    for (const { id, figure } of this.#spec.series) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      const track = frame.figures.get(figure);
      const isOn = !hidden.includes(id);
      const { mean } = track === undefined ? {} : summarise(track, frame.seconds, first, last);
      set(entry.button, { "aria-pressed": String(isOn) });
      setText(entry.value, isOn ? formatValue(mean, this.#spec.unit) : "");
    }
  }

  /** Says which line is drawn alone, and its value. */
  showAlone(name: string | undefined, value: number | undefined): void {
    const { alone, unit } = this.#spec;
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
}
