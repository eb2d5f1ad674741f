/** What is kept of a minute for a year: the ten groups that led in some resource, and all others as one. Pure. */
import { isNamed, otherLabels } from "../../model/group.ts";
import { type ResourceKey, resourceKeys } from "../../model/usage.ts";
import { type GroupRollup, meanOf, type Rollup, type Stat, sumOf } from "./rollup.ts";

const mostGroups = 10;
/** So many are kept for leading in each; who is left over goes by CPU. */
const leaders: readonly (readonly [ResourceKey, number])[] = [
  ["cpuCores", 4],
  ["residentBytes", 2],
  ["writtenBytesPerSecond", 1],
  ["readBytesPerSecond", 1],
  ["uninterruptibleTasks", 1],
];

/** A minute with its ten; the sums stay the machine's. */
export function withTopGroups(rollup: Rollup): Rollup {
  const named = rollup.groups.filter(isNamed);
  const kept = new Set<GroupRollup>();
  const keep = (resource: ResourceKey, count: number) => {
    const most = (group: GroupRollup) => meanIn(group, resource);
    const byMost = named.filter((group) => !kept.has(group) && most(group) > 0).sort((a, b) => most(b) - most(a));
    for (const group of byMost.slice(0, count)) kept.add(group);
  };
  for (const [resource, count] of leaders) keep(resource, count);
  keep("cpuCores", mostGroups - kept.size);
  const folded = rollup.groups.filter((group) => (isNamed(group) ? !kept.has(group) : group.kind === "other"));
  const remainders = rollup.groups.filter((group) => !isNamed(group) && group.kind !== "other");
  return { ...rollup, groups: [...kept, ...remainders, ...asOne(folded)] };
}

function asOne(groups: readonly GroupRollup[]): readonly GroupRollup[] {
  if (groups.length === 0) return [];
  const usage = resourceKeys.flatMap((key): readonly (readonly [ResourceKey, Stat])[] => {
    const stat = sumOf(groups, key);
    return stat === undefined ? [] : [[key, stat]];
  });
  return [{ ...otherLabels, usage: Object.fromEntries(usage) }];
}

function meanIn({ usage }: GroupRollup, resource: ResourceKey): number {
  const stat = usage[resource];
  return stat === undefined ? 0 : meanOf(stat);
}
