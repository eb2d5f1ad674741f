/** steadyWriter SECONDS FILE: appends to a file, a mebibyte at a time. */
import { openSync, writeSync } from "node:fs";
import { linger, report, sleep } from "./program.ts";

const [seconds = "10", file = ""] = process.argv.slice(2);
const chunk = Buffer.alloc(1024 * 1024, 1);
const descriptor = openSync(file, "a");
const end = performance.now() + Number(seconds) * 1000;
let written = 0;
while (performance.now() < end) {
  written += writeSync(descriptor, chunk);
  sleep(100);
}
report("written", written);
linger();
