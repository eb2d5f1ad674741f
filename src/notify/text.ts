/** Texts and figures for people: whatever a process calls itself becomes one harmless line. */
import { visible } from "../visible.ts";

const blanks = /[\t\n\v\f\r\u0085\p{Z}]+/gu;
/** The two joiners belong to emoji and to scripts. */
const betweenJoiners = /[^\u200c\u200d]+/gu;

/** One line of printable characters; what would act instead of being shown is an escape. */
export function cleanText(text: string): string {
  return text.replaceAll(blanks, " ").trim().replaceAll(betweenJoiners, visible);
}

/** At most `most` code points, the last of which is an ellipsis where something is missing. */
export function cutText(text: string, most: number): string {
  // a string is never shorter in UTF-16 than in code points
  if (text.length <= most) return text;
  const points = Array.from(text);
  return points.length <= most ? text : `${points.slice(0, most - 1).join("")}…`;
}

/** `92%`. What is not quite full is not called full. */
export function formatPercent(ratio: number): string {
  const percent = Math.round(ratio * 100);
  return `${percent === 100 && ratio < 1 ? 99 : percent}%`;
}

/** `3.62` or `0.04`: two decimals are what a load average has. */
export function formatDecimal(value: number): string {
  return value.toFixed(2);
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, "")} ${units[unit] ?? ""}`;
}

/** `1 d 2 h`, `4 min 12 s`: the two largest units. */
export function formatLasting(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** `2026-11-21 10:00:00 UTC`. */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "unknown" : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
