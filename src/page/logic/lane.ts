/** What happened, as the lane above the charts shows it: spikes as bands, captures, alerts and events as flags. Pure. */
import type { Archive } from "../../model/capture.ts";
import { spikeText } from "../../model/culprit.ts";
import { defined } from "../../model/defined.ts";
import { eventNames, type MachineEvent } from "../../model/machineEvent.ts";
import type { Spike, VerdictShare } from "../../model/spike.ts";
import type { SpikeResource } from "../../model/spikeResource.ts";
import type { TriggerFiring } from "../../model/trigger.ts";
import type { ChartSpec } from "./charts.ts";
import { culpritKey, culpritOf, nameOfCulprit } from "./events.ts";
import { draggedRange, type Stretch } from "./range.ts";

/** A spike on the timeline. */
export interface Band {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly lasting: boolean;
  /** The culprit's name, or what is known instead. */
  readonly name: string;
  /** By which its culprit has its colour. */
  readonly key?: string;
  readonly resource: SpikeResource;
  readonly sentence: string;
  /** The line that did most of it, by its labels' key. */
  readonly culprit?: VerdictShare["group"];
  readonly charts: readonly ChartSpec["id"][];
  /** Where its name has room; where it has none, it is told only when pointed at. */
  readonly label: "inside" | "after" | "before" | "none";
  /** Where it lies in the lane, so that those at the same time stand below each other. */
  readonly row: number;
}

/** A moment on the timeline. */
interface Flag {
  readonly id: string;
  readonly kind: "capture" | "alert" | "event";
  readonly atMs: number;
  readonly label: string;
  readonly detail: string;
}

/** Flags that stand too close to be told apart, as one. */
export interface FlagGroup {
  readonly flags: readonly [Flag, ...Flag[]];
  readonly kind: Flag["kind"];
  readonly atMs: number;
}

/** How the lane is measured. */
interface LaneMeasure {
  readonly msPerPixel: number;
  /** How wide a name is written. */
  readonly widthOf: (name: string) => number;
}

/** What a spike is of shows in these charts. */
function chartsOf({ resource, aspect }: Pick<Spike, "resource" | "aspect">): readonly ChartSpec["id"][] {
  if (resource === "oom") return ["memory"];
  if (resource !== "io") return [resource];
  return aspect === "reads" ? ["reads"] : aspect === "writes" ? ["writes"] : ["reads", "writes"];
}

const mostRows = 4;
/** A band is never narrower, or it could not be pointed at. */
export const leastBandPixels = 10;
/** Mark and room around a name. */
const labelMarginPixels = 26;
/** Flags closer than this lie on each other. */
const flagPixels = 22;

/** The bands of a stretch, oldest first, each in a row in which it and its name have room. What is too much for all rows goes into the last one, without its name. */
export function bandsOf(spikes: readonly Spike[], stretch: Stretch, nowMs: number, measure: LaneMeasure): readonly Band[] {
  const rows: Stretch[][] = [];
  const crowding: Stretch[] = [];
  const { fromMs, toMs } = stretch;
  const placed = spikes
    .filter(({ startMs, endMs = nowMs }) => startMs < toMs && endMs >= fromMs)
    .sort((a, b) => a.startMs - b.startMs)
    .map((spike) => {
      const { id, startMs, endMs, resource, verdict } = spike;
      const name = nameOfCulprit(spike);
      const bandEndMs = endMs ?? Math.max(nowMs, startMs + 1000);
      const { label, needs } = placeLabel({ fromMs: startMs, toMs: bandEndMs }, name, stretch, measure);
      const free = rows.findIndex((taken) => !taken.some((one) => overlap(one, needs)));
      const row = free >= 0 ? free : Math.min(rows.length, mostRows - 1);
      const hasRoom = free >= 0 || rows.length < mostRows;
      if (hasRoom) rows[row] = [...(rows[row] ?? []), needs];
      else crowding.push(needs);
      const culprit = culpritOf(spike)?.group;
      const key = culpritKey(spike);
      return defined({
        ...{ id, resource, name, row, label: hasRoom ? label : "none", fromMs: startMs, toMs: bandEndMs, lasting: endMs === undefined },
        sentence: verdict?.sentence ?? `A spike of ${spikeText(spike)}; who it is will be known in a moment.`,
        charts: chartsOf(spike),
        culprit,
        key,
        needs,
      });
    });
  // what had no room lies beside what had: a name that stands out of its band would be cut by it
  return placed.map(({ needs, ...band }) => {
    const isCut = band.row === mostRows - 1 && band.label !== "inside" && crowding.some((one) => overlap(one, needs));
    return isCut ? { ...band, label: "none" } : band;
  });
}

