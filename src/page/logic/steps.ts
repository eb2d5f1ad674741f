/** Where a person's steps lead: the address and the range after each. Pure. */
import { defined } from "../../model/defined.ts";
import type { Spike } from "../../model/spike.ts";
import { type Address, processName } from "./address.ts";
import { culpritOf, spikeSort } from "./events.ts";
import { aroundSpike, liveMs, type Stretch } from "./range.ts";

/** The whole second, within what is shown. */
export function secondWithin(ms: number, { fromMs, toMs }: Stretch): number {
  return Math.floor(Math.min(Math.max(ms, fromMs), toMs - 1) / 1000) * 1000;
}

/** With the cursor and the line that is drawn alone let go, and what was compared. */
export function unpinned({ at: _, process: __, with: ___, ...address }: Address): Address {
  return address;
}

/** The cursor, pinned so many points further; at the last point where there was none. */
export function movedCursor(points: number, cursorMs: number | undefined, stepMs: number, stretch: Stretch): number {
  return secondWithin((cursorMs ?? stretch.toMs - stepMs) + points * stepMs, stretch);
}

/** Of another range, or of the live window; with another cursor, or none. */
export function withRange(
  { at: _, from: __, to: ___, with: other, ...address }: Address,
  range: Stretch | undefined,
  at: number | undefined,
): Address {
  // without a cursor there is nothing to compare
  return defined({ ...address, from: range?.fromMs, to: range?.toMs, at, with: at === undefined ? undefined : other });
}

/** With a line drawn alone, or no longer where it was. */
export function withLineToggled({ process, ...address }: Address, name: string): Address {
  return process === name ? address : { ...address, process: name };
}

/** Where a spike is seen: its range or the live window, its peak, the table sorted by what it is about, and its culprit drawn alone. */
export function stepToSpike(
  spike: Spike,
  { process: _, ...address }: Address,
  { nowMs, isLiveShown }: { readonly nowMs: number; readonly isLiveShown: boolean },
): { readonly address: Address; readonly range: Stretch | undefined; readonly at: number } {
  const culprit = culpritOf(spike)?.group;
  const isInWindow = isLiveShown && spike.startMs > nowMs - liveMs + 60_000;
  return {
    address: defined({ ...address, sort: spikeSort(spike), process: culprit && processName(culprit) }),
    range: isInWindow ? undefined : aroundSpike(spike, nowMs),
    at: Math.floor(Math.min(Math.max(spike.peakMs, spike.startMs + 1000), nowMs - 1000) / 1000) * 1000,
  };
}
