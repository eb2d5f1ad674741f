/**
 * Culprit's whole tick in a process of its own, as the app runs it, without server and scrapes: read, advance, attribution, cgroups,
 * window, ring. Ends when stdin does; with `--delay` it then says how long the event loop was held.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { saveMemory } from "../../src/engineFlags.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { encodeSnapshot, LineTexts } from "../../src/recorder/format/encodeLine.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { createEngine } from "../../test/workloads/createEngine.ts";

saveMemory();
const settings = new Set(process.argv.slice(2));
const engine = createEngine({ ungated: settings.has("--ungated"), direct: settings.has("--direct") });
const ring = new Ring({ keepSeconds: 45 * 60, mostBytes: 64 * 1024 * 1024 });
const texts = new LineTexts();
// the monitor has a timer of its own that costs more than a tick does: never together with a measurement of CPU
const delay = settings.has("--delay") ? monitorEventLoopDelay({ resolution: 1 }) : undefined;
let previous: Snapshot | undefined;
let ticks = 0;
engine.subscribe(({ snapshot, shown }) => {
  ring.push(snapshot.takenAtMs, encodeSnapshot(snapshot, shown, previous, texts));
  previous = snapshot;
  // the first ticks open descriptors and compile
  if (++ticks === 5) delay?.enable();
  if (ticks === 1) process.stdout.write("ready\n");
});
engine.sampler.start();
process.stdin.resume().once("end", () => {
  engine.sampler.stop();
  if (delay !== undefined) {
    const ms = (ns: number) => ns / 1e6;
    process.stdout.write(`${JSON.stringify({ p99: ms(delay.percentile(99)), p999: ms(delay.percentile(99.9)), most: ms(delay.max) })}\n`);
  }
  process.exit(0);
});
