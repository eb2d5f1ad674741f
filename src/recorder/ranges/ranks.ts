/** Which groups of a range are shown by name: those that lead in some resource, over the whole range or in one second of it. Pure. */
import { type GroupLabels, groupId, labelsOf, otherLabels } from "../../model/group.ts";
import { resourceFigure, resourceKeys } from "../../model/usage.ts";
import { meanOf, peakOf, type Rollup, unknownSecondsOf } from "../format/rollup.ts";

/** The lines that are no single group's: always shown, for without them the sums would not be the machine's. */
const remainders: readonly GroupLabels["kind"][] = ["interrupts", "unattributed", "other"];

interface Ranked {
  readonly labels: GroupLabels;
  readonly sums: Float64Array;
  readonly peaks: Float64Array;
}

/** Takes the rollups of a range in and says who leads. */
export class Ranks {
  readonly #groups = new Map<string, Ranked>();

  add({ groups, seconds }: Rollup): void {
    for (const group of groups) {
      const key = groupId(group);
      let found = this.#groups.get(key);
      if (found === undefined) {
        found = { labels: labelsOf(group), sums: new Float64Array(resourceKeys.length), peaks: new Float64Array(resourceKeys.length) };
        this.#groups.set(key, found);
      }
      for (const [index, resource] of resourceKeys.entries()) {
        const stat = group.usage[resource];
        if (stat === undefined) continue;
        found.sums[index] = (found.sums[index] ?? 0) + meanOf(stat) * (seconds - unknownSecondsOf(stat));
        found.peaks[index] = Math.max(found.peaks[index] ?? 0, peakOf(stat) ?? 0);
      }
    }
  }

  /** Those that lead, by their CPU; behind them the remainders that there are, `other` always. */
  shown(): readonly GroupLabels[] {
    const all = [...this.#groups.values()];
    const named = all.filter(({ labels }) => !remainders.includes(labels.kind));
    const leaders = new Set<Ranked>();
    for (const [index, resource] of resourceKeys.entries()) {
      const { bySum, byPeak } = resourceFigure(resource).named;
      for (const one of leading(named, (ranked) => ranked.sums[index] ?? 0, bySum)) leaders.add(one);
      for (const one of leading(named, (ranked) => ranked.peaks[index] ?? 0, byPeak)) leaders.add(one);
    }
    const byCpu = leading([...leaders], (ranked) => ranked.sums[0] ?? 0, leaders.size, 0);
    const rest = all.filter(({ labels }) => labels.kind === "interrupts" || labels.kind === "unattributed");
    return [...byCpu, ...rest].map(({ labels }) => labels).concat(otherLabels);
  }
}

function leading(ranked: readonly Ranked[], weight: (one: Ranked) => number, count: number, above = Number.MIN_VALUE): readonly Ranked[] {
  return ranked
    .filter((one) => weight(one) >= above)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, count);
}
