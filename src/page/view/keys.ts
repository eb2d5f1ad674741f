/** The keyboard, and the list of keys. */
import type { Actions } from "./actions.ts";
import { h } from "./dom.ts";
import type { Model } from "./model.ts";

interface Key {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly words: string;
  run(actions: Actions, event: KeyboardEvent): void;
}

const keys: readonly Key[] = [
  {
    keys: ["ArrowLeft"],
    shown: "←",
    words: "cursor one point back (Shift: ten)",
    run: (actions, { shiftKey }) => actions.move(shiftKey ? -10 : -1),
  },
  {
    keys: ["ArrowRight"],
    shown: "→",
    words: "cursor one point forward (Shift: ten)",
    run: (actions, { shiftKey }) => actions.move(shiftKey ? 10 : 1),
  },
  { keys: ["+", "="], shown: "+", words: "zoom in around the cursor", run: (actions) => actions.zoom(0.5) },
  { keys: ["-"], shown: "−", words: "zoom out", run: (actions) => actions.zoom(2) },
  { keys: ["["], shown: "[", words: "earlier", run: (actions) => actions.shift(-0.5) },
  { keys: ["]"], shown: "]", words: "later", run: (actions) => actions.shift(0.5) },
  { keys: ["Backspace"], shown: "Backspace", words: "back to the range before, as double click does", run: (actions) => actions.back() },
  { keys: ["Escape"], shown: "Esc", words: "let the cursor and the group go", run: (actions) => actions.unpin() },
  { keys: ["l"], shown: "l", words: "live", run: (actions) => actions.goLive() },
  { keys: ["s"], shown: "s", words: "list of spikes", run: (actions) => actions.showTab("spikes") },
  { keys: ["a"], shown: "a", words: "archives", run: (actions) => actions.showTab("archives") },
  { keys: ["g"], shown: "g", words: "charts by group, or as plain lines", run: (actions) => actions.toggleDraw() },
  { keys: ["p"], shown: "p", words: "groups or single processes", run: () => undefined },
  {
    keys: ["/"],
    shown: "/",
    words: "filter the table",
    run: () => document.querySelector<HTMLInputElement>(".who input[type=search]")?.focus(),
  },
];

/** Listens to the keyboard; the answer shows the list of keys. */
export function listenToKeys(model: Model, actions: Actions): { readonly dialog: HTMLDialogElement; help(): void } {
  const rows = [...keys, { shown: "?", words: "this list" }].map(({ shown, words }) =>
    h("div", {}, h("dt", {}, h("kbd", {}, shown)), h("dd", {}, words)),
  );
  const dialog = h(
    "dialog",
    { class: "keys", "aria-labelledby": "keys-title" },
    h("h2", { id: "keys-title" }, "Keys"),
    h("dl", {}, rows),
    h(
      "p",
      { class: "quiet" },
      "Drag over a chart to zoom; click to pin the cursor and the group that is drawn there; hover for its name and the time in UTC.",
    ),
    h("form", { method: "dialog" }, h("button", { class: "primary", autofocus: true }, "Close")),
  );
  const help = () => {
    if (!dialog.open) dialog.showModal();
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null || isTyping(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      help();
      return;
    }
    const key = keys.find((one) => one.keys.includes(event.key));
    if (key === undefined || (event.key.startsWith("Arrow") && isWidget(event.target))) return;
    event.preventDefault();
    if (event.key === "p") actions.choose({ view: model.state.address.view === "groups" ? "processes" : "groups" });
    else key.run(actions, event);
  });
  return { dialog, help };
}

function isTyping(target: EventTarget | null): boolean {
  const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
  if (isField && target instanceof HTMLInputElement && target.type === "checkbox") return false;
  return isField;
}

/** Where arrows mean something already. */
function isWidget(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=tablist], .who-scroll, .log-scroll, .scroll") !== null;
}
