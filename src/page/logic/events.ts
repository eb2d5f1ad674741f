/** Spikes in words: what they are of, and who did it. Pure. */

import { culpritName, namedIn, spikeText } from "../../model/culprit.ts";
import { groupId } from "../../model/group.ts";
import { waitsForOwnChild } from "../../model/ownChild.ts";
import type { Spike, VerdictShare } from "../../model/spike.ts";
import type { SpikeUnit } from "../../model/spikeResource.ts";
import { durationText } from "../../text.ts";
import type { SortKey } from "./address.ts";
import { formatPercent, formatValue, nameOf, type Unit } from "./format.ts";

/** What the table is best sorted by to see who it was. */
export function spikeSort({ resource, aspect }: Pick<Spike, "resource" | "aspect">): SortKey {
  switch (resource) {
    case "cpu":
      return "cpu";
    case "load":
      return "tasks";
    case "memory":
    case "oom":
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

/** The key of the group, by which it has its colour; undefined where nobody is named. */
export function culpritKey(spike: Pick<Spike, "verdict">): string | undefined {
  const culprit = culpritOf(spike);
  return culprit && groupId(culprit.group);
}

const units: Readonly<Record<SpikeUnit, readonly [unit: Unit, word: string]>> = {
  cores: ["cores", " cores"],
  tasks: ["number", " tasks"],
  bytes: ["bytes", ""],
  bytes_per_second: ["bytesPerSecond", ""],
  ratio: ["ratio", " of the time"],
};

/** `CPU from 0.20 to 1.93 cores for 40 s`. */
export function spikeWords(spike: Pick<Spike, "resource" | "aspect" | "baseline" | "peak" | "unit" | "startMs" | "endMs">): string {
  const { baseline, peak, unit, startMs, endMs } = spike;
  const [shown, word] = units[unit];
  const lasted = endMs === undefined ? "and lasts" : `for ${durationText((endMs - startMs) / 1000)}`;
  const subject = spikeText(spike);
  if (spike.resource === "oom") {
    return baseline < peak
      ? `${subject}, after memory had grown from ${formatValue(baseline, shown)} to ${formatValue(peak, shown)}`
      : `${subject} at ${formatValue(peak, shown)}`;
  }
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} from ${formatValue(baseline, shown)} to ${formatValue(peak, shown)}${word} (peak) ${lasted}`;
}

/** Part of a spike, to be shown in a line. */
interface SharePart {
  readonly key: string;
  readonly text: string;
}

const mostParts = 3;
const leastPart = 0.01;

/** The largest parts of a spike, where there are several. Whoever waits for a child of his own has none. */
export function partsOf({ verdict }: Pick<Spike, "verdict">): readonly SharePart[] {
  const parts = (verdict?.shares ?? [])
    .filter((share) => share.share >= leastPart && !waitsForOwnChild(share))
    .slice(0, mostParts)
    .map(({ group, share, waiting }) => ({
      key: groupId(group),
      text: `${nameOf(group)} ${formatPercent(share)}${waiting === undefined ? "" : ", waiting"}`,
    }));
  return parts.length < 2 ? [] : parts;
}
