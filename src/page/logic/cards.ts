/** The row of cards: one figure each with its line, and words when something is off; of now, of a moment of the past, or of a range. Pure. */

import { type RecordedFigure, type RecordedValues, recordedValues } from "../../model/hostFigures.ts";
import type { ResourceKey } from "../../model/usage.ts";
import type { RecordedGroup, RecordedSnapshot } from "../../recorder/format/line.ts";
import type { Whole } from "./charts.ts";
import type { Focus } from "./focus.ts";
import { formatBytes, formatNumber, formatPercent, formatValue, type Times, unknown } from "./format.ts";
import type { Frame } from "./frame.ts";
import { squeezed } from "./spark.ts";
import { hostOf, type ReadingName, tell } from "./tell.ts";
import { summarise } from "./track.ts";

/** What a card is of. */
export interface CardSpec {
  readonly name: ReadingName;
  readonly title: string;
  readonly figures: readonly RecordedFigure[];
  /** The value at the top of the line, whatever the highest is. */
  readonly most: number;
}

/** What a card shows. */
interface Card {
  readonly value: string;
  /** Small, behind the value. */
  readonly unit: string;
  readonly words: string;
  readonly mood: "calm" | "busy" | "bad";
  readonly line: readonly (number | null)[];
  /** The value at the top of the line. */
  readonly most: number;
}

/** All cards, in their order. */
export const cardSpecs: readonly CardSpec[] = [
  { name: "load", title: "Load", figures: ["load1"], most: 1 },
  { name: "cpu", title: "CPU", figures: ["cpuUsageRatio"], most: 1 },
  { name: "memory", title: "Memory", figures: ["memoryUsageRatio"], most: 1 },
  { name: "disk", title: "Disk I/O", figures: ["diskReadBytesPerSecond", "diskWrittenBytesPerSecond"], most: 1e6 },
  { name: "network", title: "Network", figures: ["networkReceiveBytesPerSecond", "networkTransmitBytesPerSecond"], most: 1e5 },
  { name: "pressure", title: "Pressure", figures: ["cpuPressureRatio", "ioPressureRatio", "memoryPressureRatio"], most: 0.2 },
];

/** What the cards tell of. */
interface CardFacts {
  readonly frame: Frame;
  readonly focus: Focus;
  /** The newest second, where the cards are of now. */
  readonly newest: RecordedSnapshot | undefined;
  readonly whole: Whole;
  /** Of now only. */
  readonly fullest?: { readonly mountpoint: string; readonly usageRatio: number } | undefined;
}

const sparkSlots = 300;
const sparkPoints = 100;

/** Which time they are of, in words. */
export function cardsCaption({ kind, fromMs, toMs }: Focus, times: Times): string {
  if (kind === "now") return "The last second";
  if (kind === "moment") return `At ${times.moment(fromMs)}`;
  return `${times.moment(fromMs)} – ${times.moment(toMs, fromMs)}: means`;
}

/** What each shows. */
export function cardsOf(facts: CardFacts): Readonly<Record<ReadingName, Card>> {
  const { frame, focus, newest, whole, fullest } = facts;
  const isNow = focus.kind === "now" && newest !== undefined;
  const figures = isNow ? recordedValues(newest.host) : figuresOf(frame, focus);
  const host = isNow ? newest.host : hostOf(figures, whole);
  const groups = isNow ? newest.groups : groupsOf(frame, focus);
  const words = tell({ host, groups, fullest: isNow ? fullest : undefined });
  const cards = cardSpecs.map((spec) => {
    const { name } = spec;
    const [value, unit] = textsOf(name, figures, whole);
    const line = lineOf(frame, focus, spec);
    const peak = focus.withPeaks ? peakOf(frame, focus, spec) : "";
    const card: Card = {
      value,
      unit: [unit, peak].filter(Boolean).join(" · "),
      words: value === unknown ? (name === "load" || name === "pressure" ? words[name].text : "not recorded") : words[name].text,
      mood: words[name].mood,
      line,
      most: Math.max(spec.most, ...line.map((known) => known ?? 0)),
    };
    return [name, card] as const;
  });
  return Object.fromEntries(cards) as Record<ReadingName, Card>;
}

/** What the machine suffered from, the worst first: where nothing spiked it may have been full all the same. */
const strains = ["memory", "cpu", "pressure", "load"] as const satisfies readonly ReadingName[];
const mostStrains = 2;

/** The same in words: `CPU 98 %: tar uses 3.80 of 4 cores`. */
export function strainTexts(facts: CardFacts): readonly string[] {
  const cards = cardsOf(facts);
  return strains
    .filter((name) => cards[name].mood === "bad")
    .slice(0, mostStrains)
    .map((name) => `${cardSpecs.find((spec) => spec.name === name)?.title} ${cards[name].value}: ${cards[name].words}`);
}

