/** Run by crash.test.ts to be killed: records as fast as it can, and tells how many lines are acknowledged. It starts fifty times. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Log } from "../../src/log.ts";
import { FlightRecorder } from "../../src/recorder/flightRecorder.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { systemClock } from "../../src/sampler/clock.ts";

const [, , directory = "", from = ""] = process.argv;
// the real log takes longer to load than all the rest
const log: Log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {}, with: () => log };
const recorder = new FlightRecorder({
  directory,
  ring: new Ring({ keepSeconds: 1, mostBytes: 1e5 }),
  host: { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" },
  version: "0.1.0",
  limits: { maxBytes: 1e9, maxAgeSeconds: 1e9 },
  clock: systemClock,
  log,
  syncSeconds: 0.002,
  leastFreeBytes: 0,
  // to a pipe this is written before the next line of code runs
  onAcknowledged: (lines) => void process.stdout.write(`${lines}\n`),
});
await recorder.open();
for (let second = 0; ; second++) {
  const usage = { cpuCores: second };
  const groups = [{ id: "burner", kind: "process", process: "burner", unit: "", container: "", user: "root", usage } as const];
  // six seconds at a time, so that segments come to their end as well
  const takenAtMs = Number(from) + second * 6000;
  recorder.record({ takenAtMs, elapsedSeconds: 6, gap: false, host: {}, processes: [], groups }, groups);
  while (recorder.figures.queued > 50) await nextTurn();
}
