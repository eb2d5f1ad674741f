/**
 * The index of names: who ran in which minute, all of them and not only those that a line has room for.
 *
 * While a segment is being written `<segment>.names.jsonl` lies beside it: behind the header of the segment a line for each minute, which is
 * a Rollup (rollup.ts) without figures. With the segment it is packed as `<segment>.names.jsonl.gz`, in pieces (pieces.ts): behind the head one
 * with `{"minutes":[...]}` and a line `[place,process,unit,container,user]` in lower case for each group; in the others are the groups, 64 in
 * each, by columns (columns.ts), and in the last one is what each came to (nameTotals.ts). Command lines are not in it.
 *
 * A minute that no line tells of (the last one before a sudden end) is made from the lines of the segment and says so: `fromLines`.
 */
import { defined } from "../../model/defined.ts";
import type { GroupLabels } from "../../model/group.ts";
import { parseJsonObject } from "../../model/json.ts";
import { mapInSteps, type Steps } from "../../model/steps.ts";
import type { ResourceUsage } from "../../model/usage.ts";
import { type GroupColumns, groupColumnsLine, groupColumnsOf } from "./columns.ts";
import { isGroup, isMoment } from "./lineChecks.ts";
import { encodeNameTotals, type NameTotals } from "./nameTotals.ts";
import type { GroupRollup, Rollup } from "./rollup.ts";
import { roundNumbers } from "./rounding.ts";

/** More names of a minute than these are not kept: they are counted. */
export const mostNamesPerMinute = 1000;

/** One minute of the index. */
export interface IndexedMinute {
  readonly atMs: number;
  readonly seconds: number;
  /** Only those are in it that led: it was made from lines. */
  readonly fromLines?: true;
  /** So many more ran that did less; one that came back is counted again. */
  readonly leftOut?: number;
}

/** A minute with who ran in it. */
export interface NamedMinute extends IndexedMinute {
  readonly groups: readonly GroupRollup[];
}

/** The index of a segment, with those groups that were looked for. */
export interface NamesIndex {
  readonly minutes: readonly IndexedMinute[];
  readonly groups: readonly GroupColumns[];
}

/** What the groups of a segment came to, for who wants more of them than can be read minute by minute. */
export interface BriefIndex extends NameTotals {
  readonly minutes: readonly IndexedMinute[];
  /** The labels at some place, in lower case and with the kind of any process; read when first asked for. */
  labelsAt(place: number): GroupLabels | undefined;
}

const digits = 3;
/** So many groups are packed together. */
export const groupsPerPiece = 64;

/** Whether somebody did something: a process that only sleeps does not run. */
export function ran({ cpuCores, readBytesPerSecond, writtenBytesPerSecond, runningTasks, uninterruptibleTasks }: ResourceUsage): boolean {
  return Boolean(cpuCores || readBytesPerSecond || writtenBytesPerSecond || runningTasks || uninterruptibleTasks);
}

/** A line of the index that grows, in steps: there may be a thousand names. */
export function* encodeNamedMinute({ groups, ...minute }: NamedMinute): Steps<string> {
  const texts = yield* mapInSteps(groups, (group) => JSON.stringify(group, roundNumbers));
  return `${JSON.stringify(minute, roundNumbers).slice(0, -1)},"groups":[${texts.join(",")}]}\n`;
}

/** Reads one; undefined when it is none. */
export function parseNamedMinute(line: string): NamedMinute | undefined {
  const { atMs, seconds, fromLines, leftOut, groups } = parseJsonObject(line) ?? {};
  if (!isMoment(atMs) || typeof seconds !== "number" || !Array.isArray(groups)) return undefined;
  const sound = groups.filter((group) => isGroup({ ...group, usage: {} }) && typeof group.usage === "object" && group.usage !== null);
  return defined({
    ...{ atMs, seconds, groups: sound as readonly GroupRollup[] },
    fromLines: fromLines === true ? true : undefined,
    leftOut: typeof leftOut === "number" ? leftOut : undefined,
  });
}

/** The pieces of a packed index, and which of them has the totals. */
export function encodeNames(minutes: readonly NamedMinute[]): { readonly texts: readonly string[]; readonly totals?: number } {
  const bare = minutes.map(({ groups: _, ...minute }) => minute);
  // like stands beside like: those of one unit are often looked for together
  const groups = [...groupColumnsOf(minutes, digits)].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const places = groups.map((group, place) => `[${place},${namesKey(group)}]\n`);
  const pieces = Array.from({ length: Math.ceil(groups.length / groupsPerPiece) }, (_, piece) =>
    groups
      .slice(piece * groupsPerPiece, (piece + 1) * groupsPerPiece)
      .map(groupColumnsLine)
      .join(""),
  );
  const texts = [`${JSON.stringify({ minutes: bare }, roundNumbers)}\n${places.join("")}`, ...pieces];
  const totals = encodeNameTotals(minutes, groups);
  return totals === undefined ? { texts } : { texts: [...texts, totals], totals: texts.length };
}