/** The file system with least room. */
export function fullestOf(
  pools: readonly { readonly mountpoint: string; readonly usageRatio?: number | null }[],
): { readonly mountpoint: string; readonly usageRatio: number } | undefined {
  let fullest: { readonly mountpoint: string; readonly usageRatio: number } | undefined;
  for (const { mountpoint, usageRatio } of pools) {
    if (usageRatio != null && usageRatio > (fullest?.usageRatio ?? -1)) fullest = { mountpoint, usageRatio };
  }
  return fullest;
}

/** The big text, and a small one behind it. */
function textsOf(name: ReadingName, figures: RecordedValues, { cores, memoryBytes }: Whole): readonly [string, string] {
  const { load1, load5, cpuUsageRatio, memoryUsageRatio, swapUsedBytes = 0 } = figures;
  const on = cores === undefined ? "" : `${cores} ${cores === 1 ? "core" : "cores"}`;
  switch (name) {
    case "load": {
      if (load1 === undefined) return [unknown, ""];
      return [formatNumber(load1), load5 === undefined ? "" : `5 min ${formatNumber(load5)}`];
    }
    case "cpu":
      return [formatValue(cpuUsageRatio, "ratio"), on === "" || cpuUsageRatio === undefined ? "" : `of ${on}`];
    case "memory": {
      const swap = swapUsedBytes > 0 ? `swap ${formatBytes(swapUsedBytes)}` : "";
      const of = memoryBytes === undefined || memoryUsageRatio === undefined ? "" : `of ${formatBytes(memoryBytes)}`;
      return [formatValue(memoryUsageRatio, "ratio"), [of, swap].filter(Boolean).join(" · ")];
    }
    case "disk":
      return sumTexts(figures.diskReadBytesPerSecond, figures.diskWrittenBytesPerSecond, "read");
    case "network":
      return sumTexts(figures.networkReceiveBytesPerSecond, figures.networkTransmitBytesPerSecond, "in");
    case "pressure": {
      const known = [figures.cpuPressureRatio, figures.ioPressureRatio, figures.memoryPressureRatio].filter((one) => one !== undefined);
      return known.length === 0 ? [unknown, ""] : [formatPercent(Math.max(...known)), "of the time"];
    }
  }
}

function sumTexts(first: number | undefined, second: number | undefined, word: string): readonly [string, string] {
  if (first === undefined && second === undefined) return [unknown, ""];
  const both = first === undefined || second === undefined ? "" : `${formatBytes(first)} ${word}`;
  return [`${formatBytes((first ?? 0) + (second ?? 0))}/s`, both];
}

function figuresOf(frame: Frame, { first, last }: Focus): RecordedValues {
  const known = [...frame.figures].flatMap(([figure, track]) => {
    const { mean } = summarise(track, frame.seconds, first, last);
    return mean === undefined ? [] : [[figure, mean] as const];
  });
  return Object.fromEntries(known);
}

function groupsOf(frame: Frame, { first, last }: Focus): readonly RecordedGroup[] {
  return [...frame.groups.values()].map(({ labels, tracks }) => {
    const usage = [...tracks].flatMap(([resource, track]): readonly (readonly [ResourceKey, number])[] => {
      const { mean } = summarise(track, frame.seconds, first, last);
      return mean === undefined ? [] : [[resource, mean]];
    });
    return { ...labels, usage: Object.fromEntries(usage) };
  });
}

/** The highest second of a range. Of several figures that are added up none is known. */
function peakOf(frame: Frame, { first, last }: Focus, { figures, name }: CardSpec): string {
  if (figures.length > 1 && name !== "pressure") return "";
  const peaks = figures.flatMap((figure) => {
    const track = frame.figures.get(figure);
    return track === undefined ? [] : (summarise(track, frame.seconds, first, last).peak ?? []);
  });
  if (peaks.length === 0) return "";
  return `peak ${formatValue(Math.max(...peaks), name === "load" ? "number" : "ratio")}`;
}

/** The line up to what the card tells of: of now and of a moment five minutes of seconds, of a range all of it. */
function lineOf(frame: Frame, focus: Focus, { figures, name }: CardSpec): readonly (number | null)[] {
  const end = focus.kind === "range" ? frame.length : focus.last + 1;
  const start = focus.kind === "range" ? 0 : Math.max(0, end - sparkSlots);
  const lists = figures.flatMap((figure) => {
    const track = frame.figures.get(figure);
    return track === undefined || end <= 0 ? [] : [track.mean.slice(start, end)];
  });
  return squeezed(folded(lists, name === "pressure"), sparkPoints);
}

/** Values that belong together, added up; of shares the highest. */
function folded(lists: readonly (readonly (number | null)[])[], highest: boolean): (number | null)[] {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => {
    const known = lists.map((list) => list[index] ?? null).filter((value) => value !== null);
    if (known.length === 0) return null;
    return highest ? Math.max(...known) : known.reduce((sum, value) => sum + value, 0);
  });
}
