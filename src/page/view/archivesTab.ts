/** Archives: what there is, what is being made, and the way to ask for one. */

import type { ListedArchive, PendingCapture } from "../../api/archiveAnswers.ts";
import { type JoinedAlert, otherAlerts } from "../../model/capture.ts";
import { defined } from "../../model/defined.ts";
import { durationText } from "../../text.ts";
import { captureProgress, captureWhy, joinedCount, joinedLine } from "../logic/captures.ts";
import { formatBytes } from "../logic/format.ts";
import { cell, fill, h, set, table } from "./dom.ts";
import { sentence } from "./headline.ts";
import type { Changed, Model, State } from "./model.ts";
import { type TabContent, touches } from "./tabs.ts";

const mostShown = 200;

const titles = ["When", "Why", "Culprit", "Covers", "Size", ""];
const noneYet = "No archive yet. Alerts and triggers make them, and so does the button.";
const noneRecorded = "A recording holds no archives.";

/** The archives, the newest first. */
export class ArchivesTab implements TabContent {
  readonly element = h("div", { class: "tab-panel" });
  readonly #model: Model;
  readonly #button: HTMLButtonElement;
  readonly #list = h("div");
  #shown = "";

  constructor(model: Model, capture: () => void) {
    this.#model = model;
    this.#button = h("button", { type: "button", class: "primary", "data-action": "capture-here", onclick: capture }, "Capture now…");
    this.element.append(h("p", { class: "tab-tools" }, this.#button), this.#list);
  }

  count({ archives, pending }: State): string {
    if (pending.length > 0) return `${archives.length} + ${pending.length}`;
    return archives.length === 0 ? "" : String(archives.length);
  }

  update({ archives, pending, host }: State, changed: Changed | undefined): void {
    if (touches(changed, "host")) set(this.#button, { hidden: host?.canCapture !== true });
    if (!touches(changed, "archives", "pending", "host", "beat")) return;
    // what is being made shows how long it has taken
    const { nowMs } = this.#model;
    const making = pending.map((request) => [request, captureProgress(request, pending, nowMs)] as const);
    const text = JSON.stringify([host?.live, archives.map(({ id }) => id), making.map(([request, { text: words }]) => [request, words])]);
    if (text === this.#shown) return;
    this.#shown = text;
    const rows = [...making]
      .reverse()
      .map(([request, progress]) => this.#pendingRow(request, progress))
      .concat(archives.slice(0, mostShown).map((archive) => this.#row(archive)));
    fill(
      this.#list,
      rows.length === 0 ? h("p", { class: "quiet" }, host?.live === false ? noneRecorded : noneYet) : table("Archives", titles, rows),
    );
  }

  #row(archive: ListedArchive): HTMLElement {
    const { id, createdAtMs, process, verdict, span, sizeBytes, missing } = archive;
    const { times, nowMs } = this.#model;
    const lacks =
      missing.length === 0
        ? undefined
        : h(
            "span",
            { class: "quiet", title: missing.map(({ part, reason }) => `${part}: ${reason}`).join("\n") },
            ` ${missing.length} ${missing.length === 1 ? "part" : "parts"} missing`,
          );
    return h(
      "tr",
      {},
      cell("When", { title: times.utc(createdAtMs) }, times.moment(createdAtMs, nowMs)),
      cell("Why", { class: "wraps" }, captureWhy(archive), lacks, this.#joined(otherAlerts(archive))),
      cell("Culprit", { title: verdict?.sentence }, process ?? "–"),
      cell("Covers", {}, durationText((span.toMs - span.fromMs) / 1000)),
      cell("Size", { class: "number" }, formatBytes(sizeBytes)),
      cell("", {}, h("a", { href: `archives/${id}.tar.gz`, download: true, "aria-label": `Download ${id}` }, "Download")),
    );
  }

  /** The other alerts that have it, a line for each. */
  #joined(others: readonly JoinedAlert[]): HTMLElement | undefined {
    if (others.length === 0) return undefined;
    const lines = others.map((alert) => h("li", {}, sentence(joinedLine(alert, this.#model.times))));
    return h("details", { class: "joined" }, h("summary", {}, joinedCount(others)), h("ul", {}, lines));
  }

  #pendingRow(request: PendingCapture, { text, part }: ReturnType<typeof captureProgress>): HTMLElement {
    const { times, nowMs } = this.#model;
    const { requestedAtMs, sentence: words } = request;
    return h(
      "tr",
      { class: "pending" },
      cell("When", {}, times.moment(requestedAtMs, nowMs)),
      cell("Why", { class: "wraps" }, captureWhy(request), h("span", { class: "quiet" }, joinedCount(request.joined))),
      h(
        "td",
        { colspan: "4", class: "wraps" },
        h("progress", defined({ "aria-label": text, value: part })),
        ` ${text}`,
        words === undefined ? undefined : h("p", {}, sentence(words)),
      ),
    );
  }
}
