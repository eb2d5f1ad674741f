/** The table of who used what: it follows the cursor. */
import { processName, type SortKey, sortKeys } from "../logic/address.ts";
import { findLine } from "../logic/alone.ts";
import { type Focus, focusOf } from "../logic/focus.ts";
import { processNotes, whyNoGroup } from "../logic/notes.ts";
import { processRows } from "../logic/processes.ts";
import { filterRows, rowsOf, sortRows, type TableRow } from "../logic/table.ts";
import type { Actions } from "./actions.ts";
import { arrange, h, set, setText } from "./dom.ts";
import type { Model, State } from "./model.ts";
import { ProcessSource } from "./processSource.ts";
import { RowView, type ShownRow } from "./row.ts";

const titles: Readonly<Record<SortKey, string>> = {
  name: "Process",
  cpu: "CPU, cores",
  tasks: "Tasks",
  memory: "Memory",
  read: "Read",
  write: "Write",
};
const hints: Readonly<Record<SortKey, string>> = {
  name: "Process, with its container, unit and user",
  cpu: "Cores kept busy",
  tasks: "Tasks that run or wait to: its part of the load. D: in uninterruptible sleep",
  memory: "Resident memory, what is shared counted once",
  read: "Bytes read from disks",
  write: "Bytes written",
};
const order: readonly SortKey[] = ["name", ...sortKeys.filter((key) => key !== "name")];
const mostRows = 200;

/** Who used what. */
export class Who {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #actions: Actions;
  readonly #source: ProcessSource;
  readonly #when = h("p", { class: "who-when" });
  readonly #note = h("p", { class: "who-note", role: "status" });
  readonly #body = h("tbody");
  readonly #heads: ReadonlyMap<SortKey, HTMLElement>;
  readonly #views: ReadonlyMap<"groups" | "processes", HTMLButtonElement>;
  readonly #filter: HTMLInputElement;
  readonly #release: HTMLButtonElement;
  readonly #compare: readonly HTMLButtonElement[];
  readonly #table: HTMLTableElement;
  #rows = new Map<string, RowView>();

