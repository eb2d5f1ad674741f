/** fsyncWriter SECONDS FILE: writes the same 64 MiB over and over, and waits for the disk after each 4 of them. */
import { fsyncSync, openSync, writeSync } from "node:fs";
import { linger, report, sleep } from "./program.ts";

const [seconds = "10", file = ""] = process.argv.slice(2);
const chunk = Buffer.alloc(4 * 1024 * 1024, 1);
const descriptor = openSync(file, "w");
const end = performance.now() + Number(seconds) * 1000;
let written = 0;
for (let step = 0; performance.now() < end; step = (step + 1) % 16) {
  written += writeSync(descriptor, chunk, 0, chunk.length, step * chunk.length);
  fsyncSync(descriptor);
  sleep(50);
}
report("written", written);
linger();
