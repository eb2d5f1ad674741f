/** The head of the page: which machine, how the connection stands, copying the link, logging out. */
import { machineFacts } from "../logic/facts.ts";
import { linkWords, silenceMs } from "../logic/link.ts";
import { h, set, setText } from "./dom.ts";
import type { Model, State } from "./model.ts";

/** What the buttons do that are not links. */
interface HeaderActions {
  retry(): void;
  help(): void;
  capture(): void;
}

/** The head of the page. */
export class Header {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #host = h("span", { class: "host" });
  readonly #facts = h("span", { class: "facts" });
  readonly #link = h("span", { class: "link-words" });
  readonly #pill: HTMLElement;
  readonly #retry: HTMLButtonElement;
  readonly #capture: HTMLButtonElement;
  readonly #login = h("a", { class: "chip", href: "login", hidden: true }, "Log in");
  readonly #logout = h("form", { method: "post", action: "logout", hidden: true }, h("button", { class: "chip" }, "Log out"));
  readonly #copied = h("span", { class: "visually-hidden", role: "status" });

  constructor(model: Model, actions: HeaderActions) {
    this.#model = model;
    this.#retry = h("button", { type: "button", class: "chip", hidden: true, onclick: () => actions.retry() }, "Try now");
    this.#capture = h("button", {
      type: "button",
      class: "chip",
      hidden: true,
      "data-action": "capture-dialog",
      onclick: () => actions.capture(),
    });
    this.#pill = h(
      "span",
      { class: "pill", role: "status", "data-state": "connecting" },
      h("span", { class: "dot", "aria-hidden": "true" }),
      this.#link,
    );
    const copy = h("button", { type: "button", class: "chip", "data-action": "copy", onclick: () => void this.#copy(copy) }, "Copy link");
    const keys = h(
      "button",
      { type: "button", class: "chip sign", "aria-label": "Keys", title: "Keys (?)", onclick: () => actions.help() },
      "?",
    );
    this.element = h(
      "header",
      { class: "head" },
      h("h1", {}, h("span", { class: "brand" }, "Culprit"), this.#host),
      this.#facts,
      h("div", { class: "head-right" }, this.#pill, this.#retry, this.#login, this.#capture, copy, this.#copied, keys, this.#logout),
    );
    model.subscribe((state, changed) => {
      if (["host", "link", "beat", "pending"].some((name) => changed.has(name as keyof State))) this.#update(state);
    });
  }

  #update({ host, link, newest, pending }: State): void {
    const { text, bad } = linkWords(link, Date.now(), silenceMs(host?.staleAfterSeconds));
    setText(this.#link, text);
    set(this.#pill, { "data-state": bad ? "lost" : link.state });
    document.documentElement.dataset.link = bad ? "lost" : link.state;
    set(this.#retry, { hidden: link.state !== "lost" });
    set(this.#login, { hidden: link.state !== "loggedOut" });
    if (link.state === "loggedOut") set(this.#login, { href: `login?next=${encodeURIComponent(`/${location.search}`)}` });
    if (host === undefined) return;
    setText(this.#host, host.host);
    const bootSeconds = newest?.host.bootTimeSeconds ?? host.bootTimeSeconds ?? undefined;
    const { cores, nowMs } = this.#model;
    setText(this.#facts, machineFacts({ ...host, cores, bootTimeSeconds: bootSeconds }, nowMs));
    set(this.#capture, { hidden: !host.canCapture });
    const { length } = pending;
    setText(this.#capture, length === 0 ? "Capture now…" : length === 1 ? "Capturing…" : `Capturing, ${length} wait…`);
    set(this.#logout, { hidden: !host.loggedIn });
  }

  async #copy(button: HTMLButtonElement): Promise<void> {
    const done = await copyText(location.href);
    setText(button, done ? "Copied" : "Press Ctrl+C in the address bar");
    setText(this.#copied, done ? "The link was copied" : "");
    setTimeout(() => setText(button, "Copy link"), 2000);
  }
}

/** Over plain HTTP browsers keep the clipboard to themselves; the old way still works there. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
