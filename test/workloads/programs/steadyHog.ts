/** steadyHog SECONDS DUTY: one thread that is busy for that part of the time. */
import { cpuSeconds, linger, report, sleep, spin } from "./program.ts";

const [seconds = 10, duty = 1] = process.argv.slice(2).map(Number);
const end = performance.now() + seconds * 1000;
while (performance.now() < end) {
  spin(20 * duty);
  if (duty < 1) sleep(20 * (1 - duty));
}
report("cpu", cpuSeconds());
linger();
