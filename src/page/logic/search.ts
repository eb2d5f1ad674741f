/** What a search found, in words and strips. Pure. */
import type { FoundAnswer, FoundSpike, SearchAnswer } from "../../api/pastAnswers.ts";
import { type GroupLabels, groupId } from "../../model/group.ts";
import { resourceNames } from "../../model/spikeResource.ts";
import type { ResourceKey } from "../../model/usage.ts";
import { durationText } from "../../text.ts";
import { formatBytes, formatPercent, formatValue, type Times, type Unit } from "./format.ts";
import type { Stretch } from "./range.ts";

/** A search, as far as it is answered. */
export interface Search {
  readonly query: string;
  /** Over the whole recording. */
  readonly whole: SearchAnswer | undefined;
  /** In what the timeline shows. */
  readonly shown: SearchAnswer | undefined;
  readonly problem: string | undefined;
  readonly isLoading: boolean;
}

/** Nothing is looked for. */
export const noSearch: Search = { query: "", whole: undefined, shown: undefined, problem: undefined, isLoading: false };

/** What a strip can show. */
export const stripKeys = [
  "cpuCores",
  "residentBytes",
  "readBytesPerSecond",
  "writtenBytesPerSecond",
  "runningTasks",
  "uninterruptibleTasks",
] as const;

/** Their names and units. */
export const stripTitles: Readonly<Record<ResourceKey, readonly [title: string, unit: Unit]>> = {
  cpuCores: ["CPU", "cores"],
  residentBytes: ["Memory", "bytes"],
  readBytesPerSecond: ["Read", "bytesPerSecond"],
  writtenBytesPerSecond: ["Write", "bytesPerSecond"],
  runningTasks: ["Running", "number"],
  uninterruptibleTasks: ["Waiting", "number"],
};

/** One line of the results. */
export interface FoundRow {
  readonly id: string;
  /** Undefined of all together. */
  readonly labels: GroupLabels | undefined;
  readonly whole: FoundAnswer;
  /** In what the timeline shows; undefined where it did not run there. */
  readonly shown: FoundAnswer | undefined;
  readonly spikes: readonly FoundSpike[];
}

/** The lines: all together where there are several, then those that did most. */
export function foundRows({ whole, shown }: Pick<Search, "whole" | "shown">): readonly FoundRow[] {
  if (whole === undefined) return [];
  const inRange = new Map(shown?.matches.map((match) => [groupId(match), match]));
  const matches = whole.matches.map((match): FoundRow => {
    const { kind, process, unit, container, user, spikes } = match;
    const id = groupId(match);
    return { id, labels: { kind, process, unit, container, user }, whole: match, shown: inRange.get(id), spikes };
  });
  if (whole.all === null || whole.total < 2) return matches;
  return [{ id: "all", labels: undefined, whole: whole.all, shown: shown?.all ?? undefined, spikes: [] }, ...matches];
}

/** Above the results: how many, of what time; "" while nothing is looked for. */
export function searchWords({ query, whole, problem, isLoading }: Search, times: Times): string {
  if (query === "") return "";
  if (problem !== undefined) return `This could not be searched: ${problem}.`;
  if (whole === undefined) return isLoading ? "Searching…" : "";
  const { covered, total, hasMore, matches } = whole;
  if (covered === null) return "Nothing is recorded.";
  const since = `since ${times.moment(covered.fromMs)}`;
  if (total === 0) return `Nobody whose name has this ran ${since}.`;
  const cut = matches.length < total ? `, the ${matches.length} that did most are shown` : "";
  return `${total}${hasMore ? " or more" : ""} found ${since}${cut}.`;
}

/** `ran in 12 minutes, first 21 Nov 10:01, last 10:14`, of the whole recording. */
export function ranWords({ minutes, firstMs, lastMs }: FoundAnswer, times: Times): string {
  const count = `Ran in ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  return firstMs === lastMs
    ? `${count}: ${times.moment(firstMs)}`
    : `${count}, first ${times.moment(firstMs)}, last ${times.moment(lastMs)}`;
}

/** `CPU peak 2.0 cores, total 12 s`, for each resource of which it used some. */
export function usageWords(found: FoundAnswer | undefined): readonly { readonly key: ResourceKey; readonly text: string }[] {
  if (found === undefined) return [];
  return stripKeys.flatMap((key) => {
    const values = found.usage[key];
    if (values?.peak === undefined && values?.total === undefined) return [];
    const [title, unit] = stripTitles[key];
    const word = key === "cpuCores" ? " cores" : unit === "number" ? " tasks" : "";
    const peak = values.peak === undefined ? "" : ` peak ${formatValue(values.peak, unit)}${word}`;
    const total = values.total === undefined ? "" : `, total ${totalWords(key, values.total)}`;
    return [{ key, text: `${title}${peak}${total}` }];
  });
}

function totalWords(key: ResourceKey, total: number): string {
  if (stripTitles[key][1] === "bytesPerSecond") return formatBytes(total);
  const length = total < 10 ? `${total.toFixed(1)} s` : durationText(total);
  return key === "cpuCores" ? `${length} of a core` : `${length} of a task`;
}

/** `CPU spike 21 Nov 10:01:03, 93 %`. */
export function foundSpikeWords({ resource, startMs, share }: FoundSpike, times: Times): string {
  return `${resourceNames[resource]} spike ${times.moment(startMs)}, ${formatPercent(share)}`;
}

/** Bars over a stretch, `width` by `height`: the highest second of each step; "" where there is none. */
export function stripPath(
  { fromMs, stepSeconds }: Pick<SearchAnswer, "fromMs" | "stepSeconds">,
  found: FoundAnswer | undefined,
  key: ResourceKey,
  stretch: Stretch,
  [width, height]: readonly [number, number],
): string {
  const peaks = found?.usage[key]?.strip.peak ?? [];
  const highest = peaks.reduce<number>((most, peak) => Math.max(most, peak ?? 0), 0);
  const xOf = (ms: number) => round(Math.min(1, Math.max(0, (ms - stretch.fromMs) / (stretch.toMs - stretch.fromMs))) * width);
  return peaks
    .map((peak, step) => {
      if (peak === null) return "";
      const startMs = fromMs + step * stepSeconds * 1000;
      const [left, right] = [xOf(startMs), xOf(startMs + stepSeconds * 1000)];
      // who ran and used next to nothing is still seen
      const top = round(height - Math.max(2, highest > 0 ? (peak / highest) * height : 0));
      return right > left ? `M${left} ${height}V${top}H${Math.max(right, left + 1)}V${height}Z` : "";
    })
    .join("");
}

const mostTimes = 4;

/** The newest stretches of minutes in which it ran, the newest first, and how many there are besides. */
export function newestRan({ ran }: FoundAnswer): { readonly stretches: readonly Stretch[]; readonly more: number } {
  const newest = ran.slice(-mostTimes).reverse();
  return { stretches: newest.map(([fromMs, toMs]) => ({ fromMs, toMs })), more: ran.length - newest.length };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
