/**
 * Which groups are shown by name. One set for all resources, so that a line that is there for its memory has its CPU, too.
 *
 * In at rank N of any resource by mean or peak; out after ten minutes outside of rank 2N; never more than 4N; and at most
 * 200 label sets an hour that were not shown before, so that names that change all the time cannot fill a Prometheus.
 */
import { type GroupUsage, groupId, isNamed, otherLabels } from "../model/group.ts";
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

  /** Looks at the ranks again. */
  update(stats: Pick<WindowStats, "groups">, nowSeconds: number): void {
    const ranks = bestRanks(stats, 2 * this.#limits.rank);
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
  fold(groups: readonly GroupUsage[]): readonly GroupUsage[] {
    const shown: GroupUsage[] = [];
    const others: GroupUsage[] = [];
    const first = this.#firstOf(groups);
    for (const group of groups) {
      if (!isNamed(group) || this.#members.has(group.id) || first.includes(group)) shown.push(group);
      else others.push(group);
    }
    shown.push(this.#fold(others));
    return shown;
  }

  #firstOf(groups: readonly GroupUsage[]): readonly GroupUsage[] {
    const busy = groups.filter((group) => (group.usage.cpuCores ?? 0) > 0 && isNamed(group));
    if (busy.length <= this.#limits.rank) return busy;
    return busy.sort((a, b) => (b.usage.cpuCores ?? 0) - (a.usage.cpuCores ?? 0)).slice(0, this.#limits.rank);
  }

  /** The line of all others; the same object as before while they all are. */
  #fold(others: readonly GroupUsage[]): GroupUsage {
    const before = this.#others;
    if (before !== undefined && before.of.length === others.length && before.of.every((group, index) => group === others[index])) {
      return before.line;
    }
    const usage: Partial<Record<ResourceKey, number>> = {};
    for (const group of others) addTo(usage, group.usage);
    const line = { ...otherLabels, id: otherId, usage };
    this.#others = { of: others, line };
    return line;
  }

  /** The same for the window: means add up, peaks are those of the sum. */
  foldStats(stats: WindowStats): readonly GroupStats[] {
    const shown: GroupStats[] = [];
    const mean: Partial<Record<ResourceKey, number>> = {};
    for (const group of stats.groups.values()) {
      if (!isNamed(group) || this.#members.has(group.id)) shown.push(group);
      else addTo(mean, group.mean);
    }
    shown.push({ ...otherLabels, id: otherId, mean, peak: this.#peakOfOther(stats) });
    return shown;
  }

  #peakOfOther(stats: WindowStats): GroupStats["peak"] {
    const peak: Partial<Record<ResourceKey, number>> = {};
    for (const tick of stats.ticks) {
      const sum: Partial<Record<ResourceKey, number>> = {};
      for (const group of tick.groups) if (isNamed(group) && !this.#members.has(group.id)) addTo(sum, group.usage);
      for (const key of resourceKeys) {
        const value = sum[key];
        if (value !== undefined) peak[key] = Math.max(peak[key] ?? 0, value);
      }
    }
    return peak;
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

/** The best rank of every named group that is among the first `deepest` of any resource, by mean or by peak. */
function bestRanks(stats: Pick<WindowStats, "groups">, deepest: number): Map<string, number> {
  const named = [...stats.groups.values()].filter(isNamed);
  const ranks = new Map<string, number>();
  for (const key of resourceKeys) {
    for (const by of ["mean", "peak"] as const) {
      const ranked = named.filter((group) => (group[by][key] ?? 0) > 0).sort((a, b) => (b[by][key] ?? 0) - (a[by][key] ?? 0));
      for (let index = 0; index < Math.min(deepest, ranked.length); index++) {
        const id = (ranked[index] as GroupStats).id;
        ranks.set(id, Math.min(ranks.get(id) ?? Number.POSITIVE_INFINITY, index + 1));
      }
    }
  }
  return ranks;
}

function addTo(sum: Partial<Record<ResourceKey, number>>, usage: GroupUsage["usage"]): void {
  // without an iterator: in every tick this is done for everybody who is not a member
  for (let at = 0; at < resourceKeys.length; at++) {
    const key = resourceKeys[at] as ResourceKey;
    const value = usage[key];
    if (value !== undefined) sum[key] = (sum[key] ?? 0) + value;
  }
}
