/** Counts processes that the kernel killed for memory, by whose they were: in so many label sets, and no more. */
import { type GroupLabels, groupId, labelsOf, otherLabels, remainderLabels } from "../model/group.ts";
import type { OomKill } from "../model/oomKill.ts";

/** A machine that kills so many different ones has other worries than their names. */
const mostLabelSets = 100;

/** A counter of prom-client. */
interface LabelledCounter {
  inc(labels: GroupLabels, value: number): void;
}

/** Counts into `counter`, which is there from now on: what appears with its first kill would not be seen to rise. */
export function oomKillCount(counter: LabelledCounter): (kills: readonly OomKill[]) => void {
  const known = new Set<string>();
  counter.inc(remainderLabels("unattributed"), 0);
  return (kills) => {
    for (const { group } of kills) {
      const id = groupId(group);
      if (known.size < mostLabelSets) known.add(id);
      counter.inc(known.has(id) ? labelsOf(group) : otherLabels, 1);
    }
  };
}
