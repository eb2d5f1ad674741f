/** Triggers and how they stand, and what fired lately. */
import type { TriggerAnswer } from "../../api/tellingAnswers.ts";
import type { TriggerFiring } from "../../model/trigger.ts";
import { quietLines } from "../logic/quietLines.ts";
import { firingLasted, firingName, triggerRow } from "../logic/triggerRows.ts";
import type { Actions } from "./actions.ts";
import { cell, fill, h, table } from "./dom.ts";
import type { Changed, Model, State } from "./model.ts";
import { type TabContent, touches } from "./tabs.ts";

const noneHere = "No trigger is configured here. Alerts from Alertmanager arrive at /webhook all the same.";
const noneRecorded = "A recording holds no triggers and no alerts.";

/** The triggers of this machine. */
export class AlertsTab implements TabContent {
  readonly element = h("div", { class: "tab-panel" });
  readonly #model: Model;
  readonly #actions: Actions;
  #shown = "";

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#actions = actions;
  }

  count({ triggers }: State): string {
    const firing = triggers.filter(({ state }) => state === "firing").length;
    return firing === 0 ? "" : String(firing);
  }

  update({ triggers, firings, silences, host }: State, changed: Changed | undefined): void {
    if (!touches(changed, "triggers", "firings", "silences", "host")) return;
    const text = JSON.stringify([host?.live, triggers, firings, silences]);
    if (text === this.#shown) return;
    this.#shown = text;
    const quiet = quietLines(silences, this.#model.times);
    fill(
      this.element,
      quiet.length === 0
        ? undefined
        : h(
            "ul",
            { class: "quiet-now", "aria-label": "Messages that wait" },
            quiet.map((line) => h("li", {}, line)),
          ),
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

  #trigger(trigger: TriggerAnswer): HTMLElement {
    const { name, metric, state, stateWords, worst, value, limit, forWords, does } = triggerRow(trigger);
    return h(
      "tr",
      { "data-state": state },
      cell("Trigger", {}, h("strong", {}, name), h("span", { class: "quiet" }, ` ${metric}`)),
      cell("State", {}, h("span", { class: "state", "data-state": state }, stateWords), worst === "" ? undefined : ` ${worst}`),
      cell("Value", { class: "number" }, value),
      cell("Threshold", { class: "number" }, limit),
      cell("For", {}, forWords),
      cell("Does", {}, does),
    );
  }

  #firing(firing: TriggerFiring): HTMLElement {
    const { times, nowMs } = this.#model;
    const { firedAtMs, endMs, reason } = firing;
    return h(
      "tr",
      { "data-state": endMs === undefined ? "firing" : "calm" },
      cell("When", { title: times.utc(firedAtMs) }, times.moment(firedAtMs, nowMs)),
      cell("Trigger", {}, firingName(firing)),
      cell("Why", {}, reason),
      cell("Lasted", {}, firingLasted(firing)),
      cell("", {}, h("button", { type: "button", class: "chip", onclick: () => this.#actions.showMoment(firedAtMs) }, "Show")),
    );
  }
}
