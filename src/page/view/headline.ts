/** The sentence that says who it was, and the banner of what fires. */
import { bannerOf } from "../logic/banner.ts";
import { strainTexts } from "../logic/cards.ts";
import { focusOf } from "../logic/focus.ts";
import { splitNames } from "../logic/format.ts";
import { headlineFor } from "../logic/verdict.ts";
import type { Actions } from "./actions.ts";
import { fill, h, set, setText } from "./dom.ts";
import type { Model, State } from "./model.ts";

/** A sentence whose names are set apart. */
export function sentence(text: string): readonly Node[] {
  return splitNames(text).map(({ text: part, isName }) => (isName ? h("strong", { class: "name" }, part) : document.createTextNode(part)));
}

/** Banner and sentence. */
export class HeadlineView {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #banner = h("div", { class: "banner", hidden: true });
  /** Said when it comes; the figures behind it change all the time. */
  readonly #bannerTitle = h("strong", { role: "alert" });
  readonly #bannerText = h("span");
  readonly #box: HTMLElement;
  readonly #when = h("p", { class: "headline-when" });
  readonly #sentence = h("p", { class: "headline-sentence" });
  readonly #go: HTMLButtonElement;
  #shown = "";
  #spikeId: string | undefined;

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#go = h("button", {
      type: "button",
      class: "chip",
      onclick: () => {
        const spike = model.state.spikes.find(({ id }) => id === this.#spikeId);
        if (spike !== undefined) actions.showSpike(spike);
      },
    });
    this.#box = h("section", { class: "headline", "aria-label": "Verdict" }, this.#when, this.#sentence, this.#go);
    this.element = h("div", {}, this.#banner, this.#box);
    model.subscribe((state, changed) => {
      if (
        ["spikes", "strained", "newest", "address", "range", "revision", "beat", "areSpikesKnown"].some((name) =>
          changed.has(name as keyof State),
        )
      )
        this.#update(state);
      if (changed.has("triggers") || changed.has("firings") || changed.has("beat")) this.#updateBanner(state, actions);
    });
  }

  #update({ spikes, areSpikesKnown, strained, newest, address, range, link, host, frame }: State): void {
    const { stretch, nowMs, times, whole } = this.#model;
    if (host === undefined) return;
    const isPast = address.at !== undefined || range !== undefined || link.state === "recording";
    const focus = focusOf(frame, range, address.at, times);
    const {
      mood,
      when,
      sentence: text,
      spikeId,
      others,
    } = headlineFor(
      {
        spikes: areSpikesKnown ? spikes : undefined,
        groups: newest?.groups ?? [],
        strained,
        isPast,
        pastStrains: isPast && focus.kind !== "now" ? strainTexts({ frame, focus, newest: undefined, whole }) : [],
        stretch,
        atMs: address.at,
        nowMs,
      },
      times,
    );
    set(this.#box, { "data-mood": mood });
    setText(this.#when, when);
    if (text !== this.#shown) fill(this.#sentence, sentence(text));
    this.#shown = text;
    this.#spikeId = spikeId;
    set(this.#go, { hidden: spikeId === undefined });
    setText(this.#go, others > 0 ? `Show it (and ${others} more)` : "Show it");
  }

  #updateBanner({ triggers, firings }: State, actions: Actions): void {
    const banner = bannerOf(triggers, firings, this.#model.nowMs);
    set(this.#banner, { hidden: banner === undefined });
    if (banner === undefined) return;
    if (this.#banner.childElementCount === 0) {
      const button = h("button", { type: "button", class: "chip", onclick: () => actions.showTab("alerts") }, "Alerts");
      fill(this.#banner, this.#bannerTitle, this.#bannerText, button);
    }
    setText(this.#bannerTitle, banner.title);
    setText(this.#bannerText, banner.text);
  }
}
