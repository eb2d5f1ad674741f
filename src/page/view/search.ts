/** The search: a box, and what it found as strips on the range of the timeline. */
import { groupId } from "../../model/group.ts";
import { othersColour } from "../../model/groupColours.ts";
import type { ResourceKey } from "../../model/usage.ts";
import { listText } from "../../text.ts";
import { processName } from "../logic/address.ts";
import { nameOf, placeOf } from "../logic/format.ts";
import {
  type FoundRow,
  foundRows,
  foundSpikeWords,
  newestRan,
  ranWords,
  searchWords,
  stripKeys,
  stripPath,
  stripTitles,
  usageWords,
} from "../logic/search.ts";
import type { Actions } from "./actions.ts";
import { fill, h, set, setText, svg } from "./dom.ts";
import type { Model, State } from "./model.ts";
import { SearchSource } from "./searchSource.ts";

const stripWidth = 1000;
const stripHeight = 24;
const mostSpikes = 3;

/** The box and the results. */
export class SearchView {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #actions: Actions;
  readonly #input: HTMLInputElement;
  readonly #words = h("p", { class: "search-words", role: "status" });
  readonly #notes = h("p", { class: "search-notes" });
  readonly #keys: HTMLElement;
  readonly #list = h("ol", { class: "search-list" });
  readonly #clear: HTMLElement;
  #key: ResourceKey = "cpuCores";
  #shown = "";

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#actions = actions;
    this.#input = h("input", {
      type: "search",
      placeholder: "Search the recording: nginx, user:www",
      "aria-label": "Search the recording for a process, unit, container or user",
      maxlength: 200,
      onkeydown: (event) => {
        if ((event as KeyboardEvent).key === "Escape") this.#input.blur();
      },
    });
    this.#input.value = model.state.address.find;
    this.#clear = h("button", { type: "button", class: "chip", onclick: () => actions.choose({ find: "" }) }, "Close");
    this.#keys = h("div", { class: "chips", role: "group", "aria-label": "What the strips show" });
    this.element = h(
      "section",
      { class: "search", "aria-label": "Search" },
      h(
        "form",
        { class: "search-form", role: "search", onsubmit: (event) => this.#submit(event) },
        this.#input,
        h("button", { class: "chip" }, "Search"),
        this.#clear,
        this.#keys,
      ),
      this.#words,
      this.#notes,
      this.#list,
    );
    new SearchSource(model);
    model.subscribe((state, changed) => {
      if (changed.has("address") && document.activeElement !== this.#input) this.#input.value = state.address.find;
      if (["address", "search", "range", "revision"].some((name) => changed.has(name as keyof State))) this.#update(state);
    });
    this.#update(model.state);
  }

  #submit(event: Event): void {
    event.preventDefault();
    this.#actions.choose({ find: this.#input.value.trim() });
  }

  #update({ search, address: { process } }: State): void {
    const { times, stretch, picture } = this.#model;
    const rows = foundRows(search);
    const isOpen = search.query !== "";
    // live, the strips need not move with every second
    const minute = Math.floor(stretch.toMs / 60_000);
    const text = JSON.stringify([search, this.#key, process, minute, stretch.toMs - stretch.fromMs, [...picture.colours]]);
    if (text === this.#shown) return;
    this.#shown = text;
    set(this.#clear, { hidden: !isOpen });
    set(this.#keys, { hidden: rows.length === 0 });
    setText(this.#words, searchWords(search, times));
    setText(this.#notes, (search.whole?.notes ?? []).map((note) => `${note.charAt(0).toUpperCase()}${note.slice(1)}.`).join(" "));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
    fill(
      this.#keys,
      stripKeys.map((key) =>
        h(
          "button",
          {
            type: "button",
            class: "chip",
            "data-focus": `key-${key}`,
            "aria-pressed": String(key === this.#key),
            onclick: () => this.#show(key),
          },
          stripTitles[key][0],
        ),
      ),
    );
    fill(
      this.#list,
      rows.map((row) => this.#item(row)),
    );
    if (focused !== undefined)
      this.element.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  #show(key: ResourceKey): void {
    this.#key = key;
    this.#update(this.#model.state);
  }

  #item(row: FoundRow): HTMLElement {
    const { id, labels, whole, shown } = row;
    const { times, state, picture } = this.#model;
    const name = labels === undefined ? "all together" : nameOf(labels);
    const address = labels === undefined ? undefined : processName(labels);
    const dot = h("span", { class: "dot", "aria-hidden": "true" });
    dot.style.setProperty("--own", labels === undefined ? othersColour : (picture.colours.get(groupId(labels)) ?? othersColour));
    const title =
      address === undefined
        ? h("span", { class: "search-name" }, name)
        : h(
            "button",
            {
              type: "button",
              class: "search-name",
              "data-focus": `name-${id}`,
              "aria-pressed": String(state.address.process === address),
              title: "Draw it in the charts",
              onclick: () => this.#actions.toggleProcess(address),
            },
            dot,
            name,
          );
    return h(
      "li",
      { "data-found": name },
      h(
        "div",
        { class: "search-head" },
        title,
        h("span", { class: "quiet" }, labels === undefined ? "" : placeOf(labels)),
        this.#ran(row, times),
      ),
      this.#strip(row, name, address),
      h(
        "p",
        { class: "search-usage" },
        shown === undefined ? "It did not run in what the timeline shows." : usageWords(shown).map(({ text }) => h("span", {}, text)),
      ),
      this.#links(row, whole),
    );
  }

  #ran({ whole }: FoundRow, times: Model["times"]): HTMLElement {
    return h("span", { class: "search-ran", title: `${times.utc(whole.firstMs)} – ${times.utc(whole.lastMs)}` }, ranWords(whole, times));
  }

  /** A click pins the moment, as in the charts; what keyboards need are the minutes below it. */
  #strip({ shown }: FoundRow, name: string, address: string | undefined): HTMLElement {
    const { stretch, state } = this.#model;
    const answer = state.search.shown;
    const path = answer === undefined ? "" : stripPath(answer, shown, this.#key, stretch, [stripWidth, stripHeight]);
    const plot = svg(
      "svg",
      { viewBox: `0 0 ${stripWidth} ${stripHeight}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("path", { class: "search-bars", d: path }),
    );
    return h(
      "div",
      {
        class: "search-strip",
        role: "img",
        "aria-label": `${stripTitles[this.#key][0]} of ${name} in what the timeline shows`,
        title: "Click to pin the moment",
        onclick: (event) => {
          const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
          const share = ((event as MouseEvent).clientX - left) / width;
          this.#actions.pin(stretch.fromMs + share * (stretch.toMs - stretch.fromMs), address);
        },
      },
      plot,
    );
  }

  #links({ id, spikes }: FoundRow, whole: FoundRow["whole"]): HTMLElement {
    const { times, nowMs } = this.#model;
    const link = (key: string, text: string, title: string, act: () => void) =>
      h("button", { type: "button", class: "chip", "data-focus": `${key}-${id}`, title, onclick: act }, text);
    const { stretches, more } = newestRan(whole);
    const minutes = stretches.map(({ fromMs, toMs }) => {
      const last = toMs - 60_000;
      const text = last > fromMs ? `${times.moment(fromMs, nowMs)} – ${times.moment(last, fromMs)}` : times.moment(fromMs, nowMs);
      return link(`ran-${fromMs}`, text, `Goes to this time: ${times.utc(fromMs)}`, () => this.#actions.showMoment(fromMs));
    });
    const { peakAtMs } = whole.usage[this.#key] ?? {};
    const peak =
      peakAtMs === undefined
        ? undefined
        : link("peak", `${stripTitles[this.#key][0]} peak ${times.moment(peakAtMs, nowMs)}`, times.utc(peakAtMs), () =>
            this.#actions.showMoment(peakAtMs),
          );
    const shownSpikes = spikes.slice(0, mostSpikes).map((spike) =>
      link(`spike-${spike.id}`, foundSpikeWords(spike, times), times.utc(spike.startMs), () => {
        const known = this.#model.state.spikes.find((one) => one.id === spike.id);
        if (known === undefined) this.#actions.showMoment(spike.startMs);
        else this.#actions.showSpike(known);
      }),
    );
    const spikesLeft = spikes.length - shownSpikes.length;
    const left = [
      spikesLeft > 0 ? `${spikesLeft} earlier ${spikesLeft === 1 ? "spike" : "spikes"}` : "",
      more > 0 ? `${more} earlier ${more === 1 ? "time" : "times"}` : "",
    ].filter((one) => one !== "");
    const rest = left.length > 0 ? h("span", { class: "quiet" }, `and ${listText(left)}`) : undefined;
    return h("div", { class: "search-links" }, peak, shownSpikes, minutes, rest);
  }
}
