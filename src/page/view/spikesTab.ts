/** The list of spikes: when, of what, who. */
import { othersColour } from "../../model/groupColours.ts";
import type { Spike } from "../../model/spike.ts";
import { culpritKey, nameOfCulprit, partsOf, spikeWords } from "../logic/events.ts";
import type { Actions } from "./actions.ts";
import { fill, h } from "./dom.ts";
import { sentence } from "./headline.ts";
import type { Changed, Model, State } from "./model.ts";
import { type TabContent, touches } from "./tabs.ts";

const mostShown = 300;
const noneYet =
  "No spike yet. One begins when CPU, load, memory, disk I/O or pressure leaves its own baseline, or when the kernel kills for memory.";
const noneRecorded = "No spike is known of this recording. In a table (CSV) there is too little to look for them.";

/** Before somebody asks for all of them. */
const firstShown = 12;

/** Spikes, the newest first. */
export class SpikesTab implements TabContent {
  readonly element = h("div", { class: "tab-panel" });
  readonly #model: Model;
  readonly #actions: Actions;
  #shown = "";
  #isWhole = false;

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#actions = actions;
  }

  count({ spikes }: State): string {
    return spikes.length === 0 ? "" : String(spikes.length);
  }

  update({ spikes, host }: State, changed: Changed | undefined): void {
    if (!touches(changed, "spikes", "host", "revision")) return;
    const { colours } = this.#model.picture;
    const facts = spikes.slice(0, mostShown).map((spike) => {
      const { id, endMs, verdict, peak } = spike;
      const keys = [culpritKey(spike) ?? "", ...partsOf(spike).map(({ key }) => key)];
      return [id, endMs, verdict?.sentence, peak, ...keys.map((key) => colours.get(key))];
    });
    const text = JSON.stringify([host?.live, facts]);
    if (text === this.#shown) return;
    this.#shown = text;
    const sorted = [...spikes].sort((a, b) => b.startMs - a.startMs);
    const shown = sorted.slice(0, this.#isWhole ? mostShown : firstShown);
    const more = h(
      "button",
      { type: "button", class: "chip", hidden: this.#isWhole || shown.length === sorted.length, onclick: () => this.#showAll() },
      `Show ${Math.min(sorted.length, mostShown)}`,
    );
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.spike : undefined;
    fill(
      this.element,
      sorted.length === 0
        ? h("p", { class: "quiet" }, host?.live === false ? noneRecorded : noneYet)
        : h(
            "ol",
            { class: "spike-list" },
            shown.map((spike) => this.#item(spike)),
          ),
      more,
    );
    if (focused !== undefined)
      this.element.querySelector<HTMLElement>(`[data-spike="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  #showAll(): void {
    this.#isWhole = true;
    this.#shown = "";
    this.update(this.#model.state, undefined);
  }

  #item(spike: Spike): HTMLElement {
    const { id, startMs, endMs, verdict } = spike;
    const { times } = this.#model;
    const parts = partsOf(spike);
    return h(
      "li",
      { "data-lasting": endMs === undefined },
      h(
        "button",
        { type: "button", class: "spike-go", "data-spike": id, onclick: () => this.#actions.showSpike(spike) },
        h("span", { class: "spike-time", title: times.utc(startMs) }, times.moment(startMs, this.#model.nowMs)),
        h("span", { class: "spike-what" }, spikeWords(spike)),
        h("span", { class: "spike-who" }, this.#dot(culpritKey(spike)), nameOfCulprit(spike)),
      ),
      h("p", { class: "spike-sentence" }, sentence(verdict?.sentence ?? "Who it is will be known in a moment.")),
      parts.length === 0
        ? undefined
        : h(
            "p",
            { class: "spike-shares" },
            parts.map(({ key, text }) => h("span", {}, this.#dot(key), text)),
          ),
    );
  }

  /** In the colour of its group. */
  #dot(key: string | undefined): HTMLElement {
    const dot = h("span", { class: "dot", "aria-hidden": "true" });
    dot.style.setProperty("--own", this.#model.picture.colours.get(key ?? "") ?? othersColour);
    return dot;
  }
}
