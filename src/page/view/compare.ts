/** What differs between two moments: a block for each resource, with a line for everybody who has part in it. */
import type { Address } from "../logic/address.ts";
import { blocksOf, type ComparedBlock, type ComparedRow, momentsText, usualWindowSeconds, windowSeconds } from "../logic/comparison.ts";
import type { Actions } from "./actions.ts";
import { cell, fill, h, set, setText } from "./dom.ts";
import { sentence } from "./headline.ts";
import type { Model, State } from "./model.ts";

/** The comparison; hidden while nothing is compared. */
export class Compare {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #words = h("p", { class: "compare-when", role: "status" });
  readonly #windows: ReadonlyMap<number, HTMLButtonElement>;
  readonly #body = h("div", { class: "compare-body" });
  #shown: State["comparison"];

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#windows = new Map(
      windowSeconds.map(([seconds, label]) => [
        seconds,
        h(
          "button",
          { type: "button", class: "chip", title: `Means of ${label} around each moment`, onclick: () => actions.compareBy(seconds) },
          label,
        ),
      ]),
    );
    const button = (label: string, title: string, act: () => void) =>
      h("button", { type: "button", class: "chip", title, onclick: act }, label);
    this.element = h(
      "section",
      { class: "compare", "aria-label": "Compare", hidden: true },
      h(
        "div",
        { class: "compare-head" },
        h("h2", {}, "Compare"),
        this.#words,
        h("div", { class: "chips", role: "group", "aria-label": "Window" }, [...this.#windows.values()]),
        button("Go to the other", "Pin the other moment (key x)", () => actions.swapCompared()),
        button("Close", "Compare no longer (Escape)", () => actions.compareWith(undefined)),
      ),
      this.#body,
    );
    model.subscribe((state, changed) => {
      if (changed.has("comparison") || changed.has("address")) this.#update(state);
    });
  }

  #update({ address, comparison }: State): void {
    const isOpen = isComparing(address);
    set(this.element, { hidden: !isOpen });
    if (!isOpen) return;
    for (const [seconds, button] of this.#windows)
      set(button, { "aria-pressed": String(seconds === (address.seconds ?? usualWindowSeconds)) });
    if (comparison === this.#shown) return;
    this.#shown = comparison;
    if (comparison === undefined || "problem" in comparison) {
      setText(this.#words, comparison?.problem ?? "Loading…");
      if (comparison !== undefined) fill(this.#body);
      return;
    }
    setText(this.#words, momentsText(comparison, this.#model.times));
    fill(this.#body, blocksOf(comparison).map(blockView));
  }
}

function isComparing({ at, with: other }: Address): boolean {
  return at !== undefined && other !== undefined;
}

function blockView({ key, sentence: text, rows }: ComparedBlock): HTMLElement {
  const heads = ["Who", "Change", "Before", "After", "Difference", "Share"];
  return h(
    "section",
    { class: "compare-block", "data-resource": key },
    h("h3", {}, sentence(text)),
    rows.length === 0
      ? undefined
      : h(
          "table",
          { class: "compare-table" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              heads.map((head, place) => h("th", { scope: "col", class: place > 1 ? "number" : undefined }, head)),
            ),
          ),
          h("tbody", {}, rows.map(rowView)),
        ),
  );
}

function rowView(row: ComparedRow): HTMLElement {
  const bar = h("span", { class: "compare-bar", "data-rise": row.isRise, "aria-hidden": "true" });
  bar.style.width = `${Math.max(2, Math.round(row.bar * 100))}%`;
  return h(
    "tr",
    { "data-remainder": row.isRemainder ? "true" : undefined },
    h(
      "th",
      { scope: "row" },
      h("span", { class: "compare-name" }, row.name),
      row.place === "" ? undefined : h("span", { class: "place" }, row.place),
      // where there is no room for their columns
      h("span", { class: "compare-span" }, `${row.earlier} → ${row.later}`),
    ),
    cell(
      "Change",
      { class: "compare-change" },
      row.change === "" ? "" : h("span", { class: "badge", "data-change": row.change }, row.change),
    ),
    cell("Before", { class: "number" }, row.earlier),
    cell("After", { class: "number" }, row.later),
    cell("Difference", { class: "number compare-difference" }, h("span", {}, row.difference), h("span", { class: "compare-track" }, bar)),
    cell("Share", { class: "number" }, row.share),
  );
}
