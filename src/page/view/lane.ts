/** The lane above the charts: spikes as bands with their culprit's name, captures and alerts as flags. */
import { spikeText } from "../../model/culprit.ts";
import type { Spike } from "../../model/spike.ts";
import type { Band, Flag } from "../logic/events.ts";
import type { Stretch } from "../logic/range.ts";
import { axisWidth, rightMargin } from "./chart.ts";
import { arrange, h, set, setText } from "./dom.ts";

/** What the lane can be asked for. */
interface LaneEvents {
  onSpike(id: string): void;
  onFlag(flag: Flag): void;
}

/** Bands and flags, as buttons that stand where they belong in time. */
export class Lane {
  readonly element = h("div", { class: "lane", role: "group", "aria-label": "Spikes, captures and alerts" });
  readonly #events: LaneEvents;
  readonly #bands = new Map<string, HTMLButtonElement>();
  readonly #flags = new Map<string, HTMLButtonElement>();
  readonly #quiet = h("p", { class: "lane-quiet" });

  constructor(events: LaneEvents) {
    this.#events = events;
  }

  /** The width of the plotting area. */
  get plotPixels(): number {
    return Math.max(1, this.element.clientWidth - axisWidth - rightMargin);
  }

  show(
    bands: readonly Band[],
    flags: readonly Flag[],
    stretch: Stretch,
    times: { clock(ms: number): string },
    spikes: ReadonlyMap<string, Spike>,
  ): void {
    const shown: HTMLElement[] = [];
    for (const band of bands) {
      const button = this.#band(band.id);
      const spike = spikes.get(band.id);
      const subject = spike === undefined ? "" : spikeText(spike);
      place(button, stretch, band.fromMs, band.toMs);
      button.style.top = `${band.row * 24}px`;
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
    for (const flag of flags) {
      const button = this.#flag(flag);
      place(button, stretch, flag.atMs, flag.atMs);
      shown.push(button);
    }
    const rows = Math.max(1, ...bands.map(({ row }) => row + 1));
    this.element.style.height = `${rows * 24 + 16}px`;
    setText(this.#quiet, bands.length + flags.length === 0 ? "No spike, capture or alert in this stretch." : "");
    forget(this.#bands, new Set(bands.map(({ id }) => id)));
    forget(this.#flags, new Set(flags.map(keyOf)));
    arrange(this.element, bands.length + flags.length === 0 ? [this.#quiet] : shown);
  }

  #band(id: string): HTMLButtonElement {
    let button = this.#bands.get(id);
    if (button === undefined) {
      button = h("button", { type: "button", class: "band", onclick: () => this.#events.onSpike(id) }, h("span", { class: "band-name" }));
      this.#bands.set(id, button);
    }
    return button;
  }

  #flag(flag: Flag): HTMLButtonElement {
    const key = keyOf(flag);
    let button = this.#flags.get(key);
    if (button === undefined) {
      const sign = flag.kind === "alert" ? "!" : "▾";
      const label = `${flag.kind === "alert" ? "Alert" : "Capture"} ${flag.label}: ${flag.detail}`;
      button = h(
        "button",
        { type: "button", class: `flag ${flag.kind}`, title: label, "aria-label": label, onclick: () => this.#events.onFlag(flag) },
        sign,
      );
      this.#flags.set(key, button);
    }
    return button;
  }
}

function keyOf({ kind, id }: Flag): string {
  return `${kind} ${id}`;
}

/** In percent of the plotting area, so that a narrower window needs no new picture. */
function place(element: HTMLElement, { fromMs, toMs }: Stretch, startMs: number, endMs: number): void {
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs)));
  const inner = `(100% - ${axisWidth + rightMargin}px)`;
  element.style.left = `calc(${axisWidth}px + ${inner} * ${share(startMs)})`;
  if (endMs > startMs) element.style.width = `max(10px, calc(${inner} * ${share(endMs) - share(startMs)}))`;
}

function forget(known: Map<string, unknown>, wanted: ReadonlySet<string>): void {
  for (const key of known.keys()) if (!wanted.has(key)) known.delete(key);
}
