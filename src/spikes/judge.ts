/** Judges a stretch that somebody has recorded: what was before an onset, and what has been since. A fold over its seconds. */
import type { HostFigureName } from "../model/hostFigures.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import { machineSize, noFigures, restOf, watchedFigures, watchedValues } from "./figures.ts";
import { type Judgement, judgeTally } from "./judgement.ts";
import type { Past } from "./past.ts";
import { Tally } from "./tally.ts";

/** What a Judge needs to know. */
interface JudgeOptions {
  /** Ticks that end after this count as "since". */
  readonly sinceMs: number;
  readonly ancestorsOf?: (pid: number) => readonly string[];
}

/** What is read of a recorded tick. Its groups need an `id` that is the same in every tick. */
export type JudgedTick = Pick<Snapshot, "takenAtMs" | "elapsedSeconds" | "gap" | "host" | "groups" | "processes" | "oomKills">;

/** The fold. */
export interface Judge {
  add(tick: JudgedTick): void;
  /** Without a resource: the one that has risen most. Undefined where nothing was recorded since. */
  result(resource?: SpikeResource): Judgement | undefined;
  /** Undefined where the resource has not risen so far that it would be noticed, either. */
  risen(resource: SpikeResource): Judgement | undefined;
}

/** So much of what was written before reaches the disk only after the onset. */
const writeBackMs = 40_000;
/** Less past than this is no ground to hold anything against. */
const leastPastSeconds = 10;

/** A Judge without any tick yet. */
export function createJudge({ sinceMs, ancestorsOf = () => [] }: JudgeOptions): Judge {
  const before = new Tally();
  const since = new Tally();
  let newest: JudgedTick | undefined;
  const judged = (resource: SpikeResource | undefined, mustRise: boolean): Judgement | undefined => {
    if (newest === undefined || since.seconds === 0) return undefined;
    const known = before.seconds >= leastPastSeconds;
    return judgeTally(since, {
      past: pastOf(before, known),
      baselineOf: ({ figure }) => (known ? before.host(figure) : undefined),
      ancestorsOf,
      size: machineSize(newest.host),
      final: true,
      resource,
      mustRise,
    });
  };
  return {
    add(tick) {
      const { takenAtMs, elapsedSeconds: seconds, gap } = tick;
      if (seconds === undefined || seconds <= 0 || gap) return;
      newest = tick;
      const figures = watchedValues(tick.host);
      if (takenAtMs >= sinceMs) return since.add(tick, seconds, figures);
      before.add(tick, seconds, figures);
      if (takenAtMs >= sinceMs - writeBackMs) since.addEarlier(tick, seconds);
    },
    result: (resource) => judged(resource, false),
    risen: (resource) => judged(resource, true),
  };
}

/** Means of what was before; of memory as well, for the most that was ever used says nothing of how it was. */
function pastOf(before: Tally, known: boolean): Past {
  const of = (id: string) => {
    const line = before.lines.get(id);
    return line === undefined ? noFigures : { ...before.line(id), residentBytes: line.sums.residentBytes / before.seconds };
  };
  const figures: { [Name in HostFigureName]?: number } = {};
  for (const { name } of watchedFigures) {
    const value = before.host(name);
    if (value !== undefined) figures[name] = value;
  }
  const rest = restOf(
    figures,
    [...before.lines.keys()].map((id) => ({ usage: of(id) })),
  );
  return { known, of, rest: { ...noFigures, ...rest } };
}
