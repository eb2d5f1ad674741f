/** In which cgroups processes were killed for memory, by two counts of all of them. */
import { defined } from "../model/defined.ts";
import type { OomReason } from "../model/oomKill.ts";

/** What is counted of one cgroup. v2 counts what happens below it as well. */
export interface OomCount {
  readonly path: string;
  readonly kills: number;
  /** v2: how often it, or one below it, had reached its limit and could not get more. */
  readonly limitHits: number;
  readonly limitBytes?: number;
}

/** So many were killed in a cgroup, and by whose limit. */
interface CgroupKills extends OomReason {
  readonly cgroup: string;
  readonly kills: number;
}

type Figure = "kills" | "limitHits";

/** What happened between two counts, where a cgroup that is new began at 0. `version` is that of the hierarchy. */
export function killsBetween(before: readonly OomCount[], after: readonly OomCount[], version: 1 | 2): readonly CgroupKills[] {
  const earlier = new Map(before.map((one) => [one.path, one]));
  const rises = new Map(
    after.map((one) => {
      const { kills = 0, limitHits = 0 } = earlier.get(one.path) ?? {};
      return [one.path, { ...one, kills: one.kills - kills, limitHits: one.limitHits - limitHits }];
    }),
  );
  const ownRise = (path: string, figure: Figure): number => {
    const rise = rises.get(path)?.[figure] ?? 0;
    if (version === 1) return rise;
    let below = 0;
    for (const [other, one] of rises) if (parentOf(other) === path) below += one[figure];
    return rise - below;
  };
  return [...rises.values()].flatMap(({ path, limitBytes }): CgroupKills[] => {
    const kills = ownRise(path, "kills");
    if (kills <= 0) return [];
    const limited = selfAndAbove(path).find((one) => ownRise(one, "limitHits") > 0);
    const limit = limited === undefined ? undefined : rises.get(limited)?.limitBytes;
    if (version === 2) {
      const reason: OomReason = limited === undefined ? { isOfMachine: true } : defined({ limitCgroup: limited, limitBytes: limit });
      return [{ cgroup: path, kills, ...reason }];
    }
    // v1 does not tell whose limit it was
    return [{ cgroup: path, kills, ...(limitBytes === undefined ? {} : { limitCgroup: path, limitBytes }) }];
  });
}

function parentOf(path: string): string | undefined {
  if (path === "/") return undefined;
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

function selfAndAbove(path: string): readonly string[] {
  const above = parentOf(path);
  return above === undefined ? [path] : [path, ...selfAndAbove(above)];
}
