/** Recorded seconds and frames for the tests of the page. */
import type { GroupLabels } from "../../src/model/group.ts";
import type { HostUsage } from "../../src/model/snapshot.ts";
import type { ResourceUsage } from "../../src/model/usage.ts";
import { Frame } from "../../src/page/logic/frame.ts";
import type { RecordedSnapshot } from "../../src/recorder/format/line.ts";

/** On a whole second. */
export const t0 = Date.UTC(2026, 10, 21, 10, 0, 0);

/** The labels of a process' group. */
export function labels(process: string, more: Partial<GroupLabels> = {}): GroupLabels {
  return { kind: "process", process, unit: "", container: "", user: "root", ...more };
}

/** A second in which the machine's CPU was used by these. */
export function second(
  takenAtMs: number,
  groups: Readonly<Record<string, ResourceUsage>> = {},
  more: Partial<RecordedSnapshot> = {},
): RecordedSnapshot {
  const host: HostUsage = { cpu: { cores: 4, busyCores: 1, busySeconds: 1, usageRatio: 0.25 }, load: { load1: 1, load5: 2, load15: 3 } };
  return {
    takenAtMs,
    elapsedSeconds: 1,
    gap: false,
    host,
    groups: Object.entries(groups).map(([name, usage]) => ({ ...labels(name), usage })),
    ...more,
  };
}

/** A frame of these seconds. */
export function frameWith(...seconds: readonly RecordedSnapshot[]): Frame {
  const frame = new Frame(1000);
  for (const one of seconds) frame.add(one);
  return frame;
}
