/** What differs between two moments, as the page shows it. Pure. */
import type { CompareAnswer } from "../../api/pastAnswers.ts";
import { isNamed } from "../../model/group.ts";
import type { FigureUnit } from "../../model/usage.ts";
import type { Address } from "./address.ts";
import { formatValue, nameOf, placeOf, type Times, type Unit, unknown } from "./format.ts";

/** The lengths of the window around each moment that can be chosen. */
export const windowSeconds: readonly (readonly [number, string])[] = [
  [10, "10 s"],
  [60, "1 min"],
  [600, "10 min"],
  [3600, "1 h"],
];
/** The length when nobody has said otherwise. */
export const usualWindowSeconds = 60;

const dayMs = 86_400_000;
/** Less is not worth a line. */
const leastBar = 0.005;

/** What is asked of the server; undefined where nothing is compared. */
export function compareQuery({
  at,
  with: other,
  seconds = usualWindowSeconds,
}: Pick<Address, "at" | "with" | "seconds">): string | undefined {
  if (at === undefined || other === undefined) return undefined;
  // the page calls a second by its beginning
  return `api/compare?at=${at + 500}&with=${other + 500}&seconds=${seconds}`;
}

/** The same time a day before, by the clock on the wall: the days on which it is set have another length. */
export function dayBefore(ms: number): number {
  const day = new Date(ms);
  day.setDate(day.getDate() - 1);
  const before = day.getTime();
  return before < ms ? before : ms - dayMs;
}

/** One line of the table. */
export interface ComparedRow {
  readonly name: string;
  /** Unit, container and user. */
  readonly place: string;
  readonly change: string;
  readonly earlier: string;
  readonly later: string;
  /** With its sign. */
  readonly difference: string;
  readonly share: string;
  /** How long its bar is, 0..1, and to which side. */
  readonly bar: number;
  readonly isRise: boolean;
  readonly isRemainder: boolean;
}

/** One resource. */
export interface ComparedBlock {
  readonly key: string;
  readonly sentence: string;
  readonly rows: readonly ComparedRow[];
}

const units: Readonly<Record<FigureUnit, Unit>> = {
  ratio: "ratio",
  cores: "cores",
  tasks: "number",
  load: "number",
  loadPerCore: "number",
  bytes: "bytes",
  bytesPerSecond: "bytesPerSecond",
};

/** A block for each resource, those with differences first. */
export function blocksOf({ resources }: Pick<CompareAnswer, "resources">): readonly ComparedBlock[] {
  const blocks = resources.map(({ resource, measure, sentence, lines }): ComparedBlock => {
    const unit = units[measure];
    const largest = Math.max(...lines.map(({ difference }) => Math.abs(difference)), 0);
    const rows = lines.map((line): ComparedRow => {
      const { change, earlier, later, difference, share } = line;
      // what is written reaches the disk later: nobody's part may come out below nothing
      const value = (known: number | undefined) => (known === undefined || known < 0 ? unknown : formatValue(known, unit));
      return {
        name: nameOf(line),
        place: placeOf(line),
        change: isNamed(line) || line.kind === "interrupts" ? change : "",
        earlier: value(earlier),
        later: value(later),
        difference: `${difference > 0 ? "+" : "−"}${formatValue(Math.abs(difference), unit)}`,
        share: share === undefined ? "" : `${Math.round(share * 100)} %`.replace("-", "−"),
        bar: largest === 0 ? 0 : Math.abs(difference) / largest,
        isRise: difference > 0,
        isRemainder: !isNamed(line),
      };
    });
    const told = rows.filter(({ difference, bar }) => bar >= leastBar && !/^.0(?:\.0+)?(?: |$)/.test(difference));
    // what hardly differs, and is nobody's by name, is not worth a table
    const isWorthIt = told.some(({ isRemainder, share }) => !isRemainder || share !== "");
    return { key: resource, sentence, rows: isWorthIt ? told : [] };
  });
  return [...blocks].sort((a, b) => Number(b.rows.length > 0) - Number(a.rows.length > 0));
}

/** Which moments these are, and how much of each is known. */
export function momentsText({ earlier, later, seconds }: CompareAnswer, times: Times): string {
  const window = windowSeconds.find(([length]) => length === seconds)?.[1] ?? `${seconds} s`;
  const little = [earlier, later].filter(({ recordedSeconds }) => recordedSeconds < seconds * 0.8);
  const lack =
    little.length === 0
      ? ""
      : ` Only ${little.map(({ recordedSeconds, atMs }) => `${Math.round(recordedSeconds)} s are recorded around ${times.moment(atMs)}`).join(" and ")}.`;
  return `${times.moment(earlier.atMs)} and ${times.moment(later.atMs, earlier.atMs)}, means of ${window} around each.${lack}`;
}
