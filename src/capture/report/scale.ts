/** Scales of charts: round numbers at their ends, and figures in words. Pure. */
import { decimalUnits, scaled } from "../../text.ts";

/** What an axis counts in. */
export type ScaleUnit = "plain" | "percent" | "bytes" | "bytesPerSecond";

/** The next round number that is not below `value`: 1, 2 or 5 times a power of ten. */
export function roundTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** A value on its axis or in a sentence. */
export function valueText(value: number, unit: ScaleUnit): string {
  if (unit === "percent") return `${digits(value * 100)} %`;
  if (unit === "plain") return digits(value);
  const { amount, unit: name } = scaled(value, 1000, decimalUnits);
  return `${digits(amount)} ${name}${unit === "bytesPerSecond" ? "/s" : ""}`;
}

/** Three digits that count, no zeros behind the point. */
function digits(value: number): string {
  const size = Math.abs(value);
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `10:15:00`, by UTC as everything in an archive. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
