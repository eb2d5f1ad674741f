/** What a person can do to the page, and the address that says so afterwards. */
import { defined } from "../../model/defined.ts";
import type { Spike } from "../../model/spike.ts";
import { type Address, formatAddress, parseAddress, processName } from "../logic/address.ts";
import { hiddenAtFirst, toggled } from "../logic/charts.ts";
import { culpritOf, spikeSort } from "../logic/events.ts";
import { aroundSpike, draggedRange, liveMs, rangeOf, type Stretch, shifted, zoomed } from "../logic/range.ts";
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

/** Everything that changes what is shown. */
export class Actions {
  readonly #model: Model;
  readonly #loader: Loader;
  /** Where double click goes back to. */
  readonly #back: (Stretch | undefined)[] = [];

  constructor(model: Model, loader: Loader) {
    this.#model = model;
    this.#loader = loader;
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

  /** Pins the cursor to a second. */
  pin(ms: number): void {
    const { fromMs, toMs } = this.#model.stretch;
    const at = Math.floor(Math.min(Math.max(ms, fromMs), toMs - 1) / 1000) * 1000;
    this.#patchAddress({ at });
  }

  /** Lets the cursor go: the table is live again, or tells of the whole range. */
  unpin(): void {
    const { at: _, ...address } = this.#model.state.address;
    this.#setAddress(address);
    this.hover(undefined);
  }

  /** Moves the pinned cursor by so many points. */
  move(points: number): void {
    const { stretch, cursorMs, state } = this.#model;
    const stepMs = state.frame.stepMs;
    this.pin((cursorMs ?? stretch.toMs - stepMs) + points * stepMs);
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

  goLive(): void {
    this.show(undefined);
  }

  /** Goes to a spike: its range, its peak, the table sorted by what it is about, and its culprit drawn alone. */
  showSpike(spike: Spike): void {
    const { nowMs, state } = this.#model;
    const isRecent = spike.startMs > nowMs - liveMs + 60_000 && state.host?.live === true;
    const culprit = culpritOf(spike)?.group;
    const at = Math.floor(Math.min(Math.max(spike.peakMs, spike.startMs + 1000), nowMs - 1000) / 1000) * 1000;
    const { process: _, ...address } = state.address;
    this.#model.patch({
      address: defined({ ...address, sort: spikeSort(spike), process: culprit === undefined ? undefined : processName(culprit) }),
    });
    this.show(isRecent && state.range === undefined ? undefined : aroundSpike(spike, nowMs), at);
  }

  /** Goes to a moment. */
  showMoment(ms: number): void {
    const { nowMs, state } = this.#model;
    this.show(rangeOf({ at: ms }, nowMs, state.host?.live === true), ms);
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
    const { process, ...address } = this.#model.state.address;
    this.#setAddress(process === name ? address : { ...address, process: name });
  }

  choose(change: Partial<Pick<Address, "tab" | "view" | "sort" | "filter">>): void {
    this.#patchAddress(change);
  }

  #go(range: Stretch | undefined, at: number | undefined): void {
    const { at: _, from: __, to: ___, ...address } = this.#model.state.address;
    const times = range === undefined ? {} : { from: range.fromMs, to: range.toMs };
    this.#setAddress(defined({ ...address, ...times, at }), true);
    this.#model.patch({ hoverMs: undefined });
    void this.#loader.showRange(range);
  }

  #patchAddress(change: Partial<Address>): void {
    this.#setAddress({ ...this.#model.state.address, ...change });
  }

  /** Going somewhere else is something that the browser's own back button undoes; all other changes are not. */
  #setAddress(address: Address, isStep = false): void {
    this.#model.patch({ address });
    const url = `${location.pathname}${formatAddress(address)}`;
    if (isStep) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  }

  #takeAddress(address: Address): void {
    const { host } = this.#model.state;
    this.#model.patch({ address, hidden: address.hidden ?? storedHidden(), hoverMs: undefined });
    this.open(host?.live === true);
  }
}
