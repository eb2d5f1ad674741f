/** What the table tells of: right now, one moment, or a whole range. Pure. */

import { durationText } from "../../text.ts";
import type { Times } from "./format.ts";
import type { Frame } from "./frame.ts";
import type { Stretch } from "./range.ts";

/** At rest the table shows the mean of the newest seconds: single ones would flicker. */
const restSeconds = 5;

/** What is told of. */
export interface Focus {
  readonly kind: "now" | "moment" | "range";
  /** Slots of the frame, both included; -1 for none. */
  readonly first: number;
  readonly last: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly words: string;
  /** Peaks say something that means do not. */
  readonly withPeaks: boolean;
}

/** From the cursor, else the range, else now. */
export function focusOf(frame: Frame, range: Stretch | undefined, cursorMs: number | undefined, times: Times): Focus {
  const newestMs = frame.newestMs;
  if (cursorMs !== undefined) {
    const slot = frame.slotOf(cursorMs);
    const fromMs = frame.times[slot] ?? cursorMs;
    const toMs = fromMs + frame.stepMs;
    const isSecond = frame.stepMs <= 1000;
    const words = isSecond
      ? times.moment(fromMs)
      : `${times.moment(fromMs)}, ${durationText(frame.stepMs / 1000)}: mean, below it the highest second`;
    return { kind: "moment", first: slot, last: slot, fromMs, toMs, words, withPeaks: !isSecond };
  }
  if (range !== undefined) {
    const words = `${times.moment(range.fromMs)} – ${times.moment(range.toMs, range.fromMs)}: mean, below it the highest second`;
    return { kind: "range", first: 0, last: frame.length - 1, fromMs: range.fromMs, toMs: range.toMs, words, withPeaks: true };
  }
  const last = newestMs === undefined ? -1 : frame.slotOf(newestMs);
  const first = Math.max(0, last - restSeconds + 1);
  return {
    kind: "now",
    first,
    last,
    fromMs: frame.times[first] ?? 0,
    toMs: frame.toMs,
    words: `now, the mean of ${restSeconds} seconds`,
    withPeaks: false,
  };
}

/** The slots whose values the legends show, both included: those of the cursor, else of the range, else the newest. */
export function cursorSlots(
  frame: Frame,
  range: Stretch | undefined,
  cursorMs: number | undefined,
): { readonly first: number; readonly last: number } {
  if (cursorMs === undefined && range !== undefined) return { first: 0, last: frame.length - 1 };
  const slot = frame.slotOf(cursorMs ?? frame.newestMs ?? 0);
  return { first: slot, last: slot };
}
