/** Capturing now: asks what for, and shows how far it is until the archive is there. */
import type { PromisedArchive } from "../../api/archiveAnswers.ts";
import { reasonOf } from "../../model/errors.ts";
import { captureProgress, captureStand } from "../logic/captures.ts";
import { formatBytes } from "../logic/format.ts";
import { postJson } from "./api.ts";
import { fill, h, set, setText } from "./dom.ts";
import { sentence } from "./headline.ts";
import type { Loader } from "./loader.ts";
import type { Model, State } from "./model.ts";

/** So often it is asked how far a capture is. */
const everyMs = 500;

/** The dialog; it can be closed while the capture goes on. */
export class CaptureDialog {
  readonly element: HTMLDialogElement;
  readonly #model: Model;
  readonly #loader: Loader;
  readonly #reason = h("textarea", {
    name: "reason",
    rows: "2",
    maxlength: "1000",
    placeholder: "What do you see? It stands in the archive, its summary and its report.",
    "aria-label": "Reason, optional",
  });
  readonly #button = h("button", { class: "primary", "data-action": "capture" }, "Capture now");
  readonly #bar = h("progress", { hidden: true, "aria-label": "How far the capture is" });
  readonly #status = h("p", { class: "capture-status", role: "status" });
  readonly #verdict = h("p", { class: "capture-verdict" });
  #asked: string | undefined;
  #isFollowing = false;

  constructor(model: Model, loader: Loader) {
    this.#model = model;
    this.#loader = loader;
    const close = h("button", { type: "button", class: "chip", onclick: () => this.element.close() }, "Close");
    this.element = h(
      "dialog",
      { class: "keys capture-dialog", "aria-labelledby": "capture-title" },
      h("h2", { id: "capture-title" }, "Capture now"),
      h(
        "form",
        { onsubmit: (event) => void this.#capture(event) },
        h("label", {}, "Reason (optional)", this.#reason),
        h("p", { class: "dialog-buttons" }, this.#button, close),
      ),
      this.#bar,
      this.#status,
      this.#verdict,
    );
    model.subscribe((state, changed) => {
      if (changed.has("archives") || changed.has("pending") || changed.has("beat")) this.#update(state);
    });
  }

  open(): void {
    if (!this.element.open) this.element.showModal();
  }

  async #capture(event: Event): Promise<void> {
    event.preventDefault();
    set(this.#button, { disabled: true });
    set(this.#bar, { hidden: false, value: undefined });
    setText(this.#status, "Asking…");
    fill(this.#verdict);
    try {
      const reason = this.#reason.value.trim();
      const { id } = await postJson<PromisedArchive>("archives", reason === "" ? {} : { reason });
      this.#asked = id;
      this.#reason.value = "";
      this.#follow();
    } catch (error) {
      this.#end(`It could not be asked for: ${reasonOf(error)}`);
    }
  }

  /** Until it is there, or is no longer being made. */
  #follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    const ask = async (): Promise<void> => {
      await this.#loader.loadPending();
      if (this.#model.state.pending.length > 0) setTimeout(() => void ask(), everyMs);
      else {
        this.#isFollowing = false;
        this.#update(this.#model.state);
      }
    };
    void ask();
  }

  #update({ pending, archives }: State): void {
    if (this.#asked === undefined) return;
    const stand = captureStand(this.#asked, pending, archives, this.#isFollowing);
    const request = pending.find(({ id }) => id === this.#asked);
    const archive = archives.find(({ id }) => id === this.#asked);
    if (request !== undefined) {
      const { text, part } = captureProgress(request, pending, this.#model.nowMs);
      setText(this.#status, `${text}…`);
      set(this.#bar, { value: part });
      if (request.sentence !== undefined && this.#verdict.childElementCount === 0) fill(this.#verdict, sentence(request.sentence));
      this.#follow();
    } else if (archive !== undefined) {
      this.#end("It is ready: ");
      const { id, sizeBytes, verdict } = archive;
      const link = h("a", { href: `archives/${id}.tar.gz`, download: true, "data-action": "download" }, `${id}.tar.gz`);
      this.#status.append(link, `, ${formatBytes(sizeBytes)}`);
      if (verdict !== undefined) fill(this.#verdict, sentence(verdict.sentence));
    } else if (stand === "failed") this.#end("It could not be made; the log says why.");
  }

  #end(words: string): void {
    this.#asked = undefined;
    set(this.#bar, { hidden: true });
    set(this.#button, { disabled: false });
    setText(this.#status, words);
  }
}
