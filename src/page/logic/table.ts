/** The table of who used what: lines over a second or a range of a frame, sorted and filtered. Pure. */
import { defined } from "../../model/defined.ts";
import type { GroupLabels } from "../../model/group.ts";
import type { ResourceKey } from "../../model/usage.ts";
import type { SortKey } from "./address.ts";
import { nameOf, placeOf } from "./format.ts";
import type { Frame } from "./frame.ts";
import { type Summary, summarise } from "./track.ts";

/** What a cell shows. */
export type Column = Exclude<SortKey, "name">;

/** One line of the table. */
export interface TableRow {
  readonly key: string;
  readonly labels: GroupLabels;
  readonly name: string;
  readonly place: string;
  readonly cells: Readonly<Record<Column, Summary>>;
  /** Tasks in uninterruptible sleep among its tasks. */
  readonly blocked: Summary;
}

/** What each column adds up. */
export const columnResources: Readonly<Record<Column, readonly [ResourceKey, ...ResourceKey[]]>> = {
  cpu: ["cpuCores"],
  tasks: ["runningTasks", "uninterruptibleTasks"],
  memory: ["residentBytes"],
  read: ["readBytesPerSecond"],
  write: ["writtenBytesPerSecond"],
};

/** A cell for each column. */
export function cellsOf(cellOf: (resources: readonly ResourceKey[]) => Summary): TableRow["cells"] {
  const cells = Object.entries(columnResources).map(([column, resources]) => [column, cellOf(resources)]);
  return Object.fromEntries(cells) as TableRow["cells"];
}

/** The lines of a frame between two of its slots, both included. Those that did nothing and hold nothing are left out. */
export function rowsOf(frame: Frame, first: number, last: number): readonly TableRow[] {
  const rows: TableRow[] = [];
  for (const [key, { labels, tracks }] of frame.groups) {
    const of = (resource: ResourceKey): Summary => {
      const track = tracks.get(resource);
      return track === undefined ? {} : summarise(track, frame.seconds, first, last);
    };
    const blocked = of("uninterruptibleTasks");
    const cells = cellsOf((resources) => resources.map(of).reduce(sumOf));
    if (Object.values(cells).some(({ mean = 0, peak = 0 }) => mean > 0 || peak > 0)) {
      rows.push({ key, labels, name: nameOf(labels), place: placeOf(labels), cells, blocked });
    }
  }
  return rows;
}

/** Of two kinds of tasks: the peak of their sum is at most the sum of their peaks, and at least the higher one. */
function sumOf(a: Summary, b: Summary): Summary {
  const mean = a.mean === undefined && b.mean === undefined ? undefined : (a.mean ?? 0) + (b.mean ?? 0);
  if (mean === undefined) return {};
  const peak = Math.max(a.peak ?? 0, b.peak ?? 0, mean);
  return defined({ mean, peak: a.peak === undefined && b.peak === undefined ? undefined : peak });
}

/** Sorted by a column, most first, or by name; what is nobody's stays where its figures put it. */
export function sortRows<Row extends Pick<TableRow, "name" | "cells">>(rows: readonly Row[], by: SortKey): readonly Row[] {
  const byName = (a: Row, b: Row) => a.name.localeCompare(b.name, "en");
  if (by === "name") return [...rows].sort(byName);
  const weight = ({ cells }: Row) => cells[by].mean ?? -1;
  const second = ({ cells }: Row) => cells.cpu.mean ?? 0;
  return [...rows].sort(
    (a, b) => weight(b) - weight(a) || second(b) - second(a) || (b.cells.memory.mean ?? 0) - (a.cells.memory.mean ?? 0) || byName(a, b),
  );
}

/** Those in whose name or place all words of the filter stand. */
export function filterRows<Row extends Pick<TableRow, "name" | "place">>(rows: readonly Row[], filter: string): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ name, place }) => {
    const text = `${name} ${place}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
