/** What a person can do to the page, and the address that says so afterwards. */
import { defined } from "../../model/defined.ts";
import type { Spike } from "../../model/spike.ts";
import { type Address, formatAddress, isStep, parseAddress } from "../logic/address.ts";
import { hiddenAtFirst, toggled } from "../logic/charts.ts";
import { dayBefore } from "../logic/comparison.ts";
import { draggedRange, rangeOf, type Stretch, shifted, weeksAway, zoomed } from "../logic/range.ts";
import { movedCursor, secondWithin, stepToSpike, unpinned, withLineToggled, withRange } from "../logic/steps.ts";
import type { Loader } from "./loader.ts";
import type { Model } from "./model.ts";

const hiddenKey = "culprit.hidden";
const mostBack = 50;

/** The series that this browser has switched off. */
export function storedHidden(): readonly string[] {
  try {
    const text = localStorage.getItem(hiddenKey);
    return text === null ? hiddenAtFirst : text.split(",").filter(Boolean);
  } catch {
    // storage may be forbidden: the address still holds it
    return hiddenAtFirst;
  }
}

/** A part of the page that an action shows. */
export type PagePart = "timeline" | "tabs" | "compare";

/** Everything that changes what is shown. */
export class Actions {
  readonly #model: Model;
  readonly #loader: Loader;
  readonly #reveal: (part: PagePart) => void;
  /** Where double click goes back to. */
  readonly #back: (Stretch | undefined)[] = [];
  /** What the browser's address says. */
  #written: Address;

