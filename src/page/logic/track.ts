/** One value over the slots of a frame: its mean and its peak in each; null is unknown. */
import { defined } from "../../model/defined.ts";

/** Lists with an entry for every slot. */
export interface Track {
  readonly mean: (number | null)[];
  readonly peak: (number | null)[];
}

/** A track of so many slots, nothing known yet. */
export function newTrack(length: number, value: number | null = null): Track {
  return { mean: new Array<number | null>(length).fill(value), peak: new Array<number | null>(length).fill(value) };
}

/** Mean and peak of some slots. What is unknown is absent. */
export interface Summary {
  readonly mean?: number;
  readonly peak?: number;
}

/** The slots from `first` to `last`, both included, weighed by how much of each is recorded. */
export function summarise(track: Track, seconds: readonly number[], first: number, last: number): Summary {
  let sum = 0;
  let weight = 0;
  let peak: number | undefined;
  for (let slot = Math.max(0, first); slot <= last && slot < seconds.length; slot++) {
    const mean = track.mean[slot] ?? undefined;
    const recorded = seconds[slot] ?? 0;
    if (mean === undefined || recorded === 0) continue;
    sum += mean * recorded;
    weight += recorded;
    const highest = track.peak[slot] ?? undefined;
    if (highest !== undefined && (peak === undefined || highest > peak)) peak = highest;
  }
  return defined({ mean: weight === 0 ? undefined : sum / weight, peak });
}

/** Puts a value into a slot. Two seconds may fall into one: their mean then, by their length. A gap makes no peak. */
export function put(track: Track, slot: number, value: number, before: number, seconds: number, gap: boolean): void {
  const known = track.mean[slot] ?? undefined;
  track.mean[slot] = known === undefined || before === 0 ? value : (known * before + value * seconds) / (before + seconds);
  if (!gap) track.peak[slot] = Math.max(track.peak[slot] ?? value, value);
}

/** Takes a slot over from another track. */
export function copySlot(from: Track, fromSlot: number, to: Track, slot: number): void {
  to.mean[slot] = from.mean[fromSlot] ?? null;
  to.peak[slot] = from.peak[fromSlot] ?? null;
}

/** Whether all of them were nothing, or are not known. */
export function isNothing(tracks: Iterable<Track>): boolean {
  for (const track of tracks) if (track.mean.some((value) => value !== null && value !== 0)) return false;
  return true;
}
