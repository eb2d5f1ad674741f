/**
 * Rollups by columns: what one of many stretches says of a group stands beside what the next one says of it. So a name is written once,
 * like stands beside like and packs well, and whoever looks for one group need not read the others.
 *
 * A block is some lines of JSON, the first one of its times, then one for each group: `at` says in which of the times it is, each figure has
 * a list as long as that, or two where mean and peak differ. `null` is not known.
 */
import { type GroupLabels, groupId, labelsOf } from "../../model/group.ts";
import { type ResourceKey, resourceKeys } from "../../model/usage.ts";
import { type GroupRollup, meanOf, peakOf, type Rollup, type Stat } from "./rollup.ts";

/** A value in each of some times. Without `peak`, mean and peak are the same. */
export type ColumnValues =
  | readonly (number | null)[]
  | { readonly mean: readonly (number | null)[]; readonly peak: readonly (number | null)[] };

/** One group in those times in which it is. */
export interface GroupColumns extends GroupLabels {
  /** Places in the list of times, rising. */
  readonly at: readonly number[];
  readonly usage: { readonly [Resource in ResourceKey]?: ColumnValues };
}

/** The groups of some rollups by columns; numbers have so many digits. */
export function groupColumnsOf(rollups: readonly Pick<Rollup, "groups">[], digits: number): readonly GroupColumns[] {
  const found = new Map<string, { readonly labels: GroupLabels; readonly at: number[]; readonly rollups: GroupRollup[] }>();
  for (const [place, { groups }] of rollups.entries()) {
    for (const group of groups) {
      const id = groupId(group);
      const known = found.get(id) ?? { labels: labelsOf(group), at: [], rollups: [] };
      known.at.push(place);
      known.rollups.push(group);
      found.set(id, known);
    }
  }
  return [...found.values()].map(({ labels, at, rollups: own }) => ({
    ...labels,
    at,
    usage: Object.fromEntries(
      resourceKeys.flatMap((resource) => {
        const values = columnOf(
          own.map(({ usage }) => usage[resource]),
          digits,
        );
        return values === undefined ? [] : [[resource, values]];
      }),
    ),
  }));
}

/** A figure over some times; undefined where it is never known. */
export function columnOf(stats: readonly (Stat | undefined)[], digits: number): ColumnValues | undefined {
  if (stats.every((stat) => stat === undefined)) return undefined;
  const precise = (value: number | undefined) => (value === undefined ? null : Number(value.toPrecision(digits)));
  const mean = stats.map((stat) => precise(stat === undefined ? undefined : meanOf(stat)));
  const peak = stats.map((stat) => precise(stat === undefined ? undefined : peakOf(stat)));
  return mean.every((value, place) => value === peak[place]) ? mean : { mean, peak };
}

/** A group as a line. */
export function groupColumnsLine({ kind, process, unit, container, user, at, usage }: GroupColumns): string {
  return `${JSON.stringify({ kind, process, unit, container, user, at, usage })}\n`;
}

/** Only those times in which it did something: some lead by what they hold. */
export function ranColumns(columns: GroupColumns): GroupColumns {
  const { at, usage } = columns;
  const did = (place: number) =>
    Object.entries(usage).some(([key, values]) => {
      if (key === "residentBytes" || values === undefined) return false;
      return ("mean" in values ? [values.mean[place], values.peak[place]] : [values[place]]).some((value) => (value ?? 0) > 0);
    });
  const places = at.map((_, place) => place).filter(did);
  const kept = (values: readonly (number | null)[]) => places.map((place) => values[place] ?? null);
  const picked = Object.entries(usage).map(([key, values]) => [
    key,
    "mean" in values ? { mean: kept(values.mean), peak: kept(values.peak) } : kept(values),
  ]);
  return { ...columns, at: places.map((place) => at[place] ?? 0), usage: Object.fromEntries(picked) as GroupColumns["usage"] };
}