  /** `reveal` scrolls to what an action shows. */
  constructor(model: Model, loader: Loader, reveal: (part: PagePart) => void) {
    this.#model = model;
    this.#loader = loader;
    this.#reveal = reveal;
    this.#written = model.state.address;
    addEventListener("popstate", () => this.#takeAddress(parseAddress(location.search).address));
  }

  /** Shows what the address asks for; called once the server's time is known. */
  open(live: boolean): void {
    const range = rangeOf(this.#model.state.address, this.#model.nowMs, live);
    void this.#loader.showRange(range);
  }

  hover(ms: number | undefined): void {
    if (ms !== this.#model.state.hoverMs) this.#model.patch({ hoverMs: ms });
  }

  /** Pins the cursor to a second, and a group where one was pointed at. */
  pin(ms: number, process?: string): void {
    this.#patchAddress(defined({ at: secondWithin(ms, this.#model.stretch), process }));
  }

  /** Lets the cursor and the group go: the table is live again, or tells of the whole range. */
  unpin(): void {
    this.#setAddress(unpinned(this.#model.state.address));
    this.hover(undefined);
  }

  /** Holds the pinned moment against another, or no longer. */
  compareWith(other: number | undefined): void {
    const { with: _, ...address } = this.#model.state.address;
    this.#setAddress(defined({ ...address, with: other }));
    if (other !== undefined) this.#reveal("compare");
  }

  /** Against now; without a pinned moment there is nothing to compare. */
  compareWithNow(): void {
    if (this.#model.state.address.at !== undefined) this.compareWith(Math.floor(this.#model.nowMs / 1000) * 1000 - 1000);
  }

  toggleCompareNow(): void {
    if (this.#model.state.address.with === undefined) this.compareWithNow();
    else this.compareWith(undefined);
  }

  /** Against the same time a day earlier. */
  compareWithDayBefore(): void {
    const { at } = this.#model.state.address;
    if (at !== undefined) this.compareWith(dayBefore(at));
  }

  /** By the means of so many seconds around each. */
  compareBy(seconds: number): void {
    this.#patchAddress({ seconds });
  }

  /** Pins the other of the two moments. */
  swapCompared(): void {
    const { nowMs, state } = this.#model;
    const { at, with: other } = state.address;
    if (at === undefined || other === undefined) return;
    this.#model.patch({ address: { ...state.address, with: at } });
    this.show(rangeOf({ at: other }, nowMs, state.host?.live === true), other);
  }

  /** Moves the pinned cursor by so many points. */
  move(points: number): void {
    const { stretch, cursorMs, state } = this.#model;
    const at = movedCursor(points, cursorMs, state.frame.stepMs, stretch);
    // the first step pins, and that can be undone; those after it would fill the browser's history
    this.#setAddress({ ...state.address, at }, state.address.at === undefined ? "step" : "replace");
    this.hover(undefined);
  }

  /** Zooms into a range; double click comes back from it. */
  show(range: Stretch | undefined, at?: number): void {
    const { range: before } = this.#model.state;
    this.#back.push(before);
    if (this.#back.length > mostBack) this.#back.shift();
    this.#go(range, at);
  }

  drag(fromMs: number, toMs: number): void {
    this.show(draggedRange(fromMs, toMs));
  }

  back(): void {
    this.#go(this.#back.pop(), undefined);
  }

  zoom(factor: number): void {
    const { stretch, cursorMs, nowMs } = this.#model;
    this.show(zoomed(stretch, factor, cursorMs ?? (stretch.fromMs + stretch.toMs) / 2, nowMs), this.#model.state.address.at);
  }

  shift(share: number): void {
    this.show(shifted(this.#model.stretch, share, this.#model.nowMs), this.#model.state.address.at);
  }

  /** The same time so many weeks later, or before; the cursor goes along. */
  week(weeks: number): void {
    const { stretch, nowMs, state } = this.#model;
    const { range, byMs } = weeksAway(stretch, weeks, nowMs);
    this.show(range, state.address.at === undefined ? undefined : state.address.at + byMs);
  }

  goLive(): void {
    this.show(undefined);
  }

  /** Goes to a spike: its range, its peak, the table sorted by what it is about, and its culprit drawn alone. */
  showSpike(spike: Spike): void {
    const { nowMs, state } = this.#model;
    const isLiveShown = state.host?.live === true && state.range === undefined;
    const { address, range, at } = stepToSpike(spike, state.address, { nowMs, isLiveShown });
    this.#model.patch({ address });
    this.show(range, at);
    this.#reveal("timeline");
  }

  showMoment(ms: number): void {
    const { nowMs, state } = this.#model;
    this.show(rangeOf({ at: ms }, nowMs, state.host?.live === true), ms);
    this.#reveal("timeline");
  }

  /** Keeps a pinned moment in view that the live window has left behind: nobody asked for it, so it is no step. */
  keep(ms: number): void {
    const range = rangeOf({ at: ms }, this.#model.nowMs);
    this.#go(range, ms, "replace");
  }

  /** Opens a tab and goes there. */
  showTab(tab: Address["tab"]): void {
    this.choose({ tab });
    this.#reveal("tabs");
  }

  /** Charts by group or as plain lines. */
  toggleDraw(): void {
    this.choose({ draw: this.#model.state.address.draw === "stacked" ? "lines" : "stacked" });
  }

  /** A table of groups or of single processes. */
  toggleView(): void {
    this.choose({ view: this.#model.state.address.view === "groups" ? "processes" : "groups" });
  }

  toggleSeries(id: string): void {
    const hidden = toggled(this.#model.state.hidden, id);
    try {
      localStorage.setItem(hiddenKey, hidden.join(","));
    } catch {
      // the address still holds it
    }
    this.#model.patch({ hidden });
    this.#patchAddress({ hidden });
  }

  /** Draws a line alone, or no longer. */
  toggleProcess(name: string): void {
    this.#setAddress(withLineToggled(this.#model.state.address, name));
  }

  choose(change: Partial<Pick<Address, "tab" | "view" | "draw" | "sort" | "filter" | "find">>): void {
    this.#patchAddress(change);
  }

  #go(range: Stretch | undefined, at: number | undefined, how?: "replace"): void {
    this.#setAddress(withRange(this.#model.state.address, range, at), how);
    this.#model.patch({ hoverMs: undefined });
    void this.#loader.showRange(range);
  }

  #patchAddress(change: Partial<Address>): void {
    this.#setAddress({ ...this.#model.state.address, ...change });
  }

  /** Going somewhere else is something that the browser's own back button undoes; all other changes are not. */
  #setAddress(address: Address, how: "step" | "replace" = isStep(this.#written, address) ? "step" : "replace"): void {
    this.#model.patch({ address });
    this.#written = address;
    const url = `${location.pathname}${formatAddress(address)}`;
    if (how === "step") history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  }

  #takeAddress(address: Address): void {
    const { host, address: before } = this.#model.state;
    this.#written = address;
    this.#model.patch({ address, hidden: address.hidden ?? storedHidden(), hoverMs: undefined });
    if (address.from !== before.from || address.to !== before.to || address.at !== before.at) this.open(host?.live === true);
  }
}
