/** What a search found, for a terminal: a strip over the range for each resource, with peak and total. Pure. */
import type { FoundAnswer, SearchAnswer } from "../api/pastAnswers.ts";
import { type GroupLabels, groupName } from "../model/group.ts";
import { type ResourceKey, resourceFigure, resourceKeys } from "../model/usage.ts";
import { durationText, shortBytesText, utcSpanText, utcStamp, wholePercent } from "../text.ts";
import { visible } from "../visible.ts";
import { createPaint, fill, type Paint, wrap } from "./terminalText.ts";

interface SearchStyle {
  readonly colour: boolean;
  readonly width: number;
}

const mostSpikes = 8;
const stripCells = 48;

/** All of it. */
export function renderSearch(answer: SearchAnswer, { colour, width }: SearchStyle): string {
  const paint = createPaint(colour);
  const { host, query, fromMs, toMs, covered, total, hasMore, all, matches, notes } = answer;
  const groups = `${total}${hasMore ? " or more" : ""} ${total === 1 ? "group" : "groups"}`;
  const shown = covered ?? { fromMs, toMs };
  const head = `${visible(query)} on ${visible(host)}, ${utcSpanText(shown.fromMs, shown.toMs)}: ${total === 0 ? "nobody ran whose name has this" : groups}`;
  const lines = [
    ...wrap(head, width).map((line) => paint(line, "strong")),
    ...(covered === null ? ["Nothing is recorded of this time."] : []),
    ...notes.flatMap((note) => wrap(`Note: ${visible(note)}.`, width).map((line) => paint(line, "warning"))),
  ];
  if (all !== null && matches.length > 1) lines.push("", paint("all together", "heading"), ...foundLines(all, answer, paint));
  for (const match of matches) {
    lines.push("", nameLine(match, paint), ...foundLines(match, answer, paint));
    if (match.spikes.length > 0) lines.push(...wrap(spikesText(match.spikes), width - 2).map((line) => `  ${line}`));
  }
  if (total > matches.length) lines.push("", `${total - matches.length} more did less: --limit shows them.`);
  return `${lines.join("\n")}\n`;
}

function nameLine(labels: GroupLabels, paint: Paint): string {
  const places = [labels.container, labels.unit, labels.user].filter((place) => place !== "").map(visible);
  return `${paint(visible(groupName(labels)), "heading")}${places.length === 0 ? "" : paint(`  ${places.join(" · ")}`, "quiet")}`;
}

function foundLines({ firstMs, lastMs, minutes, usage }: FoundAnswer, answer: SearchAnswer, paint: Paint): readonly string[] {
  const times = firstMs === lastMs ? `in the minute of ${utcStamp(firstMs)}` : `first ${utcStamp(firstMs)}, last ${utcStamp(lastMs)}`;
  const rows = resourceKeys.flatMap((key) => {
    const values = usage[key];
    if (values === undefined) return [];
    const { total, peak, peakAtMs, strip } = values;
    const facts = [
      peak === undefined ? "" : `peak ${amountText(key, peak)}${peakAtMs === undefined ? "" : ` at ${utcStamp(peakAtMs)}`}`,
      total === undefined ? "" : `total ${totalText(key, total)}`,
    ].filter((fact) => fact !== "");
    return [`  ${fill(shortTitles[key], 8)} ${paint(stripText(strip.peak, answer), "good")} ${facts.join(", ")}`];
  });
  return [`  ran in ${minutes} ${minutes === 1 ? "minute" : "minutes"}, ${times}`, ...rows];
}

const shortTitles: Readonly<Record<ResourceKey, string>> = {
  cpuCores: "CPU",
  residentBytes: "memory",
  readBytesPerSecond: "read",
  writtenBytesPerSecond: "written",
  runningTasks: "running",
  uninterruptibleTasks: "waiting",
};

function amountText(key: ResourceKey, value: number): string {
  const { unit } = resourceFigure(key);
  if (unit === "bytes") return shortBytesText(value);
  if (unit === "bytesPerSecond") return `${shortBytesText(value)}/s`;
  return `${value.toFixed(2)} ${unit}`;
}

function totalText(key: ResourceKey, total: number): string {
  const { unit } = resourceFigure(key);
  if (unit === "bytesPerSecond") return shortBytesText(total);
  const length = total < 10 ? `${total.toFixed(1)} s` : durationText(total);
  return unit === "cores" ? `${length} of a core` : `${length} of a task`;
}

const levels = "▁▂▃▄▅▆▇█";

/** The highest of each cell; a dot where it did not run. */
function stripText(peaks: readonly (number | null)[], { fromMs, toMs, stepSeconds, covered }: SearchAnswer): string {
  const shown = covered ?? { fromMs, toMs };
  const first = Math.max(0, Math.floor((shown.fromMs - fromMs) / 1000 / stepSeconds));
  const last = Math.min(peaks.length, Math.ceil((shown.toMs - fromMs) / 1000 / stepSeconds));
  const inside = peaks.slice(first, last);
  const highest = inside.reduce<number>((most, peak) => Math.max(most, peak ?? 0), 0);
  const cells = Math.min(stripCells, inside.length);
  return Array.from({ length: cells }, (_, cell) => {
    const part = inside.slice(Math.floor((cell * inside.length) / cells), Math.floor(((cell + 1) * inside.length) / cells));
    const known = part.filter((peak) => peak !== null);
    if (known.length === 0) return "·";
    return levels[Math.min(levels.length - 1, Math.floor((Math.max(...known) / (highest || 1)) * levels.length))];
  }).join("");
}

function spikesText(spikes: SearchAnswer["matches"][number]["spikes"]): string {
  const told = spikes
    .slice(0, mostSpikes)
    .map(({ resource, startMs, share }) => `${resource} ${utcStamp(startMs)} (${wholePercent(share)} %)`);
  const more = spikes.length > told.length ? `, and ${spikes.length - told.length} more` : "";
  return `in the spikes of ${told.join(", ")}${more}`;
}
