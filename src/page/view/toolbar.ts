/** Above the timeline: which stretch is shown, the way to others, and the overview of the whole recording. */
import { durationText } from "../../text.ts";
import { stretchNotes } from "../logic/notes.ts";
import { draggedRange, type Stretch, shareOf } from "../logic/range.ts";
import { sparkArea, sparkPath, squeezed } from "../logic/spark.ts";
import type { Actions } from "./actions.ts";
import { h, set, setText, svg } from "./dom.ts";
import type { Model, State } from "./model.ts";

const presets: readonly (readonly [string, number])[] = [
  ["1 h", 3600],
  ["6 h", 6 * 3600],
  ["24 h", 86_400],
  ["7 d", 7 * 86_400],
  ["30 d", 30 * 86_400],
  ["1 y", 365 * 86_400],
];

/** The picker of ranges. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #label = h("p", { class: "stretch-label", role: "status" });
  readonly #note = h("p", { class: "stretch-note" });
  readonly #live: HTMLButtonElement;
  readonly #draws: ReadonlyMap<"stacked" | "lines", HTMLButtonElement>;
  readonly #from = h("input", { type: "datetime-local", step: "1", "aria-label": "From, local time" });
  readonly #to = h("input", { type: "datetime-local", step: "1", "aria-label": "To, local time" });
  readonly #mean = svg("path", { class: "overview-mean" });
  readonly #peak = svg("path", { class: "overview-peak" });
  readonly #brush = h("div", { class: "brush" });
  readonly #overview: HTMLElement;
  readonly #ends = [h("span"), h("span")] as const;

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#live = h("button", { type: "button", class: "chip", "data-action": "live", onclick: () => actions.goLive() }, "Live");
    const last = presets.map(([label, seconds]) =>
      h(
        "button",
        { type: "button", class: "chip", onclick: () => actions.show({ fromMs: model.nowMs - seconds * 1000, toMs: model.nowMs }) },
        label,
      ),
    );
    const draw = (name: "stacked" | "lines", label: string, hint: string) =>
      h("button", { type: "button", class: "chip", title: hint, "data-draw": name, onclick: () => actions.choose({ draw: name }) }, label);
    this.#draws = new Map([
      ["stacked", draw("stacked", "By group", "CPU, memory, reads and writes by who used them (key g)")],
      ["lines", draw("lines", "Lines", "The machine's figures as plain lines (key g)")],
    ]);
    const step = (label: string, sign: string, act: () => void) =>
      h("button", { type: "button", class: "chip sign", "aria-label": label, title: label, onclick: act }, sign);
    const form = h(
      "form",
      { class: "range-form", onsubmit: (event) => this.#submit(event, actions) },
      this.#from,
      h("span", { "aria-hidden": "true" }, "–"),
      this.#to,
      h("button", { class: "chip" }, "Show"),
    );
    const plot = svg("svg", { viewBox: "0 -2 500 30", preserveAspectRatio: "none", "aria-hidden": "true" }, this.#mean, this.#peak);
    this.#overview = h(
      "div",
      { class: "overview", title: "CPU over the whole recording, mean and peak: drag over it to choose a range" },
      plot,
      this.#brush,
    );
    this.element = h(
      "div",
      { class: "toolbar" },
      h(
        "div",
        { class: "toolbar-row" },
        this.#label,
        h("div", { class: "chips", role: "group", "aria-label": "Range" }, this.#live, last),
        h(
          "div",
          { class: "chips", role: "group", "aria-label": "Move" },
          step("Earlier", "‹", () => actions.shift(-0.5)),
          step("Later", "›", () => actions.shift(0.5)),
          step("Zoom in", "+", () => actions.zoom(0.5)),
          step("Zoom out", "−", () => actions.zoom(2)),
          h(
            "button",
            {
              type: "button",
              class: "chip",
              title: "The same time a week before (key w; W: a week later)",
              onclick: () => actions.week(-1),
            },
            "Last week",
          ),
        ),
        h("div", { class: "chips", role: "group", "aria-label": "Charts" }, [...this.#draws.values()]),
        h("details", { class: "picker" }, h("summary", { class: "chip" }, "Choose…"), form),
      ),
      this.#overview,
      h("div", { class: "overview-ends" }, this.#ends),
      this.#note,
    );
    this.#to.addEventListener("input", () => this.#to.setCustomValidity(""));
    this.#listen(actions);
    model.subscribe((state, changed) => {
      if (changed.has("overview") || changed.has("covered")) this.#drawOverview(state);
      if (["range", "revision", "note", "covered", "frame", "isLoading", "address"].some((name) => changed.has(name as keyof State)))
        this.#update(state);
    });
  }

  #update({ range, host, address }: State): void {
    const { stretch, times } = this.#model;
    const { fromMs, toMs } = stretch;
    const length = durationText((toMs - fromMs) / 1000);
    setText(
      this.#label,
      range === undefined ? `The last ${length}, live` : `${times.moment(fromMs)} – ${times.moment(toMs, fromMs)} (${length})`,
    );
    set(this.#label, { title: `${times.utc(fromMs)} – ${times.utc(toMs)}` });
    set(this.#live, { "aria-pressed": String(range === undefined), hidden: host?.live === false });
    setText(this.#note, stretchNotes(this.#model.drawn, times));
    for (const [name, button] of this.#draws) set(button, { "aria-pressed": String(name === address.draw) });
    this.#placeBrush(stretch);
  }

  #drawOverview({ overview, covered, host }: State): void {
    const cpu = overview?.figures.get("cpuUsageRatio");
    set(this.#mean, { d: cpu === undefined ? "" : sparkArea(squeezed(cpu.mean, 500), 1, 500, 28) });
    set(this.#peak, { d: cpu === undefined ? "" : sparkPath(squeezed(cpu.peak, 500), 1, 500, 28) });
    if (covered === undefined) return;
    const { times } = this.#model;
    const { secondsFromMs = null } = host ?? {};
    const seconds =
      secondsFromMs !== null && covered.fromMs < secondsFromMs - 60_000 ? `, by the second since ${times.moment(secondsFromMs)}` : "";
    setText(this.#ends[0], `recorded since ${times.moment(covered.fromMs)}${seconds}`);
    setText(this.#ends[1], times.moment(covered.toMs));
    this.#placeBrush(this.#model.stretch);
  }

  #placeBrush({ fromMs, toMs }: Stretch): void {
    const { overview } = this.#model.state;
    if (overview === undefined || overview.length === 0) return;
    const { start, end } = shareOf({ fromMs, toMs }, { fromMs: overview.fromMs, toMs: Math.max(overview.toMs, this.#model.nowMs) });
    this.#brush.style.left = `${start * 100}%`;
    this.#brush.style.width = `${Math.max(0.4, (end - start) * 100)}%`;
  }

  #listen(actions: Actions): void {
    let startMs: number | undefined;
    const msAt = (event: PointerEvent): number => {
      const { left, width } = this.#overview.getBoundingClientRect();
      const { overview } = this.#model.state;
      const fromMs = overview?.fromMs ?? this.#model.stretch.fromMs;
      const toMs = Math.max(overview?.toMs ?? 0, this.#model.nowMs);
      return fromMs + Math.min(1, Math.max(0, (event.clientX - left) / width)) * (toMs - fromMs);
    };
    this.#overview.addEventListener("pointerdown", (event) => {
      startMs = msAt(event);
      this.#overview.setPointerCapture(event.pointerId);
    });
    this.#overview.addEventListener("pointermove", (event) => {
      if (startMs !== undefined) this.#placeBrush(draggedRange(startMs, msAt(event)));
    });
    this.#overview.addEventListener("pointerup", (event) => {
      if (startMs === undefined) return;
      const endMs = msAt(event);
      const begunMs = startMs;
      startMs = undefined;
      const { stretch } = this.#model;
      const halfMs = (stretch.toMs - stretch.fromMs) / 2;
      // a click without a drag moves the stretch there
      if (Math.abs(endMs - begunMs) < 2000) actions.show(draggedRange(begunMs - halfMs, Math.min(begunMs + halfMs, this.#model.nowMs)));
      else actions.drag(begunMs, endMs);
    });
  }

  #submit(event: Event, actions: Actions): void {
    event.preventDefault();
    const [fromMs, toMs] = [Date.parse(this.#from.value), Date.parse(this.#to.value)];
    const isRange = fromMs < toMs;
    this.#to.setCustomValidity(isRange ? "" : "Expected two times, the first before the second.");
    if (isRange) actions.drag(fromMs, toMs);
    else this.#to.reportValidity();
  }
}
