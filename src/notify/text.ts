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

/** `3.62` or `0.04`: two decimals are what a load average has. */
export function formatDecimal(value: number): string {
  return value.toFixed(2);
}
