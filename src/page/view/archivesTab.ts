/** Archives: what there is, and capturing now. */
import type { ListedArchive, PendingCapture, PromisedArchive } from "../../api/answers.ts";
import { reasonOf } from "../../model/errors.ts";
import { durationText } from "../../text.ts";
import { formatBytes } from "../logic/format.ts";
import { postJson } from "./api.ts";
import { fill, h, set, setText } from "./dom.ts";
import type { Loader } from "./loader.ts";
import type { Changed, Model, State } from "./model.ts";
import { type TabContent, touches } from "./tabs.ts";

const askAgainMs = 1000;
const mostShown = 200;

const noneYet = "No archive yet. Alerts and triggers make them, and so does the button.";
const noneRecorded = "A recording holds no archives.";

/** The archives, the newest first. */
export class ArchivesTab implements TabContent {
  readonly element = h("div", { class: "tab-panel" });
  readonly #model: Model;
  readonly #loader: Loader;
  readonly #reason = h("input", {
    name: "reason",
    maxlength: "1000",
    placeholder: "What do you see? (goes into the archive)",
    "aria-label": "Reason",
  });
  readonly #button = h("button", { class: "primary", "data-action": "capture" }, "Capture now");
  readonly #status = h("p", { class: "capture-status", role: "status" });
  readonly #form: HTMLFormElement;
  readonly #list = h("div");
  #asked: string | undefined;
  #isAsking = false;
  #shown = "";

  constructor(model: Model, loader: Loader) {
    this.#model = model;
    this.#loader = loader;
    this.#form = h("form", { class: "capture-form", onsubmit: (event) => void this.#capture(event) }, this.#reason, this.#button);
    this.element.append(this.#form, this.#status, this.#list);
  }

  count({ archives, pending }: State): string {
    if (pending.length > 0) return `${archives.length} + ${pending.length}`;
    return archives.length === 0 ? "" : String(archives.length);
  }

  update(state: State, changed: Changed | undefined): void {
    const { archives, pending, host } = state;
    if (touches(changed, "host")) set(this.#form, { hidden: host?.canCapture !== true });
    if (touches(changed, "archives", "pending", "beat")) this.#tellProgress(state);
    if (!touches(changed, "archives", "pending", "host")) return;
    const text = JSON.stringify([host?.live, archives.map(({ id }) => id), pending.map(({ id, state: one }) => [id, one])]);
    if (text === this.#shown) return;
    this.#shown = text;
    const rows = [...pending]
      .reverse()
      .map((request) => this.#pendingRow(request))
      .concat(archives.slice(0, mostShown).map((archive) => this.#row(archive)));
    fill(this.#list, rows.length === 0 ? h("p", { class: "quiet" }, host?.live === false ? noneRecorded : noneYet) : this.#table(rows));
  }

  #table(rows: readonly HTMLElement[]): HTMLElement {
    const heads = ["When", "Why", "Culprit", "Covers", "Size", ""].map((title) =>
      h("th", { scope: "col", class: title === "Size" ? "number" : undefined }, title),
    );
    return h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": "Archives" },
      h("table", { class: "plain" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
    );
  }

  #row({ id, createdAtMs, origin, name, process, verdict, span, sizeBytes, missing }: ListedArchive): HTMLElement {
    const { times, nowMs } = this.#model;
    const lacks =
      missing.length === 0
        ? undefined
        : h(
            "span",
            { class: "quiet", title: missing.map(({ part, reason }) => `${part}: ${reason}`).join("\n") },
            ` ${missing.length} parts missing`,
          );
    return h(
      "tr",
      {},
      h("td", { title: times.utc(createdAtMs) }, times.moment(createdAtMs, nowMs)),
      h("td", {}, origin === "manual" ? "by hand" : `${origin}: ${name}`, lacks),
      h("td", { title: verdict?.sentence }, process ?? "–"),
      h("td", {}, durationText((span.toMs - span.fromMs) / 1000)),
      h("td", { class: "number" }, formatBytes(sizeBytes)),
      h("td", {}, h("a", { href: `archives/${id}.tar.gz`, download: true, "aria-label": `Download ${id}` }, "Download")),
    );
  }

  #pendingRow({ origin, name, requestedAtMs, state, reason }: PendingCapture): HTMLElement {
    const { times, nowMs } = this.#model;
    const words = state === "working" ? "being made" : "waits for the one before";
    return h(
      "tr",
      { class: "pending" },
      h("td", {}, times.moment(requestedAtMs, nowMs)),
      h("td", { title: reason }, origin === "manual" ? "by hand" : `${origin}: ${name}`),
      h("td", { colspan: "4" }, h("progress", { "aria-label": words }), ` ${words}`),
    );
  }

  async #capture(event: Event): Promise<void> {
    event.preventDefault();
    set(this.#button, { disabled: true });
    setText(this.#status, "Asking…");
    try {
      const reason = this.#reason.value.trim();
      const { id } = await postJson<PromisedArchive>("archives", reason === "" ? {} : { reason });
      this.#asked = id;
      this.#reason.value = "";
      await this.#loader.loadArchives();
      this.#follow();
    } catch (error) {
      setText(this.#status, `It could not be asked for: ${reasonOf(error)}`);
    } finally {
      set(this.#button, { disabled: false });
    }
  }

  /** Until it is there, or is no longer being made. */
  #follow(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const ask = async (): Promise<void> => {
      await this.#loader.loadArchives();
      const { pending } = this.#model.state;
      if (pending.length > 0) setTimeout(() => void ask(), askAgainMs);
      else this.#isAsking = false;
    };
    setTimeout(() => void ask(), askAgainMs);
  }

  #tellProgress({ pending, archives }: State): void {
    if (this.#asked === undefined) return;
    const request = pending.find(({ id }) => id === this.#asked);
    const archive = archives.find(({ id }) => id === this.#asked);
    if (request !== undefined) {
      const seconds = durationText((this.#model.nowMs - request.requestedAtMs) / 1000);
      const ahead = pending.indexOf(request);
      setText(
        this.#status,
        request.state === "working"
          ? `Collecting, since ${seconds}…`
          : `Waiting behind ${ahead} ${ahead === 1 ? "other" : "others"}, since ${seconds}…`,
      );
      this.#follow();
    } else if (archive !== undefined) {
      this.#asked = undefined;
      fill(
        this.#status,
        "It is ready: ",
        h("a", { href: `archives/${archive.id}.tar.gz`, download: true, "data-action": "download" }, `${archive.id}.tar.gz`),
        `, ${formatBytes(archive.sizeBytes)}`,
      );
    } else if (!this.#isAsking) setText(this.#status, "It could not be made; the log says why.");
  }
}
