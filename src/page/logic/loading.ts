/** What the page asks the server for, and when. Pure. */
import type { StateEvent } from "../../api/answers.ts";
import type { PendingCapture } from "../../api/archiveAnswers.ts";
import type { Spike } from "../../model/spike.ts";
import type { Frame } from "./frame.ts";
import { liveMs, type Stretch } from "./range.ts";

/** So many spikes are asked for at once. */
export const spikesAtOnce = 300;

/** The query for what is recorded of a time; the server chooses a step where none is said. */
export function snapshotsQuery({ fromMs, toMs }: Stretch, stepSeconds?: number, groups?: number): string {
  const step = stepSeconds === undefined ? "" : `&step=${stepSeconds}`;
  return `api/snapshots?from=${Math.floor(fromMs)}&to=${Math.ceil(toMs)}${step}${groups === undefined ? "" : `&groups=${groups}`}`;
}

/** Whether all of a range is there already. */
export function holds(frame: Pick<Frame, "fromMs" | "toMs">, { fromMs, toMs }: Stretch): boolean {
  return frame.fromMs <= fromMs && frame.toMs >= toMs - 1000;
}

/** How a second goes on from those that are known: begins anew after a long absence or when the clock was set back, or lacks some before it. */
export function continuation(
  live: Pick<Frame, "length" | "fromMs" | "toMs" | "newestMs">,
  { takenAtMs, elapsedSeconds = 1 }: { readonly takenAtMs: number; readonly elapsedSeconds?: number | undefined },
): { readonly beginsAnew: boolean; readonly lacksSome: boolean } {
  return {
    beginsAnew: live.length > 0 && (takenAtMs - live.toMs > liveMs || takenAtMs < live.fromMs),
    lacksSome: live.newestMs !== undefined && takenAtMs - elapsedSeconds * 1000 - live.newestMs > 2500,
  };
}

/** The query for spikes of a stretch that lies before all that are known; undefined where it does not. */
export function olderSpikesQuery({ fromMs, toMs }: Stretch, spikes: readonly Spike[]): string | undefined {
  const oldestMs = Math.min(...spikes.map(({ startMs }) => startMs));
  if (fromMs >= oldestMs) return undefined;
  return `api/spikes?limit=${spikesAtOnce}&from=${Math.floor(fromMs)}&to=${Math.ceil(Math.min(oldestMs, toMs))}`;
}

/** The first list, and those of the second that are not in it. */
export function merged(first: readonly Spike[], second: readonly Spike[]): readonly Spike[] {
  const known = new Set(first.map(({ id }) => id));
  return [...first, ...second.filter(({ id }) => !known.has(id))];
}

/** What the feed has told of firings, archives and events. */
export interface Told {
  readonly firing: string;
  readonly archives: string;
  readonly events: number;
}

/** What follows from a change of what lasts; `before` is undefined with a connection's first, after which everything is asked for anyway. */
export function changesOf(
  { spikes, firing, archives, events }: Pick<StateEvent, "spikes" | "firing" | "archives" | "events">,
  known: readonly Spike[],
  before: Told | undefined,
): { readonly told: Told; readonly hasEnded: boolean; readonly triggers: boolean; readonly archives: boolean; readonly events: boolean } {
  const told = { firing: JSON.stringify(firing), archives: JSON.stringify(archives), events };
  return {
    told,
    hasEnded: known.some(({ id, endMs }) => endMs === undefined && !spikes.some((spike) => spike.id === id)),
    triggers: before !== undefined && before.firing !== told.firing,
    archives: before !== undefined && before.archives !== told.archives,
    events: before !== undefined && before.events !== told.events,
  };
}

/** Whether one of those that were being made is made no more: its archive is there, or will never be. */
export function isOneDone(before: readonly PendingCapture[], now: readonly PendingCapture[]): boolean {
  return before.some(({ id }) => !now.some((request) => request.id === id));
}
