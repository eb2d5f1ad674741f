/** Triggers and how they stand, and what fired lately. */
import type { TriggerAnswer } from "../../api/answers.ts";
import type { TriggerFiring, TriggerState } from "../../model/trigger.ts";
import { durationText } from "../../text.ts";
import { formatValue, unknown } from "../logic/format.ts";
import type { Actions } from "./actions.ts";
import { fill, h } from "./dom.ts";
import type { Loader } from "./loader.ts";
import type { Changed, Model, State } from "./model.ts";
import { type TabContent, touches } from "./tabs.ts";

const everyBeats = 5;
const ratios = /^(cpu|memory|swap|disk|inodes|coverage|.*Pressure.*)$/;

const noneHere = "No trigger is configured here. Alerts from Alertmanager arrive at /webhook all the same.";
const noneRecorded = "A recording holds no triggers and no alerts.";

/** The triggers of this machine. */
export class AlertsTab implements TabContent {
  readonly element = h("div", { class: "tab-panel" });
  readonly #model: Model;
  readonly #actions: Actions;
  readonly #loader: Loader;
  #shown = "";

  constructor(model: Model, actions: Actions, loader: Loader) {
    this.#model = model;
    this.#actions = actions;
    this.#loader = loader;
  }

  count({ triggers }: State): string {
    const firing = triggers.filter(({ state }) => state === "firing").length;
    return firing === 0 ? "" : String(firing);
  }

  update({ triggers, firings, beat, host }: State, changed: Changed | undefined): void {
    if (changed?.has("beat") === true && beat % everyBeats === 0 && host?.live === true) void this.#loader.loadEvents();
    if (!touches(changed, "triggers", "firings", "host")) return;
    const text = JSON.stringify([host?.live, triggers, firings]);
    if (text === this.#shown) return;
    this.#shown = text;
    fill(
      this.element,
      h("h3", {}, "Triggers"),
      triggers.length === 0
        ? h("p", { class: "quiet" }, host?.live === false ? noneRecorded : noneHere)
        : table(
            "Triggers",
            ["Trigger", "State", "Value", "Threshold", "For", "Does"],
            triggers.map((one) => this.#trigger(one)),
          ),
      h("h3", {}, "Last firings"),
      firings.length === 0
        ? h("p", { class: "quiet" }, host?.live === false ? "None are recorded." : "None yet.")
        : table(
            "Last firings",
            ["When", "Trigger", "Why", "Lasted", ""],
            firings.map((one) => this.#firing(one)),
          ),
    );
  }

  #trigger({ name, metric, direction, threshold, forSeconds, capture, notify, state, value, instances }: TriggerAnswer): HTMLElement {
    const unit = ratios.test(metric) ? "ratio" : "number";
    const worst = instances
      .filter(({ instance, state: one }) => instance !== "" && one !== "calm" && one !== "unknown")
      .map(({ instance }) => instance);
    const does = [capture ? "captures" : "", notify === true ? "tells all channels" : notify === false ? "" : `tells ${notify.join(", ")}`]
      .filter(Boolean)
      .join(", ");
    const isSpike = direction === null && threshold === null;
    return h(
      "tr",
      { "data-state": state },
      h("td", {}, h("strong", {}, name), h("span", { class: "quiet" }, ` ${metric}`)),
      h(
        "td",
        {},
        h("span", { class: "state", "data-state": state }, stateWords[state]),
        worst.length === 0 ? undefined : ` ${worst.join(", ")}`,
      ),
      h("td", { class: "number" }, isSpike ? (value === null ? unknown : value > 0 ? "yes" : "no") : formatValue(value, unit)),
      h("td", { class: "number" }, isSpike ? "a spike" : `${direction ?? ""} ${formatValue(threshold, unit)}`),
      h("td", {}, durationText(forSeconds)),
      h("td", {}, does === "" ? unknown : does),
    );
  }

  #firing({ trigger, instance, reason, firedAtMs, endMs, lastedSeconds }: TriggerFiring): HTMLElement {
    const { times, nowMs } = this.#model;
    const lasted = endMs === undefined ? "still fires" : durationText(lastedSeconds ?? (endMs - firedAtMs) / 1000);
    return h(
      "tr",
      { "data-state": endMs === undefined ? "firing" : "calm" },
      h("td", { title: times.utc(firedAtMs) }, times.moment(firedAtMs, nowMs)),
      h("td", {}, `${trigger}${instance === "" ? "" : ` ${instance}`}`),
      h("td", {}, reason),
      h("td", {}, lasted),
      h("td", {}, h("button", { type: "button", class: "chip", onclick: () => this.#actions.showMoment(firedAtMs) }, "Show")),
    );
  }
}

const stateWords: Readonly<Record<TriggerState, string>> = {
  unknown: "not known yet",
  calm: "calm",
  pending: "over, not for long",
  held: "over, cooling down",
  firing: "fires",
};

function table(label: string, titles: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const numbers = new Set(["Value", "Threshold"]);
  const heads = titles.map((title) => h("th", { scope: "col", class: numbers.has(title) ? "number" : undefined }, title));
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    h("table", { class: "plain" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
  );
}
