/** What happened, as the timeline shows it: spikes as bands, captures and alerts as flags. Pure. */

import type { Archive } from "../../model/capture.ts";
import { culpritName, namedIn, spikeText } from "../../model/culprit.ts";
import { defined } from "../../model/defined.ts";
import { type ChartName, chartOfSpike } from "../../model/hostFigures.ts";
import type { Spike, VerdictShare } from "../../model/spike.ts";
import type { SpikeResource } from "../../model/spikeResource.ts";
import type { TriggerFiring } from "../../model/trigger.ts";
import type { SortKey } from "./address.ts";
import type { Stretch } from "./range.ts";

/** A spike on the timeline. */
export interface Band {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly lasting: boolean;
  /** The culprit's name, or what is known instead. */
  readonly name: string;
  readonly resource: SpikeResource;
  readonly sentence: string;
  /** The line that did most of it, by its labels' key. */
  readonly culprit?: VerdictShare["group"];
  /** Over which its band is strongest. */
  readonly chart?: ChartName;
  /** Where its name has room; in a crowd it has none, and is told only when pointed at. */
  readonly label: "inside" | "after" | "before" | "none";
  /** Where it lies in the lane, so that those at the same time stand below each other. */
  readonly row: number;
}

/** A moment on the timeline. */
export interface Flag {
  readonly id: string;
  readonly kind: "capture" | "alert";
  readonly atMs: number;
  readonly label: string;
  readonly detail: string;
}

/** What the table is best sorted by to see who it was. */
export function spikeSort({ resource, aspect }: Pick<Spike, "resource" | "aspect">): SortKey {
  switch (resource) {
    case "cpu":
      return "cpu";
    case "load":
      return "tasks";
    case "memory":
      return "memory";
    case "io":
      return aspect === "reads" ? "read" : "write";
    case "pressure":
      return aspect === "memory" ? "memory" : aspect === "io" ? "write" : "tasks";
  }
}

/** The process that a verdict names, whose line is to be shown. */
export function culpritOf({ verdict }: Pick<Spike, "verdict">): VerdictShare | undefined {
  return verdict && namedIn(verdict).find(({ group }) => group.kind === "process");
}

/** The name, or what is known instead. */
export function nameOfCulprit({ verdict }: Pick<Spike, "verdict">): string {
  return verdict === undefined ? "looking…" : culpritName(verdict);
}

const mostRows = 4;
/** About so wide is a letter of a name, and the room around it. */
const letterPixels = 7;
const labelMarginPixels = 16;

/** The bands of a stretch, oldest first, each in a row in which it and its name have room. What is too much for all rows goes into the last one, without its name. */
export function bandsOf(spikes: readonly Spike[], { fromMs, toMs }: Stretch, nowMs: number, msPerPixel: number): readonly Band[] {
  const rows: Stretch[][] = [];
  return spikes
    .filter(({ startMs, endMs = nowMs }) => startMs < toMs && endMs >= fromMs)
    .sort((a, b) => a.startMs - b.startMs)
    .map((spike) => {
      const { id, startMs, endMs, resource, verdict } = spike;
      const name = nameOfCulprit(spike);
      const bandEndMs = endMs ?? Math.max(nowMs, startMs + 1000);
      const shown = { fromMs: Math.max(startMs, fromMs), toMs: Math.min(bandEndMs, toMs) };
      const labelMs = (name.length * letterPixels + labelMarginPixels) * msPerPixel;
      const label = shown.toMs - shown.fromMs >= labelMs ? "inside" : shown.toMs + labelMs <= toMs ? "after" : "before";
      const needs = {
        fromMs: label === "before" ? shown.fromMs - labelMs : shown.fromMs,
        toMs: label === "after" ? shown.toMs + labelMs : shown.toMs,
      };
      const isFree = (taken: readonly Stretch[]) => taken.every((one) => one.toMs <= needs.fromMs || one.fromMs >= needs.toMs);
      const free = rows.findIndex(isFree);
      const row = free >= 0 ? free : Math.min(rows.length, mostRows - 1);
      const hasRoom = free >= 0 || rows.length < mostRows;
      if (hasRoom) rows[row] = [...(rows[row] ?? []), needs];
      const culprit = culpritOf(spike)?.group;
      return defined({
        ...{ id, resource, name, row, label: hasRoom ? label : "none", fromMs: startMs, toMs: bandEndMs, lasting: endMs === undefined },
        sentence: verdict?.sentence ?? `A spike of ${spikeText(spike)}; who it is will be known in a moment.`,
        chart: chartOfSpike.get(resource),
        culprit,
      });
    });
}

/** The flags of a stretch, oldest first: archives, and firings of triggers; an alert from outside is known by its archive. */
export function flagsOf(archives: readonly Archive[], firings: readonly TriggerFiring[], { fromMs, toMs }: Stretch): readonly Flag[] {
  const captures = archives.map(({ id, createdAtMs, origin, name, process }): Flag => {
    const who = process === undefined ? "" : `, most likely ${process}`;
    const why = origin === "manual" ? "asked for by a person" : `made for the ${origin} ${name}`;
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
  return [...captures, ...alerts].filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).sort((a, b) => a.atMs - b.atMs);
}
