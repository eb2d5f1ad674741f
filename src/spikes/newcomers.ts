/**
 * What lines use beyond anything that they are known to use: a neighbour that flutters explains itself, one that was not there before or
 * never did so much does not. On a machine where something flutters all the time this shows a newcomer that the machine's own figure hides.
 */
import type { GroupUsage } from "../model/group.ts";
import type { Moment } from "./history.ts";

/** So long ago counts a third of now: what has not been seen for long is no habit. */
const forgetSeconds = 1800;
/** Less is nobody's habit, and not worth remembering. */
const leastCores = 0.02;
/** No gust is just like the one before. */
const margin = 1.1;
const mostLines = 400;

/** Remembers how much CPU each line has used at most. */
export class Newcomers {
  readonly #highest = new Map<string, { cores: number; atSeconds: number }>();
  #nowSeconds = 0;

  /** Learns a moment that has become past; a spike of the CPU is no habit. */
  learn({ shown, seconds, away }: Moment): void {
    this.#nowSeconds += seconds;
    if (away.has("cpu")) return;
    for (const { id, usage } of shown) {
      const cores = usage.cpuCores ?? 0;
      if (cores < leastCores || cores < this.#habitOf(id)) continue;
      // taken out first: the order is that of the last time
      this.#highest.delete(id);
      this.#highest.set(id, { cores, atSeconds: this.#nowSeconds });
    }
    for (const id of this.#highest.keys()) {
      if (this.#highest.size <= mostLines) break;
      this.#highest.delete(id);
    }
  }

  /** Cores used beyond all habits. */
  unexplained(groups: readonly GroupUsage[]): number {
    let sum = 0;
    for (const { id, usage } of groups) {
      const { cpuCores = 0 } = usage;
      if (cpuCores >= leastCores) sum += Math.max(0, cpuCores - margin * this.#habitOf(id));
    }
    return sum;
  }

  #habitOf(id: string): number {
    const known = this.#highest.get(id);
    return known === undefined ? 0 : known.cores * Math.exp((known.atSeconds - this.#nowSeconds) / forgetSeconds);
  }
}