function placeOf({ user, unit, container, process }: GroupLabels): string {
  return `${user}\0${unit}\0${container}\0${process}`;
}

/** Some of a minute's groups by columns. */
export function indexOf(minutes: readonly NamedMinute[]): NamesIndex {
  return { minutes, groups: groupColumnsOf(minutes, digits) };
}

/** Who is looked for: `texts` are in lower case and all in the labels of each, as `isWanted` decides. */
export interface Wanted {
  readonly texts: readonly string[];
  /** Nobody else, by their `namesKey`. */
  readonly only?: ReadonlySet<string>;
  isWanted(labels: GroupLabels): boolean;
}

/** The labels of a group as the list of places has them. */
export function namesKey({ process, unit, container, user }: GroupLabels): string {
  return JSON.stringify([process, unit, container, user]).slice(1, -1).toLowerCase();
}

/** Reads the second piece without looking for anybody: its minutes, and the labels at each place as they are asked for. */
export function parseAllPlaces(text: string): Pick<BriefIndex, "minutes" | "labelsAt"> | undefined {
  const minutes = minutesIn(text.slice(0, text.indexOf("\n")));
  let lines: readonly string[] | undefined;
  return (
    minutes && {
      minutes,
      labelsAt(place) {
        lines ??= text.split("\n");
        const [at, process, unit, container, user] = parseJsonArray(lines[place + 1] ?? "");
        return at === place ? ({ kind: "process", process, unit, container, user } as GroupLabels) : undefined;
      },
    }
  );
}

function parseJsonArray(line: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(line);
    return Array.isArray(parsed) && parsed.slice(1).every((one) => typeof one === "string") ? parsed : [];
  } catch {
    return [];
  }
}

function minutesIn(line: string): readonly IndexedMinute[] | undefined {
  const { minutes } = parseJsonObject(line) ?? {};
  if (!Array.isArray(minutes) || !minutes.every((minute: unknown) => isMoment((minute as IndexedMinute | null)?.atMs))) return undefined;
  return minutes as readonly IndexedMinute[];
}

/** Reads the second piece: the minutes, and the places of those groups that may be wanted. Undefined where it is none. */
export function parseNamesPlaces(
  text: string,
  { texts, only }: Pick<Wanted, "texts" | "only">,
): { readonly minutes: readonly IndexedMinute[]; readonly places: readonly number[] } | undefined {
  const end = text.indexOf("\n");
  const minutes = minutesIn(text.slice(0, end));
  if (minutes === undefined) return undefined;
  const places: number[] = [];
  const [first = "", ...others] = [...texts].sort((a, b) => b.length - a.length);
  for (let found = text.indexOf(first, end); found >= 0; ) {
    const start = text.lastIndexOf("\n", found) + 1;
    const lineEnd = text.indexOf("\n", found);
    if (lineEnd < 0) break;
    const line = text.slice(start, lineEnd);
    const isOne = others.every((other) => line.includes(other)) && (only?.has(line.slice(line.indexOf(",") + 1, -1)) ?? true);
    if (start > end && isOne) places.push(Number.parseInt(line.slice(1), 10));
    found = text.indexOf(first, lineEnd);
  }
  return { minutes, places: places.filter((place) => place >= 0) };
}

/** The groups of some places in their piece, as far as they are wanted. */
export function parseNamesPiece(text: string, places: readonly number[], { isWanted }: Pick<Wanted, "isWanted">): readonly GroupColumns[] {
  const lines = text.split("\n");
  return places.flatMap((place) => {
    const columns = parseJsonObject(lines[place % groupsPerPiece] ?? "") as unknown as GroupColumns | undefined;
    const isSound = columns !== undefined && isGroup({ ...columns, usage: {} }) && Array.isArray(columns.at);
    return isSound && isWanted(columns) ? [columns] : [];
  });
}

/** A minute of a summary as one of the index: of those that led in it, the ones that ran. */
export function fromRollup({ atMs, seconds, groups }: Pick<Rollup, "atMs" | "seconds" | "groups">): NamedMinute {
  return { atMs, seconds, fromLines: true, groups: groups.filter(ranOver) };
}

function ranOver({ kind, usage: { residentBytes: _, ...done } }: GroupRollup): boolean {
  if (kind !== "process" && kind !== "short_lived") return false;
  return Object.values(done).some((stat) => (typeof stat === "number" ? stat > 0 : stat.mean > 0 || (stat.peak ?? 0) > 0));
}
