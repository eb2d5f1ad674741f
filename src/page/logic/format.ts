/** Figures, times and names for people. Pure: the time zone is passed in where it matters. */
import { type GroupLabels, groupName } from "../../model/group.ts";
import { decimalUnits, scaled, utcText } from "../../text.ts";

/** What a value is counted in. */
export type Unit = "ratio" | "number" | "cores" | "bytes" | "bytesPerSecond";

/** An en dash where nothing is known. */
export const unknown = "–";

/** `71 %`, `2.31`, `1.4 GB`, `12 MB/s`. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || Number.isNaN(value)) return unknown;
  switch (unit) {
    case "ratio":
      return formatPercent(value);
    case "cores":
    case "number":
      return formatNumber(value);
    case "bytes":
      return formatBytes(value);
    case "bytesPerSecond":
      return value === 0 ? "0" : `${formatBytes(value)}/s`;
  }
}

/** A label of an axis: without zeros behind the point. */
export function formatTick(value: number, unit: Unit): string {
  return formatValue(value, unit).replace(/(\.\d*?)0+(?!\d)/, (_, digits: string) => (digits === "." ? "" : digits));
}

/** Two digits behind the point for what is small, none for what is large. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** `3`, `3.9`: of what is mostly whole. */
export function formatCount(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/** `71 %`, `0.4 %`. */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return "0 %";
  return `${Math.abs(percent) < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** Decimal, as verdicts have it: `1.4 GB`. */
export function formatBytes(bytes: number): string {
  const { amount, step, unit } = scaled(bytes, 1000, decimalUnits, 999.5);
  return `${amount.toFixed(step === 0 || Math.abs(amount) >= 99.5 ? 0 : 1)} ${unit}`;
}

/** How times are told: in the zone that the browser is in, or in another one. */
export interface Times {
  /** `14:03:09`. */
  clock(ms: number): string;
  /** `21 Nov 14:03:09`; without the day where it is the same as that of `near`. */
  moment(ms: number, nearMs?: number): string;
  /** `2026-11-21 13:03:09 UTC`, for tooltips. */
  utc(ms: number): string;
}

/** Times in a zone; without one in the browser's own. */
export function timesIn(timeZone?: string): Times {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", ...zone });
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...zone });
  return {
    clock: (ms) => clock.format(ms),
    moment: (ms, nearMs) =>
      nearMs !== undefined && day.format(ms) === day.format(nearMs) ? clock.format(ms) : `${day.format(ms)} ${clock.format(ms)}`,
    utc: utcText,
  };
}

/** What a line is called: the process, or in words what it stands for. */
export function nameOf(line: Pick<GroupLabels, "kind" | "process">): string {
  if (line.kind === "other") return "all others";
  return line.kind === "unattributed" ? "unattributed" : groupName(line);
}

/** Unit, container and user, as far as they say something. */
export function placeOf({ unit, container, user }: Partial<Pick<GroupLabels, "unit" | "container" | "user">>): string {
  return [container, unit, user].filter((part) => part !== undefined && part !== "").join(" · ");
}

/** A sentence with `names` in backticks, in pieces: those that are names, and the text between. */
export function splitNames(sentence: string): readonly { readonly text: string; readonly isName: boolean }[] {
  return sentence
    .split("`")
    .map((text, index) => ({ text, isName: index % 2 === 1 }))
    .filter(({ text }) => text !== "");
}