function overlap(one: Stretch, other: Stretch): boolean {
  return one.toMs > other.fromMs && one.fromMs < other.toMs;
}

/** Where a name has room without being cut: in its band, behind it, before it, or nowhere; and what band and name take up. */
function placeLabel(
  band: Stretch,
  name: string,
  { fromMs, toMs }: Stretch,
  { msPerPixel, widthOf }: LaneMeasure,
): { readonly label: Band["label"]; readonly needs: Stretch } {
  const shownFromMs = Math.max(band.fromMs, fromMs);
  const shown = { fromMs: shownFromMs, toMs: Math.max(Math.min(band.toMs, toMs), shownFromMs + leastBandPixels * msPerPixel) };
  const labelMs = (widthOf(name) + labelMarginPixels) * msPerPixel;
  if (shown.toMs - shown.fromMs >= labelMs) return { label: "inside", needs: shown };
  if (shown.toMs + labelMs <= toMs) return { label: "after", needs: { ...shown, toMs: shown.toMs + labelMs } };
  if (shown.fromMs - labelMs >= fromMs) return { label: "before", needs: { ...shown, fromMs: shown.fromMs - labelMs } };
  return { label: "none", needs: shown };
}

/** The flags of a stretch, oldest first: archives, firings of triggers, and events; an alert from outside is known by its archive. */
export function flagsOf(
  archives: readonly Archive[],
  firings: readonly TriggerFiring[],
  events: readonly MachineEvent[],
  { fromMs, toMs }: Stretch,
): readonly Flag[] {
  const captures = archives.map(({ id, createdAtMs, origin, name, process, reason, span }): Flag => {
    const who = process === undefined ? "" : `, most likely ${process}`;
    // it stands where the run ended, not where the next one found that out
    if (origin === "crash") {
      return { id, kind: "alert", atMs: span.toMs, label: "unclean end", detail: `The run had no orderly end${who}` };
    }
    const why =
      origin === "manual" ? `asked for by a person${reason === undefined ? "" : ` (${reason})`}` : `made for the ${origin} ${name}`;
    return {
      id,
      kind: origin === "alert" ? "alert" : "capture",
      atMs: createdAtMs,
      label: origin === "manual" ? "capture" : name,
      detail: `Archive ${why}${who}`,
    };
  });
  const alerts = firings.map(
    ({ id, trigger, firedAtMs, reason }): Flag => ({ id, kind: "alert", atMs: firedAtMs, label: trigger, detail: reason }),
  );
  const happened = events.map(
    ({ id, kind, atMs, text, detail, by }): Flag => ({
      ...{ id, kind: "event", atMs, label: eventNames[kind] },
      detail: [text, ...(detail === undefined ? [] : [`(${detail})`]), ...(by === undefined ? [] : [`told by ${by}`])].join(" "),
    }),
  );
  return [...captures, ...alerts, ...happened].filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).sort((a, b) => a.atMs - b.atMs);
}

/** Flags that would lie on each other as one; `flags` are the oldest first. */
export function groupFlags(flags: readonly Flag[], msPerPixel: number): readonly FlagGroup[] {
  const groups: [Flag, ...Flag[]][] = [];
  for (const flag of flags) {
    const last = groups.at(-1);
    if (last !== undefined && flag.atMs - last[0].atMs < flagPixels * msPerPixel) last.push(flag);
    else groups.push([flag]);
  }
  return groups.map((group) => ({
    flags: group,
    kind: (["alert", "capture"] as const).find((one) => group.some(({ kind }) => kind === one)) ?? "event",
    atMs: group[0].atMs,
  }));
}

/** What a click on them shows: where they can be told apart, closer than that the moment of the first. */
export function flagTarget({ flags }: FlagGroup): { readonly range: Stretch } | { readonly atMs: number } {
  const [first] = flags;
  const last = flags.at(-1) ?? first;
  const lengthMs = last.atMs - first.atMs;
  if (lengthMs < 10_000) return { atMs: first.atMs };
  return { range: draggedRange(first.atMs - lengthMs, last.atMs + lengthMs) };
}

const mostTold = 8;
const kindWords: Readonly<Record<Flag["kind"], string>> = { alert: "Alert ", capture: "Capture ", event: "" };

/** What they are, a line each; of several how many there are, for that is written on them. */
export function flagWords({ flags }: FlagGroup): string {
  const lines = flags.slice(0, mostTold).map(({ kind, label, detail }) => `${kindWords[kind]}${label}: ${detail}`);
  return [
    ...(flags.length > 1 ? [`${flags.length} flags`] : []),
    ...lines,
    ...(flags.length > mostTold ? [`and ${flags.length - mostTold} more`] : []),
  ].join("\n");
}
