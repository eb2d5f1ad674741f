/** Days of a made-up past on the disk, for benches that look back on them. */
import { silentLog } from "../../src/log.ts";
import type { Clock } from "../../src/model/clock.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { FlightRecorder } from "../../src/recorder/flightRecorder.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { ManualClock } from "../../test/support/manualClock.ts";
import { pause } from "../lib/started.ts";
import { MadeUpMachine } from "./madeUp.ts";

/** A day has as many segments and summaries as any, with fewer lines in them: it is made in seconds. */
const stepMs = 15_000;

/** What else can be said of it. */
interface WeekOptions {
  readonly machine?: Machine;
  readonly endMs?: number;
  readonly mostGroups?: number;
}

/** What makes Snapshots. */
interface Machine {
  snapshot(takenAtMs: number): Snapshot;
}

/** A recorder without limits, which is all that benches want of one. */
export async function openRecorder(directory: string, clock: Clock, ring = new Ring({ keepSeconds: 60, mostBytes: 2 ** 20 })) {
  const recorder = new FlightRecorder({
    directory,
    ring,
    host: { hostname: "bench", os: "Linux", kernel: "6.18", arch: "x64" },
    version: "bench",
    limits: { maxBytes: Number.POSITIVE_INFINITY, maxAgeSeconds: Number.POSITIVE_INFINITY },
    clock,
    log: silentLog,
  });
  await recorder.open();
  return recorder;
}

/** Records so many days of a machine, up to `endMs`, through the recorder itself. Its lines hold so many groups. */
export async function makeWeek(
  directory: string,
  days: number,
  { machine = new MadeUpMachine(), endMs = Math.floor(Date.now() / 1000) * 1000, mostGroups = Number.POSITIVE_INFINITY }: WeekOptions = {},
): Promise<void> {
  const fromMs = endMs - days * 86_400_000;
  const clock = new ManualClock(fromMs);
  const recorder = await openRecorder(directory, clock);
  for (let ms = fromMs; ms < endMs; ms += stepMs) {
    const snapshot = { ...machine.snapshot(ms), elapsedSeconds: stepMs / 1000 };
    recorder.record(snapshot, snapshot.groups.slice(0, mostGroups));
    await clock.advance(stepMs / 1000);
    while (recorder.figures.queued > 10) await pause(0.001);
  }
  await recorder.close({ pack: true });
}
