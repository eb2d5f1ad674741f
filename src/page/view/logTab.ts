/** Culprit's log: its newest lines, following, by level and by words. */
import type { LogAnswer, LogLine } from "../../api/answers.ts";
import { reasonOf } from "../../model/errors.ts";
import { appended, fieldsText, searched } from "../logic/logLines.ts";
import { getJson } from "./api.ts";
import { fill, h, setText } from "./dom.ts";
import type { Model, State } from "./model.ts";
import type { TabContent } from "./tabs.ts";

const everyMs = 2000;
const mostShown = 500;
const levels = ["error", "warn", "info", "debug"] as const;

/** The tail of the log. */
export class LogTab implements TabContent {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #level: HTMLSelectElement;
  readonly #search: HTMLInputElement;
  readonly #follow = h("input", { type: "checkbox", checked: true });
  readonly #list = h("ol", { class: "log-lines" });
  readonly #scroll: HTMLElement;
  readonly #status = h("p", { class: "quiet", role: "status" });
  #lines: readonly LogLine[] = [];
  #newest = 0;
  #missed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;

  constructor(model: Model) {
    this.#model = model;
    this.#level = h(
      "select",
      { "aria-label": "Least level", onchange: () => this.#restart() },
      levels.map((level) => h("option", { value: level, selected: level === "info" }, level)),
    );
    this.#search = h("input", { type: "search", placeholder: "Search", "aria-label": "Search the log", oninput: () => this.#draw() });
    this.#scroll = h("div", { class: "log-scroll", tabindex: "0", role: "log", "aria-label": "Log", "aria-live": "off" }, this.#list);
    this.element = h(
      "div",
      { class: "tab-panel" },
      h("div", { class: "log-tools" }, this.#level, this.#search, h("label", {}, this.#follow, " follow")),
      this.#status,
      this.#scroll,
    );
  }

  update(_state: State, changed: unknown): void {
    if (changed !== undefined || this.#isOpen) return;
    this.#isOpen = true;
    void this.#ask();
  }

  hide(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  #restart(): void {
    this.#lines = [];
    this.#newest = 0;
    this.#missed = 0;
    clearTimeout(this.#timer);
    this.#list.replaceChildren();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const level = this.#level.value;
    try {
      const { lines, newest, missed } = await getJson<LogAnswer>(`api/log?after=${this.#newest}&level=${level}`);
      if (level !== this.#level.value) return;
      // after a restart its numbers are higher, but lines between are nobody's
      this.#newest = newest;
      this.#missed += missed;
      if (lines.length > 0) {
        this.#lines = appended(this.#lines, lines);
        this.#draw();
      }
      this.#tell();
    } catch (error) {
      setText(this.#status, `The log could not be read: ${reasonOf(error)}`);
    }
    clearTimeout(this.#timer);
    if (this.#isOpen) this.#timer = setTimeout(() => void this.#ask(), everyMs);
  }

  #tell(): void {
    const missed = this.#missed === 0 ? "" : `${this.#missed} lines were gone before they could be read. `;
    setText(this.#status, this.#lines.length === 0 ? "No line of this level yet." : missed);
  }

  #draw(): void {
    const found = searched(this.#lines, this.#search.value).slice(-mostShown);
    fill(
      this.#list,
      found.length === 0 && this.#lines.length > 0 ? h("li", { class: "quiet" }, "No match.") : found.map((line) => this.#line(line)),
    );
    if (this.#follow.checked) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #line({ time, level, message, fields }: LogLine): HTMLElement {
    const ms = Date.parse(time);
    const { times } = this.#model;
    return h(
      "li",
      { "data-level": level },
      h("time", { datetime: time, title: times.utc(ms) }, times.moment(ms, this.#model.nowMs)),
      h("span", { class: "log-level" }, level),
      h("span", { class: "log-message" }, message),
      h("span", { class: "log-fields" }, fieldsText(fields)),
    );
  }
}
