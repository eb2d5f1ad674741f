/** What is worth telling of all units: those that have failed, were started again, or were chosen. Most are well, and there are hundreds. */
import { defined } from "../model/defined.ts";
import type { UnitReading } from "../model/units.ts";
import type { ShownUnit } from "../procfs/systemdUnits.ts";

/** So long a service that was started is told of. */
const toldSeconds = 600;

/** What two clocks say of the same moment: seconds since boot, as systemd counts, and the time of day. */
interface Moment {
  readonly bootSeconds: number;
  readonly wallMs: number;
}

interface Start {
  readonly atMs: number;
  readonly seenSeconds: number;
  readonly isRestart: boolean;
}

/** Remembers when every service was started. */
export class UnitHistory {
  #known: ReadonlyMap<string, number> | undefined;
  #starts: ReadonlyMap<string, Start> = new Map();
  readonly #isChosen: (name: string) => boolean;

  constructor(isChosen: (name: string) => boolean = () => false) {
    this.#isChosen = isChosen;
  }

  /** Takes the newest look in. */
  take(units: readonly ShownUnit[], now: Moment): readonly UnitReading[] {
    const before = this.#known;
    const atMs = (seconds: number) => Math.round(now.wallMs - (now.bootSeconds - seconds) * 1000);
    const starts = new Map([...this.#starts].filter(([, { seenSeconds }]) => now.bootSeconds - seenSeconds < toldSeconds));
    for (const { name, type, startedSeconds } of units) {
      // a timer starts its oneshot all the time; before the first look everything was started once
      if (before === undefined || startedSeconds === undefined || type === "oneshot" || before.get(name) === startedSeconds) continue;
      starts.set(name, { atMs: atMs(startedSeconds), seenSeconds: now.bootSeconds, isRestart: before.has(name) });
    }
    this.#starts = starts;
    this.#known = new Map(units.flatMap(({ name, startedSeconds }) => (startedSeconds === undefined ? [] : [[name, startedSeconds]])));
    return units.flatMap(({ name, state, type, restarts, changedSeconds }): UnitReading[] => {
      const start = starts.get(name);
      const isFailed = state === "failed";
      if (!isFailed && !((restarts ?? 0) > 0) && start === undefined && !this.#isChosen(name)) return [];
      return [
        defined({
          ...{ name, state, type, restarts },
          changedAtMs: isFailed && changedSeconds !== undefined ? atMs(changedSeconds) : undefined,
          startedAtMs: start?.atMs,
          isRestart: start?.isRestart === true ? (true as const) : undefined,
        }),
      ];
    });
  }
}
