/** How much of the machine's busy time of the last seconds nobody was given: more than that, no late discovery can be. */

interface Tick {
  readonly endedSeconds: number;
  unexplainedSeconds: number;
}

/** A reading that is late by more than this is history whatever it says. */
const keepSeconds = 30;

/** Readings of different files are some milliseconds apart, and ticks of the kernel are ten. */
const slackSeconds = 0.05;
const slackRatio = 0.1;

/** How much of a claim can be a part of what is left: all or nothing; or, `partly`, as much as there is, if that is the greater part. */
export function fitting(seconds: number, leftSeconds: number, partly: boolean): number {
  const most = leftSeconds * (1 + slackRatio) + slackSeconds;
  if (seconds <= most) return seconds;
  return partly && most >= seconds / 2 ? most : 0;
}

/** Remembers what was left of every tick's busy time. */
export class Unexplained {
  #ticks: Tick[] = [];

  /** One more tick, with what its own readings leave unexplained; undefined where busy time is not known. */
  add(endedSeconds: number, unexplainedSeconds: number | undefined): void {
    this.#ticks = this.#ticks.filter((tick) => tick.endedSeconds > endedSeconds - keepSeconds);
    if (unexplainedSeconds !== undefined) this.#ticks.push({ endedSeconds, unexplainedSeconds: Math.max(0, unexplainedSeconds) });
  }

  /** How much of a claim for work that was done after `sinceSeconds` is among what is unexplained; takes it from there. */
  take(seconds: number, sinceSeconds: number, partly: boolean): number {
    const ticks = this.#ticks.filter((tick) => tick.endedSeconds > sinceSeconds);
    const left = ticks.reduce((sum, tick) => sum + tick.unexplainedSeconds, 0);
    const fit = fitting(seconds, left, partly);
    let rest = fit;
    for (const tick of ticks.reverse()) {
      const taken = Math.min(rest, tick.unexplainedSeconds);
      tick.unexplainedSeconds -= taken;
      rest -= taken;
    }
    return fit;
  }
}
