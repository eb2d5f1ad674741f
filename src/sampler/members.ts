/**
 * Which groups are shown by name. One set for all resources, so that a line that is there for its memory has its CPU, too.
 *
 * In at rank N of any resource by mean or peak; out after ten minutes outside of rank 2N; never more than 4N; and at most
 * 200 label sets an hour that were not shown before, so that names that change all the time cannot fill a Prometheus.
 */
import { type GroupUsage, groupId, isNamed, otherLabels } from "../model/group.ts";
import { eachInSteps, type Steps } from "../model/steps.ts";
import { type ResourceKey, resourceKeys } from "../model/usage.ts";
import type { GroupStats } from "./groupStats.ts";
import type { WindowStats } from "./window.ts";

/** The bounds of a member set. */
interface MemberLimits {
  readonly rank: number;
  readonly keepSeconds: number;
  readonly newPerHour: number;
}

const defaultMemberLimits: MemberLimits = { rank: 10, keepSeconds: 600, newPerHour: 200 };

interface Membership {
  lastInsideSeconds: number;
  rank: number;
}

/** The current members. Time is that of the ticks, never that of a scrape. */
export class Members {
  readonly #limits: MemberLimits;
  readonly #members = new Map<string, Membership>();
  /** When each label set that was shown in the last hour was shown last. */
  readonly #shownSeconds = new Map<string, number>();
  /** When the label sets of the last hour that were new came in. */
  #admittedSeconds: number[] = [];
  readonly #refused = new Set<string>();
  #droppedTotal = 0;
  #others: { readonly of: readonly GroupUsage[]; readonly line: GroupUsage } | undefined;

  constructor(limits: MemberLimits = defaultMemberLimits) {
    this.#limits = limits;
  }

