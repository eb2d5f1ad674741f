/** steadyReader SECONDS FILE: reads a file that is on disk and not in memory, evenly over the time. */
import { fstatSync, openSync, readSync } from "node:fs";
import { linger, report, sleep } from "./program.ts";

const [seconds = "10", file = ""] = process.argv.slice(2);
const chunk = Buffer.alloc(1024 * 1024);
const descriptor = openSync(file, "r");
const steps = Math.ceil(fstatSync(descriptor).size / chunk.length);
let read = 0;
for (let step = 0; step < steps; step++) {
  read += readSync(descriptor, chunk);
  sleep((Number(seconds) * 1000) / steps);
}
report("read", read);
linger();
