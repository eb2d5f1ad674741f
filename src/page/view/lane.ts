/** The lane above the charts: spikes as bands with their culprit's name, captures, alerts and events as flags. */
import { spikeText } from "../../model/culprit.ts";
import { othersColour } from "../../model/groupColours.ts";
import type { Spike } from "../../model/spike.ts";
import { type Band, type FlagGroup, flagWords, leastBandPixels } from "../logic/lane.ts";
import type { Stretch } from "../logic/range.ts";
import { axisWidth, rightMargin } from "./chart.ts";
import { arrange, h, set, setText } from "./dom.ts";

/** What the lane can be asked for. */
interface LaneEvents {
  onSpike(id: string): void;
  onFlags(group: FlagGroup): void;
}

/** What a lane is shown with. */
interface LaneContext {
  readonly times: { clock(ms: number): string };
  readonly spikes: ReadonlyMap<string, Spike>;
  readonly colours: ReadonlyMap<string, string>;
}

/** As the stylesheet has it. */
const bandFont = "600 12px system-ui, sans-serif";
const bandPixels = 24;
const flagRowPixels = 24;
const flagSigns: Readonly<Record<FlagGroup["kind"], string>> = { alert: "!", capture: "▾", event: "◆" };

/** Bands and flags, as buttons that stand where they belong in time. */
export class Lane {
  readonly element = h("div", { class: "lane", role: "group", "aria-label": "Spikes, captures, alerts and events" });
  readonly #events: LaneEvents;
  readonly #bands = new Map<string, HTMLButtonElement>();
  readonly #flags = new Map<string, HTMLButtonElement>();
  readonly #shownGroups = new WeakMap<HTMLButtonElement, FlagGroup>();
  readonly #pen = document.createElement("canvas").getContext("2d");
  readonly #widths = new Map<string, number>();
  readonly #quiet = h("p", { class: "lane-quiet" });

  constructor(events: LaneEvents) {
    this.#events = events;
  }

  /** The width of the plotting area. */
  get plotPixels(): number {
    return Math.max(1, this.element.clientWidth - axisWidth - rightMargin);
  }

  /** How wide a name is written. */
  widthOf(name: string): number {
    let width = this.#widths.get(name);
    if (width === undefined) {
      if (this.#pen !== null) this.#pen.font = bandFont;
      width = this.#pen?.measureText(name).width ?? name.length * 8;
      this.#widths.set(name, width);
    }
    return width;
  }

  show(bands: readonly Band[], groups: readonly FlagGroup[], stretch: Stretch, { times, spikes, colours }: LaneContext): void {
    const shown: HTMLElement[] = [];
    for (const band of bands) {
      const button = this.#band(band.id);
      const spike = spikes.get(band.id);
      const subject = spike === undefined ? "" : spikeText(spike);
      place(button, stretch, band.fromMs, band.toMs);
      button.style.top = `${band.row * bandPixels}px`;
      button.style.setProperty("--own", band.key === undefined ? othersColour : (colours.get(band.key) ?? othersColour));
      set(button, {
        "data-label": band.label,
        title: `${times.clock(band.fromMs)} ${subject}: ${band.sentence}`,
        "aria-label": `Spike of ${subject} at ${times.clock(band.fromMs)}: ${band.name}`,
        "data-lasting": band.lasting,
      });
      const name = button.firstElementChild;
      if (name !== null) setText(name, band.name);
      shown.push(button);
    }
    for (const group of groups) {
      const button = this.#flag(group);
      const words = `${times.clock(group.atMs)} ${flagWords(group)}`;
      place(button, stretch, group.atMs, group.atMs);
      setText(button, group.flags.length > 1 ? String(group.flags.length) : flagSigns[group.kind]);
      set(button, { class: `flag ${group.kind}`, title: words, "aria-label": words });
      this.#shownGroups.set(button, group);
      shown.push(button);
    }
    const rows = Math.max(1, ...bands.map(({ row }) => row + 1));
    this.element.style.height = `${rows * bandPixels + (groups.length > 0 ? flagRowPixels : 2)}px`;
    setText(this.#quiet, bands.length + groups.length === 0 ? "No spike, capture, alert or event in this stretch." : "");
    forget(this.#bands, new Set(bands.map(({ id }) => id)));
    forget(this.#flags, new Set(groups.map(keyOf)));
    arrange(this.element, bands.length + groups.length === 0 ? [this.#quiet] : shown);
  }

  #band(id: string): HTMLButtonElement {
    let button = this.#bands.get(id);
    if (button === undefined) {
      button = h("button", { type: "button", class: "band", onclick: () => this.#events.onSpike(id) }, h("span", { class: "band-name" }));
      this.#bands.set(id, button);
    }
    return button;
  }

  #flag(group: FlagGroup): HTMLButtonElement {
    const key = keyOf(group);
    let button = this.#flags.get(key);
    if (button === undefined) {
      const made = h("button", { type: "button", onclick: () => this.#choose(made) });
      button = made;
      this.#flags.set(key, made);
    }
    return button;
  }

  #choose(button: HTMLButtonElement): void {
    const group = this.#shownGroups.get(button);
    if (group !== undefined) this.#events.onFlags(group);
  }
}

function keyOf({ flags: [{ kind, id }] }: FlagGroup): string {
  return `${kind} ${id}`;
}

/** In percent of the plotting area, so that a narrower window needs no new picture. */
function place(element: HTMLElement, { fromMs, toMs }: Stretch, startMs: number, endMs: number): void {
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs)));
  const inner = `(100% - ${axisWidth + rightMargin}px)`;
  element.style.left = `calc(${axisWidth}px + ${inner} * ${share(startMs)})`;
  if (endMs > startMs) element.style.width = `max(${leastBandPixels}px, calc(${inner} * ${share(endMs) - share(startMs)}))`;
}

function forget(known: Map<string, unknown>, wanted: ReadonlySet<string>): void {
  for (const key of known.keys()) if (!wanted.has(key)) known.delete(key);
}
