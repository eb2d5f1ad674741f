/** One line of the table, changed in place: what is being read or clicked must not be replaced under it. */

import { formatNumber, formatValue, type Unit } from "../logic/format.ts";
import type { Column, TableRow } from "../logic/table.ts";
import type { Summary } from "../logic/track.ts";
import { h, set, setText } from "./dom.ts";

/** What a line shows. */
export interface ShownRow extends Pick<TableRow, "key" | "name" | "place" | "cells" | "blocked"> {
  readonly kind: "remainder" | undefined;
  readonly detail: string;
  readonly commandLine?: string;
  readonly isChosen: boolean;
  onChoose(): void;
}

const columns: readonly (readonly [Column, Unit])[] = [
  ["cpu", "cores"],
  ["tasks", "number"],
  ["memory", "bytes"],
  ["read", "bytesPerSecond"],
  ["write", "bytesPerSecond"],
];

/** Less than this is shown as nothing: it would be rounded to it. */
const leastShown: Readonly<Record<Unit, number>> = { ratio: 0.0005, number: 0.005, cores: 0.005, bytes: 1, bytesPerSecond: 1 };

interface Cell {
  readonly column: Column;
  readonly unit: Unit;
  readonly mean: HTMLElement;
  readonly peak: HTMLElement;
}

/** A line. */
export class RowView {
  readonly element: HTMLTableRowElement;
  readonly #name: HTMLButtonElement;
  readonly #place = h("span", { class: "place" });
  readonly #detail = h("span", { class: "detail" });
  readonly #command = h("span", { class: "command" });
  readonly #bar = h("span", { class: "bar", "aria-hidden": "true" });
  readonly #cells: readonly Cell[];
  #choose: () => void = () => undefined;

  constructor() {
    this.#name = h("button", { type: "button", class: "row-name", title: "Draw it alone over the timeline" });
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
    setText(this.#name, name);
    set(this.#name, { "aria-pressed": String(isChosen) });
    setText(this.#place, place);
    setText(this.#detail, detail);
    setText(this.#command, commandLine);
    set(this.#command, { title: commandLine === "" ? undefined : commandLine });
    set(this.element, { "data-kind": kind, "data-chosen": String(isChosen) });
    for (const { column, unit, mean, peak } of this.#cells) {
      const summary = cells[column];
      const isNothing = (summary.mean ?? 0) < leastShown[unit];
      setText(
        mean,
        column === "tasks" ? tasksText(summary, blocked) : isNothing && summary.mean !== undefined ? "0" : formatValue(summary.mean, unit),
      );
      set(mean, { "data-zero": isNothing });
      setText(peak, withPeaks && summary.peak !== undefined && summary.peak > 0 ? formatValue(summary.peak, unit) : "");
    }
    this.#bar.style.width = `${Math.min(100, ((cells.cpu.mean ?? 0) / highestCores) * 100)}%`;
  }
}

function tasksText({ mean }: Summary, blocked: Summary): string {
  if (mean === undefined) return "–";
  if (mean < leastShown.number) return "0";
  const waiting = blocked.mean ?? 0;
  return waiting >= 0.05 ? `${formatNumber(mean)} D` : formatNumber(mean);
}
