/** Which lines the table of `culprit once` has, and in which order. Pure. */
import { isNamed, otherLabels } from "../model/group.ts";
import type { SpikeResource } from "../model/spikeResource.ts";
import { type ResourceKey, resourceFigure, resourceKeys } from "../model/usage.ts";
import type { GroupStats } from "../sampler/window.ts";

const mostRows = 15;
const mostByMemory = 5;

/** What is less is shown as nothing. */
export function leastShown(key: ResourceKey): number {
  const { unit } = resourceFigure(key);
  return unit === "cores" ? 0.005 : unit === "tasks" ? 0.05 : 0.5;
}

/** The first of every resource, sorted by the one that counts; what is not shown by name is in the line of all others. */
export function chooseLines(lines: readonly GroupStats[], resource: SpikeResource): readonly GroupStats[] {
  const named = lines.filter(isNamed);
  const ranks = new Map<GroupStats, number>();
  for (const key of resourceKeys) {
    // nearly everything has some memory
    const most = resourceFigure(key).level ? mostByMemory : mostRows;
    const ranked = named
      .filter(({ mean }) => (mean[key] ?? 0) >= leastShown(key))
      .sort((a, b) => (b.mean[key] ?? 0) - (a.mean[key] ?? 0))
      .slice(0, most);
    for (const [rank, line] of ranked.entries()) ranks.set(line, Math.min(rank, ranks.get(line) ?? rank));
  }
  const weigh = ({ mean }: GroupStats) => keysFor(resource).reduce((sum, key) => sum + (mean[key] ?? 0), 0);
  const order = (a: GroupStats, b: GroupStats) =>
    weigh(b) - weigh(a) || (b.mean.cpuCores ?? 0) - (a.mean.cpuCores ?? 0) || (b.mean.residentBytes ?? 0) - (a.mean.residentBytes ?? 0);
  const best = [...ranks.keys()].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0) || order(a, b)).slice(0, mostRows);
  const rest = lines.filter((line) => !isNamed(line));
  const other = otherOf(
    rest.filter(({ kind }) => kind === "other"),
    named.filter((line) => !best.includes(line)),
  );
  const remainder = [...(other === undefined ? [] : [other]), ...rest.filter(({ kind }) => kind !== "other")];
  return [...best.sort(order), ...remainder.filter(({ mean }) => resourceKeys.some((key) => (mean[key] ?? 0) > 0))];
}

function otherOf(known: readonly GroupStats[], folded: readonly GroupStats[]): GroupStats | undefined {
  const all = [...known, ...folded];
  if (all.length === 0) return undefined;
  const mean: Partial<Record<ResourceKey, number>> = {};
  for (const key of resourceKeys) {
    const values = all.flatMap(({ mean: one }) => (one[key] === undefined ? [] : [one[key]]));
    if (values.length > 0) mean[key] = values.reduce((sum, value) => sum + value, 0);
  }
  return { id: "other", ...otherLabels, mean, peak: {} };
}

/** What the lines are sorted by. */
export function keysFor(resource: SpikeResource): readonly ResourceKey[] {
  const keys = resourceKeys.filter((key) => resourceFigure(key).resource === resource);
  return keys.length > 0 ? keys : ["cpuCores"];
}
