/** The tabs below the timeline: spikes, archives, log, alerts. */
import { type Tab, tabs } from "../logic/address.ts";
import type { Actions } from "./actions.ts";
import { h, set, setText } from "./dom.ts";
import type { Changed, Model, State } from "./model.ts";

/** The content of a tab. */
export interface TabContent {
  readonly element: HTMLElement;
  /** What is written behind the tab's name. */
  count?(state: State): string;
  /** Called when it is looked at and something has changed, and once when it is opened. */
  update(state: State, changed: Changed | undefined): void;
  /** Called when it is no longer looked at. */
  hide?(): void;
}

const titles: Readonly<Record<Tab, string>> = { spikes: "Spikes", archives: "Archives", log: "Log", alerts: "Alerts" };

/** The tabs, as ARIA has them: arrows move between them. */
export class Tabs {
  readonly element: HTMLElement;
  readonly #contents: Readonly<Record<Tab, TabContent>>;
  readonly #buttons: ReadonlyMap<Tab, { readonly button: HTMLButtonElement; readonly count: HTMLElement }>;
  #open: Tab | undefined;

  constructor(model: Model, actions: Actions, contents: Readonly<Record<Tab, TabContent>>) {
    this.#contents = contents;
    this.#buttons = new Map(
      tabs.map((tab) => {
        const count = h("span", { class: "tab-count" });
        const button = h(
          "button",
          { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": `panel-${tab}`, onclick: () => actions.choose({ tab }) },
          titles[tab],
          count,
        );
        return [tab, { button, count }];
      }),
    );
    const list = h(
      "div",
      { role: "tablist", "aria-label": "More", class: "tablist", onkeydown: (event) => this.#move(event as KeyboardEvent, actions) },
      [...this.#buttons.values()].map(({ button }) => button),
    );
    const panels = tabs.map((tab) => {
      set(contents[tab].element, { role: "tabpanel", id: `panel-${tab}`, "aria-labelledby": `tab-${tab}`, tabindex: "0" });
      return contents[tab].element;
    });
    this.element = h("section", { class: "tabs", "aria-label": "Spikes, archives, log and alerts" }, list, panels);
    model.subscribe((state, changed) => this.#update(state, changed));
  }

  #update(state: State, changed: Changed): void {
    const { tab } = state.address;
    const isOpening = tab !== this.#open;
    if (isOpening) {
      if (this.#open !== undefined) this.#contents[this.#open].hide?.();
      this.#open = tab;
    }
    for (const [name, { button, count }] of this.#buttons) {
      set(button, { "aria-selected": String(name === tab), tabindex: name === tab ? "0" : "-1" });
      set(this.#contents[name].element, { hidden: name !== tab });
      setText(count, this.#contents[name].count?.(state) ?? "");
    }
    this.#contents[tab].update(state, isOpening ? undefined : changed);
  }

  #move(event: KeyboardEvent, actions: Actions): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0 || this.#open === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = tabs[(tabs.indexOf(this.#open) + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    actions.choose({ tab: next });
    this.#buttons.get(next)?.button.focus();
  }
}

/** Whether any of these has changed; everything has when a tab is opened. */
export function touches(changed: Changed | undefined, ...names: readonly (keyof State)[]): boolean {
  return changed === undefined || names.some((name) => changed.has(name));
}
