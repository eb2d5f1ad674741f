/** One line of the table, changed in place: what is being read or clicked must not be replaced under it. */
import { cellTexts, columns } from "../logic/cells.ts";
import type { Unit } from "../logic/format.ts";
import type { Column, TableRow } from "../logic/table.ts";
import { h, set, setText } from "./dom.ts";

/** What a line shows. */
export interface ShownRow extends Pick<TableRow, "key" | "name" | "place" | "cells" | "blocked"> {
  readonly kind: "remainder" | undefined;
  /** As its group is drawn in the charts. */
  readonly colour: string | undefined;
  readonly detail: string;
  readonly commandLine?: string;
  readonly isChosen: boolean;
  onChoose(): void;
}

interface Cell {
  readonly column: Column;
  readonly unit: Unit;
  readonly mean: HTMLElement;
  readonly peak: HTMLElement;
}

/** A line. */
export class RowView {
  readonly element: HTMLTableRowElement;
  readonly #dot = h("span", { class: "dot", "aria-hidden": "true" });
  readonly #label = h("span", { class: "row-label" });
  readonly #name: HTMLButtonElement;
  readonly #place = h("span", { class: "place" });
  readonly #detail = h("span", { class: "detail" });
  readonly #command = h("span", { class: "command" });
  readonly #bar = h("span", { class: "bar", "aria-hidden": "true" });
  readonly #cells: readonly Cell[];
  #choose: () => void = () => undefined;

  constructor() {
    this.#name = h("button", { type: "button", class: "row-name", title: "Pin it in the charts, or let it go" }, this.#dot, this.#label);
    this.#cells = columns.map(([column, unit]) => ({
      column,
      unit,
      mean: h("span", { class: "mean" }),
      peak: h("span", { class: "peak" }),
    }));
    const cells = this.#cells.map(({ column, mean, peak }) =>
      h("td", { class: "number", "data-column": column }, mean, column === "cpu" ? this.#bar : undefined, peak),
    );
    this.element = h(
      "tr",
      { onclick: () => this.#choose() },
      h("th", { scope: "row", class: "name" }, this.#name, this.#place, this.#detail, this.#command),
      cells,
    );
  }

  show(row: ShownRow, { withPeaks, highestCores }: { readonly withPeaks: boolean; readonly highestCores: number }): void {
    const { name, place, detail, commandLine = "", cells, blocked, kind, isChosen } = row;
    this.#choose = () => {
      // selecting text to copy it is no click on the row
      if ((getSelection()?.toString() ?? "") === "") row.onChoose();
    };
    setText(this.#label, name);
    set(this.#dot, { hidden: row.colour === undefined });
    this.element.style.setProperty("--own", row.colour ?? "");
    set(this.#name, { "aria-pressed": String(isChosen) });
    setText(this.#place, place);
    setText(this.#detail, detail);
    setText(this.#command, commandLine);
    set(this.#command, { title: commandLine === "" ? undefined : commandLine });
    set(this.element, { "data-kind": kind, "data-chosen": String(isChosen) });
    for (const { column, unit, mean, peak } of this.#cells) {
      const texts = cellTexts(column, unit, cells[column], blocked, withPeaks);
      setText(mean, texts.mean);
      set(mean, { "data-zero": texts.isNothing });
      setText(peak, texts.peak);
    }
    this.#bar.style.width = `${Math.min(100, ((cells.cpu.mean ?? 0) / highestCores) * 100)}%`;
  }
}
