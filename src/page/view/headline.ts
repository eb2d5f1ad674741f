/** The sentence that says who it was, and the banner of what fires. */
import { splitNames } from "../logic/format.ts";
import { type Headline, headlineNow, headlineOf } from "../logic/verdict.ts";
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
  readonly #banner = h("div", { class: "banner", role: "alert", hidden: true });
  readonly #box: HTMLElement;
  readonly #when = h("p", { class: "headline-when" });
  readonly #sentence = h("p", { class: "headline-sentence" });
  readonly #go: HTMLButtonElement;
  #shown = "";
  #spikeId: string | undefined;
  #bannerText = "";

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
      if (["spikes", "strained", "newest", "address", "range", "revision", "beat"].some((name) => changed.has(name as keyof State)))
        this.#update(state);
      if (changed.has("triggers")) this.#updateBanner(state, actions);
    });
  }

  #update({ spikes, strained, newest, address, range, link, host }: State): void {
    const { stretch, nowMs, times } = this.#model;
    if (host === undefined) return;
    const isPast = address.at !== undefined || range !== undefined || link.state === "recording";
    const headline: Headline = isPast
      ? headlineOf(spikes, stretch, address.at, times)
      : headlineNow(spikes, newest?.groups ?? [], nowMs, strained);
    const { mood, when, sentence: text, spikeId, others } = headline;
    set(this.#box, { "data-mood": mood });
    setText(this.#when, when);
    if (text !== this.#shown) fill(this.#sentence, sentence(text));
    this.#shown = text;
    this.#spikeId = spikeId;
    set(this.#go, { hidden: spikeId === undefined });
    setText(this.#go, others > 0 ? `Show it (and ${others} more)` : "Show it");
  }

  #updateBanner({ triggers, firings }: State, actions: Actions): void {
    const firing = triggers.filter(({ state }) => state === "firing");
    const reasons = firing.map(({ name }) => firings.find(({ trigger, endMs }) => trigger === name && endMs === undefined)?.reason ?? name);
    const text = reasons.join(" · ");
    if (text === this.#bannerText) return;
    this.#bannerText = text;
    set(this.#banner, { hidden: firing.length === 0 });
    const label = firing.length === 1 ? `Alert: ${firing[0]?.name ?? ""}` : `${firing.length} alerts`;
    fill(
      this.#banner,
      h("strong", {}, label),
      h("span", {}, text),
      h("button", { type: "button", class: "chip", onclick: () => actions.choose({ tab: "alerts" }) }, "Alerts"),
    );
  }
}
