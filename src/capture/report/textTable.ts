/** Text for people: aligned columns, numbers and times as they read them. */
import { visible } from "../../visible.ts";

/** How a column stands. */
export type Alignment = "left" | "right";

/** Rows as aligned lines; the last column is not padded. What could move a terminal's cursor, or hide, is shown as an escape. */
export function alignedTable(rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string {
  const clean = rows.map((row) => row.map(visible));
  const widths = alignments.map((_, column) => clean.reduce((width, row) => Math.max(width, (row[column] ?? "").length), 0));
  return clean
    .map(
      (row) =>
        `${row
          .map((cell, column) => padded(cell, widths[column] ?? 0, alignments[column]))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** `2026-11-21 10:15:00 UTC`. */
export function utcTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `1.4 GiB`; `?` when it is not known. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return "?";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** `2d 3h`, `5m 20s`, `9s`; `?` when it is not known. */
export function durationText(seconds: number | undefined): string {
  if (seconds === undefined) return "?";
  const whole = Math.floor(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 86400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return "0s";
  return parts
    .slice(first, first + 2)
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => `${value}${unit}`)
    .join(" ");
}

function padded(cell: string, width: number, alignment: Alignment | undefined): string {
  return alignment === "right" ? cell.padStart(width) : cell.padEnd(width);
}
