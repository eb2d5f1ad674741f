/** Run by faults.test.ts: makes a capture with the usual commands once it is told to, and tells whether it could have forked. */
import { spawn, spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openCaptureService } from "../../src/capture/captureService.ts";
import { readProcessList } from "../../src/capture/making/processList.ts";

import { createParts } from "../../src/capture/parts/createParts.ts";
import { silentLog } from "../../src/log.ts";
import { readKernelUnits } from "../../src/procfs/units.ts";
import { Ring } from "../../src/recorder/ring.ts";
import { systemClock } from "../../src/sampler/clock.ts";
import { directReads } from "../support/playedHelper.ts";
import { inMemory, usualSettings } from "./support.ts";

const [, , directory = ""] = process.argv;
const root = { procfs: "/proc", sysfs: "/sys", rootfs: "/" };
const units = readKernelUnits();
const readTable = () =>
  readProcessList({ root, units, clock: systemClock, reads: directReads(), namesOfCgroup: () => ({ unit: "", container: "" }) });
const endings = new EventEmitter();
const capture = await openCaptureService({
  storageDirectory: join(directory, "storage"),
  archivesDirectory: join(directory, "archives"),
  clock: systemClock,
  log: silentLog,
  recording: inMemory(new Ring({ keepSeconds: 60, mostBytes: 1e6 })),
  parts: createParts({
    reads: directReads(),
    root,
    surroundings: { start: spawn, clock: systemClock, searchPath: process.env.PATH ?? "" },
    readProcessList: readTable,
  }),
  readProcessList: readTable,
  host: { hostname: "web1", os: "Linux", kernel: "6.18", arch: "x64" },
  version: "0.0.0-test",
  settings: usualSettings,
  onCaptured: () => endings.emit("captured"),
  space: { leastFreeBytes: 1024 * 1024, reserveBytes: 64 * 1024 },
});
capture.start();
// threads are forks as well: Node's own must have begun, as they have in a Culprit that has run for a while
await stat("/");
process.stdout.write("ready\n");
await once(process.stdin, "data");
process.stdin.destroy();
const { error } = spawnSync("true");
const ended = once(endings, "captured");
const { id } = await capture.queue.request({ reason: "nothing can be forked" });
await ended;
await capture.stop();
process.stdout.write(`${JSON.stringify({ id, forkError: error === undefined ? "none" : "code" in error ? error.code : error.message })}\n`);