  /** Label sets that were not shown because too many were new. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  has(id: string): boolean {
    return this.#members.has(id);
  }

  /** Looks at the ranks again. Until the last step the members are those of before. */
  *update(stats: Pick<WindowStats, "groups">, nowSeconds: number): Steps {
    const ranks = yield* bestRanks(stats, 2 * this.#limits.rank);
    this.#letGo(stats, ranks, nowSeconds);
    const candidates = [...ranks].filter(([id, rank]) => rank <= this.#limits.rank && !this.#members.has(id));
    for (const [id, rank] of candidates.sort((a, b) => a[1] - b[1])) this.#admit(id, rank, nowSeconds);
    for (const id of this.#members.keys()) this.#shownSeconds.set(id, nowSeconds);
  }

  /**
   * The members and the remainder of one Snapshot; everybody else is one line, `other`.
   *
   * Who is first in this very Snapshot has a line in it as well: a second is too short to become a member, not to be a culprit.
   */
  *fold(groups: readonly GroupUsage[]): Steps<readonly GroupUsage[]> {
    const shown: GroupUsage[] = [];
    const others: GroupUsage[] = [];
    const first = yield* this.#firstOf(groups);
    yield* eachInSteps(groups, (group) => {
      if (!isNamed(group) || this.#members.has(group.id) || first.includes(group)) shown.push(group);
      else others.push(group);
    });
    shown.push(yield* this.#fold(others));
    return shown;
  }

  *#firstOf(groups: readonly GroupUsage[]): Steps<readonly GroupUsage[]> {
    const busy: GroupUsage[] = [];
    yield* eachInSteps(groups, (group) => {
      if ((group.usage.cpuCores ?? 0) > 0 && isNamed(group)) busy.push(group);
    });
    if (busy.length <= this.#limits.rank) return busy;
    return yield* firstOf(busy, ({ usage }) => usage.cpuCores ?? 0, this.#limits.rank);
  }

  /** The line of all others; the same object as before while they all are. */
  *#fold(others: readonly GroupUsage[]): Steps<GroupUsage> {
    const before = this.#others;
    if (before !== undefined && before.of.length === others.length && before.of.every((group, index) => group === others[index])) {
      return before.line;
    }
    const usage: Partial<Record<ResourceKey, number>> = {};
    yield* eachInSteps(others, (group) => addTo(usage, group.usage));
    const line = { ...otherLabels, id: otherId, usage };
    this.#others = { of: others, line };
    return line;
  }

  /** The same for the window: means add up, peaks are those of the sum. Members are those of the first step. */
  *foldStats(stats: WindowStats): Steps<readonly GroupStats[]> {
    const members = new Set(this.#members.keys());
    const isOther = (group: GroupUsage | GroupStats) => isNamed(group) && !members.has(group.id);
    const shown: GroupStats[] = [];
    const mean: Partial<Record<ResourceKey, number>> = {};
    yield* eachInSteps(stats.groups.values(), (group) => {
      if (isOther(group)) addTo(mean, group.mean);
      else shown.push(group);
    });
    shown.push({ ...otherLabels, id: otherId, mean, peak: yield* peakOf(stats, isOther) });
    return shown;
  }

  #letGo(stats: Pick<WindowStats, "groups">, ranks: ReadonlyMap<string, number>, nowSeconds: number): void {
    for (const [id, member] of this.#members) {
      const rank = ranks.get(id);
      if (rank !== undefined) {
        member.rank = rank;
        member.lastInsideSeconds = nowSeconds;
      } else if (nowSeconds - member.lastInsideSeconds > this.#limits.keepSeconds || !stats.groups.has(id)) this.#members.delete(id);
    }
    for (const [id, shown] of this.#shownSeconds) if (nowSeconds - shown > 3600) this.#shownSeconds.delete(id);
    this.#admittedSeconds = this.#admittedSeconds.filter((admitted) => nowSeconds - admitted <= 3600);
    for (const id of this.#refused) if (!stats.groups.has(id)) this.#refused.delete(id);
  }

  #admit(id: string, rank: number, nowSeconds: number): void {
    const isNew = !this.#shownSeconds.has(id);
    if (isNew && this.#admittedSeconds.length >= this.#limits.newPerHour) {
      if (!this.#refused.has(id)) this.#droppedTotal++;
      this.#refused.add(id);
      return;
    }
    if (this.#members.size >= 4 * this.#limits.rank && !this.#replaceLonger(nowSeconds, rank)) return;
    this.#members.set(id, { rank, lastInsideSeconds: nowSeconds });
    if (isNew) this.#admittedSeconds.push(nowSeconds);
  }

  /** Makes room by the member that has been outside the longest, else by the one with the worst rank. */
  #replaceLonger(nowSeconds: number, rank: number): boolean {
    let worst: [string, Membership] | undefined;
    for (const entry of this.#members) {
      if (worst === undefined || standing(entry[1]) > standing(worst[1])) worst = entry;
    }
    if (worst === undefined || standing(worst[1]) <= rank) return false;
    this.#members.delete(worst[0]);
    return true;

    function standing(member: Membership): number {
      return member.rank + (nowSeconds - member.lastInsideSeconds) * 1000;
    }
  }
}

const otherId = groupId(otherLabels);

/** The highest of what these groups had together in a tick. */
function* peakOf({ ticks }: WindowStats, isCounted: (group: GroupUsage) => boolean): Steps<GroupStats["peak"]> {
  const peak: Partial<Record<ResourceKey, number>> = {};
  for (const { groups } of ticks) {
    const sum: Partial<Record<ResourceKey, number>> = {};
    yield* eachInSteps(groups, (group) => {
      if (isCounted(group)) addTo(sum, group.usage);
    });
    for (const key of resourceKeys) {
      const value = sum[key];
      if (value !== undefined) peak[key] = Math.max(peak[key] ?? 0, value);
    }
  }
  return peak;
}

/** The best rank of every named group that is among the first `deepest` of any resource, by mean or by peak. */
function* bestRanks(stats: Pick<WindowStats, "groups">, deepest: number): Steps<Map<string, number>> {
  const named = [...stats.groups.values()].filter(isNamed);
  const ranks = new Map<string, number>();
  for (const key of resourceKeys) {
    for (const by of ["mean", "peak"] as const) {
      const first = yield* firstOf(named, (group) => group[by][key] ?? 0, deepest);
      for (const [index, { id }] of first.entries()) ranks.set(id, Math.min(ranks.get(id) ?? Number.POSITIVE_INFINITY, index + 1));
    }
  }
  return ranks;
}

/** Those that have most of something, the first first; of equals the one that stood before the other. Sorting thousands would be one long step. */
function* firstOf<Group>(groups: readonly Group[], amountOf: (group: Group) => number, most: number): Steps<readonly Group[]> {
  const first: { readonly group: Group; readonly amount: number }[] = [];
  yield* eachInSteps(groups, (group) => {
    const amount = amountOf(group);
    if (amount <= 0 || (first.length === most && amount <= (first[most - 1]?.amount ?? 0))) return;
    const behind = first.findIndex((one) => one.amount < amount);
    first.splice(behind < 0 ? first.length : behind, 0, { group, amount });
    if (first.length > most) first.pop();
  });
  return first.map(({ group }) => group);
}

function addTo(sum: Partial<Record<ResourceKey, number>>, usage: GroupUsage["usage"]): void {
  // without an iterator: in every tick this is done for everybody who is not a member
  for (let at = 0; at < resourceKeys.length; at++) {
    const key = resourceKeys[at] as ResourceKey;
    const value = usage[key];
    if (value !== undefined) sum[key] = (sum[key] ?? 0) + value;
  }
}
