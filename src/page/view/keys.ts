/** The keyboard, and the list of keys. */
import { commandOf, type Focus, type KeyAct, keys } from "../logic/keys.ts";
import type { Actions } from "./actions.ts";
import { h } from "./dom.ts";

const runs: Readonly<Record<Exclude<KeyAct, "help">, (actions: Actions, by: number) => void>> = {
  move: (actions, points) => actions.move(points),
  zoom: (actions, factor) => actions.zoom(factor),
  shift: (actions, share) => actions.shift(share),
  week: (actions, weeks) => actions.week(weeks),
  back: (actions) => actions.back(),
  unpin: (actions) => actions.unpin(),
  live: (actions) => actions.goLive(),
  spikes: (actions) => actions.showTab("spikes"),
  archives: (actions) => actions.showTab("archives"),
  draw: (actions) => actions.toggleDraw(),
  view: (actions) => actions.toggleView(),
  compareNow: (actions) => actions.toggleCompareNow(),
  compareDay: (actions) => actions.compareWithDayBefore(),
  compareOther: (actions) => actions.swapCompared(),
  search: () => document.querySelector<HTMLInputElement>(".search input")?.focus(),
  filter: () => document.querySelector<HTMLInputElement>(".who input[type=search]")?.focus(),
};

/** Listens to the keyboard; the answer shows the list of keys. */
export function listenToKeys(actions: Actions): { readonly dialog: HTMLDialogElement; help(): void } {
  const rows = keys.map(({ shown, words }) => h("div", {}, h("dt", {}, h("kbd", {}, shown)), h("dd", {}, words)));
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
    if (document.querySelector("dialog[open]") !== null) return;
    const command = commandOf(event, focusOf(event.target));
    if (command === undefined) return;
    event.preventDefault();
    if (command.act === "help") help();
    else runs[command.act](actions, command.by);
  });
  return { dialog, help };
}

function focusOf(target: EventTarget | null): Focus {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return "text";
  if (target instanceof HTMLInputElement && target.type !== "checkbox") return "text";
  return target instanceof Element && target.closest("[role=tablist], .who-scroll, .log-scroll, .scroll") !== null ? "arrows" : "page";
}
