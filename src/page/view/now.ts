/** The row of cards: big numbers, lines, and words when something is off; of now, or of the past that is looked at. */

import { type PoolUsage, poolsOf } from "../../model/pools.ts";
import { type CardSpec, cardSpecs, cardsCaption, cardsOf, fullestOf } from "../logic/cards.ts";
import { focusOf } from "../logic/focus.ts";
import { sparkPath } from "../logic/spark.ts";
import type { ReadingName } from "../logic/tell.ts";
import { h, set, setText, svg } from "./dom.ts";
import type { Model, State } from "./model.ts";

interface Tile {
  readonly element: HTMLElement;
  readonly value: HTMLElement;
  readonly unit: HTMLElement;
  readonly words: HTMLElement;
  readonly path: SVGPathElement;
}

const shownNames: readonly (keyof State)[] = ["newest", "host", "revision", "frame", "range", "address"];

/** The row of cards. */
export class Now {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #caption = h("p", { class: "now-caption", role: "status" });
  readonly #tiles: ReadonlyMap<ReadingName, Tile>;
  #pools: readonly Pick<PoolUsage, "mountpoint" | "usageRatio">[] | undefined;

  constructor(model: Model) {
    this.#model = model;
    this.#tiles = new Map(cardSpecs.map((spec) => [spec.name, makeTile(spec)]));
    this.element = h(
      "section",
      { "aria-label": "Readings" },
      this.#caption,
      h(
        "div",
        { class: "now" },
        [...this.#tiles.values()].map(({ element }) => element),
      ),
    );
    model.subscribe((state, changed) => {
      if (shownNames.some((name) => changed.has(name))) this.#update(state);
    });
  }

  #update({ newest, host, frame, range, address }: State): void {
    const { times, whole } = this.#model;
    // hovering passes: what is pinned is what is looked at
    const focus = focusOf(frame, range, address.at, times);
    // a line tells of file systems only when something about them has changed
    if (newest?.host.filesystems !== undefined) this.#pools = poolsOf(newest.host.filesystems);
    const fullest = fullestOf(this.#pools ?? host?.pools ?? []);
    const cards = cardsOf({ frame, focus, newest, whole, fullest });
    setText(this.#caption, cardsCaption(focus, times));
    set(this.element, { "data-past": focus.kind !== "now" });
    for (const [name, { element, value, unit, words, path }] of this.#tiles) {
      const card = cards[name];
      setText(value, card.value);
      setText(unit, card.unit);
      setText(words, card.words);
      set(element, { "data-mood": card.mood });
      set(path, { d: sparkPath(card.line, card.most, 100, 24) });
    }
  }
}

function makeTile({ title, name }: CardSpec): Tile {
  const [value, unit, words] = [
    h("span", { class: "tile-value" }, "–"),
    h("span", { class: "tile-unit" }),
    h("p", { class: "tile-words" }),
  ];
  const path = svg("path", { class: "spark-line" });
  const spark = svg("svg", { class: "spark", viewBox: "0 -1 100 26", preserveAspectRatio: "none", "aria-hidden": "true" }, path);
  const element = h(
    "div",
    { class: "tile", "data-reading": name, role: "group", "aria-label": title },
    h("h2", {}, title),
    h("p", { class: "tile-number" }, value, unit),
    spark,
    words,
  );
  return { element, value, unit, words, path };
}
