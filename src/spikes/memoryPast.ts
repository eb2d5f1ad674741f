/** What every group held in the last ten minutes, looked at twice a minute: who has grown is asked when the kernel has killed somebody. */
import { type GroupUsage, isNamed } from "../model/group.ts";
import type { Snapshot } from "../model/snapshot.ts";

/** So far it looks back, and so often. */
export const memoryLook = { keptMs: 600_000, betweenMs: 30_000 } as const;

const { keptMs, betweenMs } = memoryLook;
/** Of so many groups the memory is remembered, those that hold most. */
const mostGroups = 200;
/** So many ticks are kept whole: who is killed has vanished from the newest. */
const recentTicks = 10;

/** What every group held in some second. */
export type HeldBefore = Pick<Snapshot, "takenAtMs" | "groups">;

interface Look {
  readonly atMs: number;
  readonly bytes: ReadonlyMap<string, number>;
}

/** A group that has more than it had. */
export interface Growth {
  readonly group: GroupUsage;
  readonly fromBytes: number;
  readonly toBytes: number;
}

/** Remembers it. */
export class MemoryPast {
  #looks: Look[] = [];
  #recent: HeldBefore[] = [];

  push({ takenAtMs, groups }: HeldBefore): void {
    this.#recent = [...this.#recent, { takenAtMs, groups }].slice(-recentTicks);
    const last = this.#looks.at(-1);
    if (last !== undefined && takenAtMs - last.atMs < betweenMs && takenAtMs >= last.atMs) return;
    this.#looks.push({ atMs: takenAtMs, bytes: largest(groups) });
    while ((this.#looks[0]?.atMs ?? takenAtMs) < takenAtMs - keptMs - betweenMs) this.#looks.shift();
  }

  /** After a long gap it is another time. */
  clear(): void {
    this.#looks = [];
    this.#recent = [];
  }

  /** How many seconds before a moment it is known. */
  knownSeconds(atMs: number): number {
    const first = this.#first(atMs);
    return first === undefined ? 0 : Math.max(0, (atMs - first.atMs) / 1000);
  }

  /** What each group held most of in the ticks up to a moment, and before. */
  growths(atMs: number): readonly Growth[] {
    const before = this.#first(atMs)?.bytes;
    const held = new Map<string, GroupUsage>();
    const until = this.#recent.filter(({ takenAtMs }) => takenAtMs <= atMs);
    for (const { groups } of until.length > 0 ? until : this.#recent) {
      for (const group of groups) {
        const known = held.get(group.id)?.usage.residentBytes ?? -1;
        if (isNamed(group) && (group.usage.residentBytes ?? -1) > known) held.set(group.id, group);
      }
    }
    return [...held.values()].map((group) => ({
      group,
      fromBytes: before?.get(group.id) ?? 0,
      toBytes: group.usage.residentBytes ?? 0,
    }));
  }

  /** The oldest look that counts. */
  #first(atMs: number): Look | undefined {
    return this.#looks.find((look) => look.atMs >= atMs - keptMs - betweenMs && look.atMs < atMs);
  }
}

function largest(groups: readonly GroupUsage[]): ReadonlyMap<string, number> {
  const held = groups.flatMap(({ id, usage: { residentBytes = 0 } }) => (residentBytes > 0 ? [[id, residentBytes] as const] : []));
  return new Map(held.length <= mostGroups ? held : held.sort((a, b) => b[1] - a[1]).slice(0, mostGroups));
}
