/** Who filled the memory for which the kernel killed somebody: those that had grown most in the minutes before. */
import { defined } from "../model/defined.ts";
import { type GroupLabels, groupId, labelsOf, otherLabels } from "../model/group.ts";
import type { OomKill } from "../model/oomKill.ts";
import type { Verdict, VerdictShare } from "../model/spike.ts";
import type { Growth, MemoryPast } from "./memoryPast.ts";
import { oomSentence } from "./oomSentence.ts";

/** Less is no growth. */
const leastBytes = 1024 * 1024;
const mostShares = 5;

/** What is to be judged: kills that belong together, the oldest first. */
interface OomFacts {
  readonly kills: readonly OomKill[];
  /** How many there were, where not all are kept. */
  readonly count: number;
  readonly past: Pick<MemoryPast, "growths" | "knownSeconds">;
  readonly lasting: boolean;
}

/** The verdict, and by how many bytes all that are named in it have grown together. */
export function oomVerdict({ kills, count, past, lasting }: OomFacts): { readonly verdict: Verdict; readonly grownBytes: number } {
  const [first] = kills;
  if (first === undefined) throw new Error("expected at least one that was killed");
  const grown = grownBy(kills, past).sort((a, b) => growthOf(b) - growthOf(a));
  const grownBytes = grown.reduce((sum, one) => sum + growthOf(one), 0);
  const shares = grown.length === 0 ? [shareOfVictim(first)] : sharesOf(grown, grownBytes, kills);
  const sentence = oomSentence({ kills, count, grown, knownSeconds: past.knownSeconds(first.killedAtMs) });
  return { verdict: defined({ sentence, shares, final: !lasting, basis: grown.length === 0 ? "use" : undefined }), grownBytes };
}

/** Those that count for the limit that was reached: on the machine everybody, else those who share the victim's unit or container. */
function grownBy(kills: readonly OomKill[], past: OomFacts["past"]): Growth[] {
  const found = new Map<string, Growth>();
  for (const kill of kills) {
    const own = groupId(kill.group);
    const growths = past.growths(kill.killedAtMs);
    const known = growths.find(({ group }) => group.id === own);
    const { residentBytes = 0 } = kill;
    const victim: Growth = {
      group: { ...kill.group, id: own, usage: known?.group.usage ?? {} },
      fromBytes: known?.fromBytes ?? 0,
      toBytes: Math.max(known?.toBytes ?? 0, residentBytes),
    };
    const others = growths.filter(({ group }) => group.id !== own && sharesMemory(group, kill));
    for (const one of [victim, ...others].map((growth) => withinLimit(growth, kill))) {
      const before = found.get(one.group.id);
      if (growthOf(one) >= leastBytes && (before === undefined || growthOf(before) < growthOf(one))) found.set(one.group.id, one);
    }
  }
  return [...found.values()];
}

function sharesMemory({ unit, container }: GroupLabels, { isOfMachine, group }: OomKill): boolean {
  if (isOfMachine === true) return true;
  if (group.unit === "" && group.container === "") return false;
  return unit === group.unit && container === group.container;
}

/** What a group has mapped of files is accounted to whoever read them first, and may lie outside of the limit. */
function withinLimit(growth: Growth, { limitBytes = Number.POSITIVE_INFINITY }: OomKill): Growth {
  const { fromBytes, toBytes } = growth;
  return { ...growth, fromBytes: Math.min(fromBytes, limitBytes), toBytes: Math.min(toBytes, limitBytes) };
}

function growthOf({ fromBytes, toBytes }: Growth): number {
  return toBytes - fromBytes;
}

function sharesOf(grown: readonly Growth[], grownBytes: number, kills: readonly OomKill[]): readonly VerdictShare[] {
  const shares = grown.slice(0, mostShares).map((one): VerdictShare => {
    const pids = kills.flatMap(({ pid, group }) => (pid !== undefined && groupId(group) === one.group.id ? [pid] : []));
    return { group: labelsOf(one.group), share: growthOf(one) / grownBytes, from: one.fromBytes, to: one.toBytes, pids };
  });
  const rest = grown.slice(mostShares);
  if (rest.length === 0) return shares;
  const [from, to] = [rest.reduce((sum, one) => sum + one.fromBytes, 0), rest.reduce((sum, one) => sum + one.toBytes, 0)];
  return [...shares, { group: otherLabels, share: (to - from) / grownBytes, from, to, pids: [] }];
}

/** Nobody has grown as far as is known: the one that was killed held most. */
function shareOfVictim({ group, pid, residentBytes = 0 }: OomKill): VerdictShare {
  return { group, share: 1, from: residentBytes, to: residentBytes, pids: pid === undefined ? [] : [pid] };
}