  constructor(model: Model, actions: Actions) {
    this.#model = model;
    this.#actions = actions;
    this.#source = new ProcessSource(model);
    this.#heads = new Map(
      order.map((key) => {
        const button = h("button", { type: "button", title: hints[key], onclick: () => actions.choose({ sort: key }) }, titles[key]);
        return [key, h("th", { scope: "col", class: key === "name" ? "name" : "number", "data-sort": key }, button)];
      }),
    );
    const view = (name: "groups" | "processes", label: string, hint: string) =>
      h("button", { type: "button", class: "chip", title: hint, "data-view": name, onclick: () => actions.choose({ view: name }) }, label);
    this.#views = new Map([
      ["groups", view("groups", "Groups", "Processes of the same name, unit, container and user in one line")],
      ["processes", view("processes", "Processes", "Single processes with their pids and command lines")],
    ]);
    this.#filter = h("input", {
      type: "search",
      placeholder: "Filter",
      "aria-label": "Filter by name, unit, container or user",
      oninput: () => actions.choose({ filter: this.#filter.value }),
    });
    this.#filter.value = model.state.address.filter;
    this.#release = h(
      "button",
      { type: "button", class: "chip", title: "Let the cursor go (Escape)", hidden: true, onclick: () => actions.unpin() },
      "Release",
    );
    const compare = (label: string, title: string, act: () => void) =>
      h("button", { type: "button", class: "chip", title, hidden: true, onclick: act }, label);
    this.#compare = [
      compare("Compare with now", "What differs between the pinned moment and now (key c)", () => actions.compareWithNow()),
      compare("with yesterday", "What differs from the same time a day earlier (key y)", () => actions.compareWithDayBefore()),
    ];
    this.#table = h(
      "table",
      { class: "who-table" },
      h("caption", { class: "visually-hidden" }, "Who used what"),
      h("thead", {}, h("tr", {}, [...this.#heads.values()])),
      this.#body,
    );
    this.element = h(
      "section",
      { class: "who", "aria-label": "Who" },
      h("div", { class: "who-head" }, h("h2", {}, "Who"), this.#when, this.#release, this.#compare),
      h(
        "div",
        { class: "who-tools" },
        h("div", { class: "chips", role: "group", "aria-label": "Lines" }, [...this.#views.values()]),
        this.#filter,
      ),
      h("div", { class: "who-scroll", tabindex: "0", role: "region", "aria-label": "Who used what" }, this.#table),
      this.#note,
    );
    model.subscribe((state, changed) => {
      if (
        ["revision", "frame", "range", "address", "hoverMs", "note", "host", "spikes", "isLoading"].some((name) =>
          changed.has(name as keyof State),
        )
      )
        this.#update(state);
    });
    this.#source.onChange(() => this.#update(model.state));
  }

  #update(state: State): void {
    const { frame, range, address } = state;
    const focus = focusOf(frame, range, this.#model.cursorMs, this.#model.times);
    setText(this.#when, focus.words);
    set(this.#when, { title: this.#model.times.utc(focus.fromMs) });
    for (const button of [this.#release, ...this.#compare]) set(button, { hidden: address.at === undefined });
    for (const [key, head] of this.#heads)
      set(head, { "aria-sort": key === address.sort ? (key === "name" ? "ascending" : "descending") : undefined });
    for (const [name, button] of this.#views) set(button, { "aria-pressed": String(name === address.view) });
    if (this.#filter.value !== address.filter && document.activeElement !== this.#filter) this.#filter.value = address.filter;
    if (address.view === "processes") this.#showProcesses(state, focus);
    else this.#showGroups(state, focus);
  }

  #showGroups({ frame, address }: State, focus: Focus): void {
    this.#source.stop();
    const all = focus.last < 0 ? [] : rowsOf(frame, focus.first, focus.last);
    const found = filterRows(sortRows(all, address.sort), address.filter);
    const chosen = findLine(frame, address.process)?.key;
    this.#show(
      found.map((row) => this.#groupRow(row, chosen)),
      focus,
    );
    setText(this.#note, whyNoGroup(this.#model.drawn, focus, { known: all.length, found: found.length }));
  }

  #groupRow(row: TableRow, chosen: string | undefined): ShownRow {
    const { labels, key, name, place, cells, blocked } = row;
    const kind = labels.kind === "process" ? undefined : "remainder";
    return {
      key,
      name,
      place,
      cells,
      blocked,
      detail: "",
      kind,
      colour: this.#model.picture.colours.get(key),
      isChosen: key === chosen,
      onChoose: () => this.#actions.toggleProcess(processName(labels)),
    };
  }

  #showProcesses({ address }: State, focus: Focus): void {
    this.#source.want(focus, address);
    const { answer, problem } = this.#source;
    const rows = answer === undefined ? [] : sortRows(processRows(answer), address.sort);
    this.#show(
      rows.map((row) => ({
        ...row,
        kind: undefined,
        colour: undefined,
        isChosen: row.process === address.process,
        onChoose: () => this.#actions.toggleProcess(row.process),
      })),
      { ...focus, withPeaks: answer?.when === "range" },
    );
    setText(this.#note, processNotes(answer, problem, address.filter));
  }

  #show(rows: readonly ShownRow[], focus: Pick<Focus, "withPeaks">): void {
    const known = this.#rows;
    this.#rows = new Map();
    const highest = Math.max(...rows.map(({ cells }) => cells.cpu.mean ?? 0), 0.05);
    const elements = rows.slice(0, mostRows).map((row) => {
      const view = known.get(row.key) ?? new RowView();
      view.show(row, { withPeaks: focus.withPeaks, highestCores: Math.max(highest, this.#model.cores ?? 0) });
      this.#rows.set(row.key, view);
      return view.element;
    });
    arrange(this.#body, elements);
  }
}
