/** Amounts, moments, lists and tables for people, as several faces write them. Pure. */
import { visible } from "./visible.ts";

/** Bytes in steps of 1000. */
export const decimalUnits: readonly string[] = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A value in the first of the units, each `base` times the one before, in which it is below `limit`; `step` is that unit's place. */
export function scaled(value: number, base: number, units: readonly string[], limit: number = base) {
  let amount = value;
  let step = 0;
  while (Math.abs(amount) >= limit && step < units.length - 1) {
    amount /= base;
    step++;
  }
  return { amount, step, unit: units[step] ?? "" };
}

/** `1.4 GB`; `?` when it is not known. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return "?";
  const { amount, step, unit } = scaled(bytes, 1000, decimalUnits);
  return `${amount.toFixed(step === 0 ? 0 : 1)} ${unit}`;
}

/** `1.5 GB`, `120 MB`, in a text: without a zero behind the point. */
export function shortBytesText(bytes: number): string {
  const { amount, step, unit } = scaled(Math.max(0, bytes), 1000, decimalUnits, 999.5);
  return `${step === 0 || amount >= 99.95 ? Math.round(amount) : amount.toFixed(1).replace(/\.0$/, "")} ${unit}`;
}

/** Whole percent of a share; what is not quite all, below `all`, is not called all. */
export function wholePercent(ratio: number, all = 1): number {
  const percent = Math.round(ratio * 100);
  return percent === 100 && ratio < all ? 99 : percent;
}

/** `4 min 10 s`, `1 d 2 h`: the two largest units. */
export function durationText(seconds: number): string {
  return largestTwo(Math.round(seconds), [" d", " h", " min", " s"]);
}

/** `5m 20s`, `2d 3h`; `?` when it is not known. */
export function shortDurationText(seconds: number | undefined): string {
  return seconds === undefined ? "?" : largestTwo(Math.floor(seconds), ["d", "h", "m", "s"]);
}

/** `1h30m`, `250ms`: as the configuration takes it. Years and weeks are days, as a person would say it. */
export function writtenDuration(seconds: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
    ["ms", 1],
  ] as const;
  let left = Math.round(seconds * 1000);
  let text = "";
  for (const [name, size] of units) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${name}`;
    left -= count * size;
  }
  return text === "" ? "0s" : text;
}

function largestTwo(whole: number, [day, hour, minute, second]: readonly [string, string, string, string]): string {
  if (whole <= 0) return `0${second}`;
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), day],
    [Math.floor(whole / 3600) % 24, hour],
    [Math.floor(whole / 60) % 60, minute],
    [whole % 60, second],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
}

/** `2026-11-21 10:15:00 UTC`. */
export function utcText(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? "unknown" : `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** The same as short as in a list: `2026-11-21 10:15:00Z`. */
export function utcStamp(ms: number): string {
  return utcText(ms).replace(" UTC", "Z");
}

/** `2026-11-21 10:15:00 to 10:20:00 UTC`: the day of the end only where it is another one. */
export function utcSpanText(fromMs: number, toMs: number): string {
  const [from, to] = [utcText(fromMs).replace(" UTC", ""), utcText(toMs)];
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(texts: readonly string[]): string {
  const last = texts.at(-1) ?? "";
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(", ")} and ${last}`;
}

/** How a column stands. */
export type Alignment = "left" | "right";

/** Rows as aligned lines; spaces at their ends are cut off. What could move a terminal's cursor, or hide, is shown as an escape. */
export function alignedTable(rows: readonly (readonly string[])[], alignments: readonly Alignment[] = []): string {
  const clean = rows.map((row) => row.map(visible));
  const widths: number[] = [];
  for (const row of clean) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return clean
    .map((row) => {
      const cells = row.map((cell, column) => padded(cell, widths[column] ?? 0, alignments[column]));
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

function padded(cell: string, width: number, alignment: Alignment | undefined): string {
  return alignment === "right" ? cell.padStart(width) : cell.padEnd(width);
}
