/** What `culprit once --json` prints (docs/once.md), taken as a look at a host: cron is a sender then. Pure. */
import { defined } from "../model/defined.ts";
import { numericHostParts } from "../model/snapshot.ts";
import type { Spike } from "../model/spike.ts";
import type { RecordedSnapshot } from "../recorder/format/line.ts";
import { parseRecorded } from "../recorder/format/parseLine.ts";
import { roundNumbers } from "../recorder/format/rounding.ts";
import { parseSpikeLine } from "../recorder/format/spikeLine.ts";
import { FieldProblem, type Fields, readFields, readMoment, readNumber } from "./readings.ts";

interface OnceLook {
  readonly snapshot: RecordedSnapshot;
  /** As the recording holds it. */
  readonly line: string;
  readonly spikes: readonly Spike[];
}

/** The look as a second of the recording, and the spikes that it noticed. @throws FieldProblem */
export function readOnceJson(document: Fields): OnceLook {
  const version = readNumber(document.schemaVersion, "schemaVersion", 1);
  if (version !== 1) throw new FieldProblem("schemaVersion", "expected 1, as culprit once --json prints it");
  const takenAtMs = readMoment(document.takenAtMs, "takenAtMs");
  const elapsedSeconds = readNumber(document.seconds, "seconds", 0, 86_400);
  const figures = readFields(document.figures, "figures") ?? {};
  const parts = Object.fromEntries(numericHostParts.flatMap((part) => (figures[part] === undefined ? [] : [[part, figures[part]]])));
  // of the fullest file system it tells a ratio and no size: that stays unknown
  const groups = (document.lines as readonly unknown[]).map((line, place) => {
    const { mean, peak: _, ...labels } = readFields(line, `lines[${place}]`) ?? {};
    return { ...labels, usage: mean ?? {} };
  });
  const disks = Array.isArray(figures.disks)
    ? figures.disks.map((disk: object) => ({ whole: true, readBytes: 0, writtenBytes: 0, ...disk }))
    : undefined;
  const line = JSON.stringify(defined({ takenAtMs, elapsedSeconds, gap: false, host: defined({ ...parts, disks }), groups }), roundNumbers);
  const snapshot: RecordedSnapshot | undefined = parseRecorded({ takenAtMs, line });
  if (snapshot === undefined) throw new FieldProblem("figures", "expected figures and lines as culprit once --json prints them");
  return { snapshot, line, spikes: spikesOf(document.spikes) };
}

function spikesOf(list: unknown): readonly Spike[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((spike: unknown) => parseSpikeLine(JSON.stringify({ schemaVersion: 1, atMs: 0, spike }))?.spike ?? []);
}
