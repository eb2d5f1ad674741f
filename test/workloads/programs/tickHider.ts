/**
 * tickHider SECONDS: busy between the kernel's ticks and asleep at every one of them, so that a kernel that accounts by ticks never
 * sees it at work. Ticks of 100, 250, 500 and 1000 Hz all fall on whole milliseconds of the monotonic clock.
 */
import { cpuSeconds, linger, report, sleep } from "./program.ts";

const periodNs = 1_000_000n;
const beforeTickNs = 250_000n;
const afterTickMs = 0.05;
const [seconds = 10] = process.argv.slice(2).map(Number);
const end = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
for (let now = process.hrtime.bigint(); now < end; now = process.hrtime.bigint()) {
  const tick = (now / periodNs + 1n) * periodNs;
  while (process.hrtime.bigint() < tick - beforeTickNs);
  sleep(Number(tick - process.hrtime.bigint()) / 1e6 + afterTickMs);
}
report("cpu", cpuSeconds());
linger();
