/** Days of a made-up past on the disk, for benches that look back on them. */
import { silentLog } from "../../src/log.ts";
import { FlightRecorder } from "../../src/recorder/flightRecorder.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { ManualClock } from "../../test/support/manualClock.ts";
import { pause } from "../lib/started.ts";
import { MadeUpMachine } from "./madeUp.ts";

/** A day has as many segments and summaries as any, with fewer lines in them: it is made in seconds. */
const stepMs = 15_000;

/** Records so many days, up to now, through the recorder itself. */
export async function makeWeek(directory: string, days: number): Promise<void> {
  const endMs = Math.floor(Date.now() / 1000) * 1000;
  const fromMs = endMs - days * 86_400_000;
  const machine = new MadeUpMachine();
  const clock = new ManualClock(fromMs);
  const recorder = new FlightRecorder({
    directory,
    ring: new Ring({ keepSeconds: 60, mostBytes: 2 ** 20 }),
    host: { hostname: "bench", os: "Linux", kernel: "6.18", arch: "x64" },
    version: "bench",
    limits: { maxBytes: Number.POSITIVE_INFINITY, maxAgeSeconds: Number.POSITIVE_INFINITY },
    clock,
    log: silentLog,
  });
  await recorder.open();
  for (let ms = fromMs; ms < endMs; ms += stepMs) {
    const snapshot = machine.snapshot(ms);
    recorder.record(snapshot, snapshot.groups);
    await clock.advance(stepMs / 1000);
    while (recorder.figures.queued > 10) await pause(0.001);
  }
  await recorder.close({ pack: true });
}
