/** What an alert is about, as far as its name tells. */
import type { SpikeResource } from "../model/spike.ts";

const hints: readonly (readonly [RegExp, SpikeResource])[] = [
  [/mem|oom|swap/i, "memory"],
  [/disk|i\/?o|writ|read/i, "io"],
  [/load/i, "load"],
  [/pressure|stall|psi/i, "pressure"],
  [/cpu|processor/i, "cpu"],
];

/** The resource that a name speaks of; undefined when it speaks of none. */
export function resourceNamed(name: string): SpikeResource | undefined {
  return hints.find(([pattern]) => pattern.test(name))?.[1];
}
