/** Who made up a chart of the report: its largest groups on top of each other, then the others, then what nobody can be given. Pure. */
import { type GroupLabels, groupId } from "../../model/group.ts";
import { colourGroups, othersColour, unattributedColour } from "../../model/groupColours.ts";
import type { ResourceKey } from "../../model/usage.ts";
import type { GroupSeries } from "../../recorder/ranges/downsample.ts";
import type { ChartLayer } from "./chart.ts";
import { describeGroup } from "./groupText.ts";
import type { Values } from "./plot.ts";

const mostNamed = 6;

/** What is stacked. */
interface Stacking {
  readonly resource: ResourceKey;
  /** What a share of the chart is a share of; 1 where it is drawn in the groups' own measure. */
  readonly divisor: number;
  /** What the whole machine used, in the chart's measure. */
  readonly used: Values | undefined;
}

interface Known {
  readonly labels: GroupLabels;
  readonly mean: Values;
  readonly weight: number;
}

/** The layers of several charts at once: a group has the same colour in all of them. */
export function stackLayers(groups: readonly GroupSeries[], stackings: readonly Stacking[]): readonly (readonly ChartLayer[])[] {
  const known = stackings.map(({ resource, divisor }) => knownOf(groups, resource, divisor));
  const named = known.map((all) => largest(all));
  const colours = colourGroups(named.map((ones) => ones.map(({ labels }) => groupId(labels))));
  return stackings.map(({ used }, index) => {
    const own = named[index] ?? [];
    const all = known[index] ?? [];
    const nobodys = all.filter(({ labels }) => labels.kind === "unattributed");
    const others = all.filter((one) => !own.includes(one) && !nobodys.includes(one));
    const given = sumOf([...own, ...others]);
    // where the machine used more than all groups together, the rest is nobody's
    const rest = sumOf(nobodys) ?? given?.map((value) => (value === undefined ? undefined : 0));
    const beyond = rest?.map((value, point) => {
      const whole = used?.[point];
      return value === undefined || whole === undefined ? value : Math.max(value, whole - (given?.[point] ?? 0));
    });
    return [
      ...own.map(({ labels, mean }) => ({ name: describeGroup(labels), colour: colours.get(groupId(labels)) ?? othersColour, mean })),
      ...layerOf("others", othersColour, sumOf(others)),
      ...layerOf("unattributed", unattributedColour, beyond),
    ];
  });
}

function knownOf(groups: readonly GroupSeries[], resource: ResourceKey, divisor: number): readonly Known[] {
  return groups.flatMap(({ usage, ...labels }) => {
    const mean = usage[resource]?.mean.map((value) => (value === undefined ? undefined : value / divisor));
    return mean === undefined ? [] : [{ labels, mean, weight: mean.reduce<number>((sum, value) => sum + (value ?? 0) ** 2, 0) }];
  });
}

/** By the root mean square, as on the page: a burst counts for more than what hums along. */
function largest(known: readonly Known[]): readonly Known[] {
  return known
    .filter(({ labels, weight }) => labels.kind !== "other" && labels.kind !== "unattributed" && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, mostNamed);
}

function sumOf(ones: readonly Known[]): Values | undefined {
  return ones[0]?.mean.map((_, point) => {
    const values = ones.flatMap(({ mean }) => mean[point] ?? []);
    return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
  });
}

function layerOf(name: string, colour: string, mean: Values | undefined): readonly ChartLayer[] {
  return mean === undefined || mean.every((value) => (value ?? 0) === 0) ? [] : [{ name, colour, mean }];
}
