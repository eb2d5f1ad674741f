/** What an alert is about, as far as its name tells. */
import type { SpikeResource } from "../model/spike.ts";

/** By whole words: `Utilization` ends in `io`-something, `Threadpool` begins like reading, and neither speaks of disks. */
const hints: readonly (readonly [RegExp, SpikeResource])[] = [
  [/^(?:mem|memory|oom|ram|swap)$/, "memory"],
  [/^(?:disks?|i\/?o|iops|iowait|reads?|reading|writes?|writing|written|filesystems?|inodes?)$/, "io"],
  [/^(?:pressure|stalls?|stalled|psi)$/, "pressure"],
  [/^(?:cpus?|processors?)$/, "cpu"],
  [/^load\d*$/, "load"],
];

/** The resource that a name speaks of; undefined when it speaks of none. */
export function resourceNamed(name: string): SpikeResource | undefined {
  const words = wordsOf(name);
  return hints.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1];
}

/** `HighCPUUtilization`, `node_load5` and `Disk I/O` in their words, small. */
function wordsOf(name: string): readonly string[] {
  const apart = name.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2");
  // as it stands as well: IOwait is one word
  return `${name} ${apart}`.toLowerCase().split(/[^a-z\d/]+/);
}
