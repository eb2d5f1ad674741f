/** The table of `culprit once`: who uses what. Pure. */
import { isNamed } from "../model/group.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import type { ResourceKey, ResourceUsage } from "../model/usage.ts";
import type { GroupStats } from "../sampler/window.ts";
import { scaled } from "../text.ts";
import { visible } from "../visible.ts";
import { chooseLines, keysFor, leastShown } from "./onceLines.ts";
import { cut, fill, type Paint, widthOf } from "./terminalText.ts";

interface TableStyle {
  readonly paint: Paint;
  /** Cells of the terminal; left out, lines are as long as they are. */
  readonly width?: number | undefined;
  /** What the table is sorted by. */
  readonly resource: SpikeResource;
}

interface Column {
  readonly head: string;
  readonly key: ResourceKey;
  readonly text: (value: number) => string;
}

const columns: readonly Column[] = [
  { head: "CORES", key: "cpuCores", text: (value) => value.toFixed(2) },
  { head: "RUN", key: "runningTasks", text: (value) => value.toFixed(1) },
  { head: "WAIT", key: "uninterruptibleTasks", text: (value) => value.toFixed(1) },
  { head: "MEMORY", key: "residentBytes", text: bytesText },
  { head: "READ/s", key: "readBytesPerSecond", text: bytesText },
  { head: "WRITE/s", key: "writtenBytesPerSecond", text: bytesText },
];
const whereHead = "UNIT OR CONTAINER";
const narrowWidth = 100;
const longestUser = 10;
const longestName = 60;
const shortestName = 12;

interface Row {
  readonly cells: readonly string[];
  readonly user: string;
  readonly name: string;
  readonly where: string;
  readonly quiet: boolean;
}

/** The lines of the table, its head first. */
export function renderTable(lines: readonly GroupStats[], { paint, width, resource }: TableStyle): readonly string[] {
  const shown = chooseLines(lines, resource);
  const rows = shown.map(rowOf);
  const sortKeys = keysFor(resource);
  const largest = columns.map(({ key }) => largestOf(shown, key));
  const layout = layoutOf(rows, width);
  const head = columns.map(({ head: text, key }, index) =>
    paint(fill(text, layout.cells[index] ?? 0, "right"), sortKeys.includes(key) ? "heading" : "strong"),
  );
  const heads = [head.join(layout.gap), paint(fill("USER", layout.user), "strong"), ...nameHeads(layout, paint)];
  return [
    heads.join("  ").trimEnd(),
    ...rows.map((row, index) => {
      const cells = row.cells.map((text, column) => {
        const isLargest = index === largest[column] && text !== "-";
        const tone = isNothing(text) ? "quiet" : isLargest ? "strong" : row.quiet ? "quiet" : "plain";
        return paint(fill(text, layout.cells[column] ?? 0, "right"), tone);
      });
      const name = paint(fill(cut(row.name, layout.name), layout.where > 0 ? layout.name : 0), row.quiet ? "quiet" : "strong");
      const where = layout.where > 0 ? [paint(cut(row.where, layout.where), "quiet")] : [];
      return [cells.join(layout.gap), paint(fill(cut(row.user, layout.user), layout.user), "quiet"), name, ...where].join("  ").trimEnd();
    }),
  ];
}

function nameHeads({ name, where }: Layout, paint: Paint): readonly string[] {
  if (where === 0) return [paint("PROCESS", "strong")];
  return [paint(fill("PROCESS", name), "strong"), paint(where < whereHead.length ? "WHERE" : whereHead, "strong")];
}

interface Layout {
  readonly cells: readonly number[];
  readonly gap: string;
  readonly user: number;
  readonly name: number;
  /** 0: nobody has a unit or a container. */
  readonly where: number;
}

function layoutOf(rows: readonly Row[], width: number | undefined): Layout {
  const gap = width !== undefined && width < narrowWidth ? " " : "  ";
  const cells = columns.map(({ head }, column) => Math.max(head.length, ...rows.map((row) => widthOf(row.cells[column] ?? ""))));
  const user = Math.min(longestUser, Math.max("USER".length, ...rows.map((row) => widthOf(row.user))));
  const longest = (pick: (row: Row) => string, least: number) =>
    Math.min(longestName, Math.max(least, ...rows.map((row) => widthOf(pick(row)))));
  const hasWhere = rows.some((row) => row.where !== "");
  const wanted = {
    name: longest((row) => row.name, "PROCESS".length),
    where: hasWhere ? longest((row) => row.where, "UNIT".length) : 0,
  };
  if (width === undefined) return { cells, gap, user, ...wanted };
  const taken = cells.reduce((sum, one) => sum + one, 0) + gap.length * (cells.length - 1) + 2 + user + 2;
  const left = Math.max(shortestName, width - taken);
  if (!hasWhere) return { cells, gap, user, name: Math.min(wanted.name, left), where: 0 };
  const free = left - 2;
  // the name says most: what it does not need is the unit's
  const name = Math.min(wanted.name, Math.max(shortestName, free - wanted.where, Math.ceil(free * 0.55)));
  return { cells, gap, user, name, where: Math.min(wanted.where, Math.max(0, free - name)) };
}

function largestOf(lines: readonly GroupStats[], key: ResourceKey): number {
  const values = lines.map(({ mean }) => mean[key] ?? 0);
  const most = Math.max(0, ...values);
  return most > 0 ? values.indexOf(most) : -1;
}

function rowOf({ kind, process, unit, container, user, mean }: GroupStats): Row {
  return {
    cells: columns.map(({ key, text }) => cellOf(mean, key, text)),
    user: visible(user),
    name: visible(nameOf(kind, process)),
    where: visible(container === "" ? unit : container),
    quiet: !isNamed({ kind }),
  };
}

function nameOf(kind: GroupStats["kind"], process: string): string {
  const names = {
    process,
    short_lived: "(short-lived)",
    other: "(all others)",
    interrupts: "(interrupts)",
    unattributed: "(nobody known)",
  };
  return names[kind];
}

/** Unknown is not nothing. */
function cellOf(usage: ResourceUsage, key: ResourceKey, text: (value: number) => string): string {
  const value = usage[key];
  if (value === undefined) return "-";
  return value < leastShown(key) ? "0" : text(value);
}

function isNothing(text: string): boolean {
  return text === "0" || text === "-";
}

/** `210M`, `1.4G`, as short as a column is; the units count in 1000. */
function bytesText(value: number): string {
  const { amount, step, unit } = scaled(value, 1000, ["B", "k", "M", "G", "T", "P"], 999.5);
  return `${amount.toFixed(step > 0 && amount < 9.95 ? 1 : 0)}${unit}`;
}
