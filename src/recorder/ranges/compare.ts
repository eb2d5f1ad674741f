/**
 * What differs between two stretches of time, by resource: who is new, gone, has more or less. Pure.
 *
 * The differences of all lines of a resource, remainders included, add up to the difference of the machine.
 */
import { defined } from "../../model/defined.ts";
import { type GroupLabels, groupId, isNamed, labelsOf, otherLabels, remainderLabels } from "../../model/group.ts";
import { type ResourceKey, resourceFigure, resourceKeys } from "../../model/usage.ts";
import { meanOf, type Rollup } from "../format/rollup.ts";
import { rounded } from "../format/rounding.ts";
import type { Change, ComparedLine, ComparedResource } from "./compared.ts";
import { differenceText } from "./compareText.ts";

const mostNamed = 10;
/** Where a resource does not say which changes are told. */
const leastTasks = 0.2;
/** Of what rises and falls in all: where less is left of it, shares of that would say nothing. */
const leastPartOfAll = 0.25;

/** Compares two stretches; what is known of neither is left out. */
export function compare(earlier: Rollup, later: Rollup): readonly ComparedResource[] {
  return resourceKeys.flatMap((key) => compareResource(key, earlier, later) ?? []);
}

function compareResource(key: ResourceKey, earlier: Rollup, later: Rollup): ComparedResource | undefined {
  const sides = [sideOf(key, earlier), sideOf(key, later)] as const;
  const [before, after] = sides;
  if (before === undefined || after === undefined) return undefined;
  const difference = after.machine - before.machine;
  const { unit, changes } = resourceFigure(key);
  const least = changes?.least ?? leastTasks;
  const known = [...new Set([...before.lines.keys(), ...after.lines.keys()])].map((id) =>
    lineOf(before.lines.get(id), after.lines.get(id), { earlier: before.others, later: after.others }),
  );
  const told = known
    .filter(({ kind }) => kind !== "other" && kind !== "unattributed")
    .filter((line) => !isNamed(line) || Math.abs(line.difference) >= least)
    .sort(
      (a, b) => Number(isNamed(b)) - Number(isNamed(a)) || Math.abs(b.difference) - Math.abs(a.difference) || b.difference - a.difference,
    )
    .filter((line, place) => !isNamed(line) || place < mostNamed);
  const others = sumOf(
    otherLabels,
    known.filter((line) => line.kind !== "unattributed" && !told.includes(line)),
  );
  const all = sumOf(otherLabels, [...told, others]);
  // what the machine has and no line: of the CPU that is a line itself
  const nobodys = remainder(remainderLabels("unattributed"), before.machine - (all.earlier ?? 0), after.machine - (all.later ?? 0));
  const lines = [...told, others, nobodys].filter((line) => rounded(line.difference) !== 0);
  const inAll = lines.reduce((sum, line) => sum + Math.abs(line.difference), 0);
  const isTold = Math.abs(difference) >= Math.max(least, leastPartOfAll * inAll);
  const withShares = lines.map(
    (line): ComparedLine =>
      defined({
        ...line,
        earlier: line.earlier === undefined ? undefined : rounded(line.earlier),
        later: line.later === undefined ? undefined : rounded(line.later),
        difference: rounded(line.difference),
        share: isTold ? rounded(line.difference / difference) : undefined,
      }),
  );
  const facts = { earlier: rounded(before.machine), later: rounded(after.machine), difference: rounded(difference) };
  return { resource: key, measure: unit, ...facts, sentence: differenceText(key, facts, withShares, least), lines: withShares };
}

/** One stretch, as far as it is about one resource. */
interface Side {
  readonly machine: number;
  readonly lines: ReadonlyMap<string, { readonly labels: GroupLabels; readonly mean: number }>;
  /** What those had who are not known by name. */
  readonly others: number;
}

function sideOf(key: ResourceKey, rollup: Rollup): Side | undefined {
  const lines = new Map<string, { readonly labels: GroupLabels; readonly mean: number }>();
  let sum = 0;
  let others = 0;
  for (const group of rollup.groups) {
    const stat = group.usage[key];
    if (stat === undefined) continue;
    const mean = meanOf(stat);
    sum += mean;
    if (group.kind === "other") others += mean;
    lines.set(groupId(group), { labels: labelsOf(group), mean });
  }
  const machine = machineOf(key, rollup);
  // the machine's busy cores are all lines together, remainders included
  if (machine === undefined && lines.size === 0) return undefined;
  return { machine: machine ?? sum, lines, others };
}

/** What the machine itself says; undefined where it says nothing that its lines do not say. */
function machineOf(key: ResourceKey, { figures }: Rollup): number | undefined {
  const mean = (stat: Rollup["figures"][keyof Rollup["figures"]]) => (stat === undefined ? undefined : meanOf(stat));
  switch (key) {
    case "cpuCores":
      return undefined;
    case "residentBytes": {
      const [total, available] = [mean(figures.memoryTotalBytes), mean(figures.memoryAvailableBytes)];
      return total === undefined || available === undefined ? undefined : total - available;
    }
    case "readBytesPerSecond":
      return mean(figures.diskReadBytesPerSecond);
    case "writtenBytesPerSecond":
      return mean(figures.diskWrittenBytesPerSecond);
    case "runningTasks":
      return mean(figures.runningTasks);
    case "uninterruptibleTasks":
      return mean(figures.uninterruptibleTasks);
  }
}

type Known = { readonly labels: GroupLabels; readonly mean: number } | undefined;

function lineOf(before: Known, after: Known, others: { readonly earlier: number; readonly later: number }): ComparedLine {
  const [earlier, later] = [before?.mean, after?.mean];
  const difference = (later ?? 0) - (earlier ?? 0);
  const labels = (after ?? before)?.labels ?? otherLabels;
  return defined({
    ...labels,
    change: changeOf(earlier, later, others, difference),
    earlier,
    later,
    difference,
  });
}

function changeOf(
  earlier: number | undefined,
  later: number | undefined,
  others: { readonly earlier: number; readonly later: number },
  difference: number,
): Change {
  const isAbsent = (value: number | undefined, hidden: number, beside: number | undefined) =>
    (value ?? 0) === 0 && (value !== undefined || hidden < (beside ?? 0));
  if (difference > 0) return isAbsent(earlier, others.earlier, later) ? "new" : "more";
  return isAbsent(later, others.later, earlier) ? "gone" : "less";
}

function sumOf(labels: GroupLabels, lines: readonly ComparedLine[]): ComparedLine {
  const sum = (pick: (line: ComparedLine) => number | undefined) => lines.reduce((all, line) => all + (pick(line) ?? 0), 0);
  return remainder(
    labels,
    sum(({ earlier }) => earlier),
    sum(({ later }) => later),
  );
}

function remainder(labels: GroupLabels, earlier: number, later: number): ComparedLine {
  const difference = later - earlier;
  return { ...labels, change: difference > 0 ? "more" : "less", earlier, later, difference };
}
