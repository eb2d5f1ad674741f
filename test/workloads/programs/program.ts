/** What the workloads that run on Node have in common. Their truth is their own CPU clock, getrusage(2), never a file. */
import { appendFileSync } from "node:fs";

/** CPU seconds of this process until now, all threads together, the dead ones included. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Burns until this process has used so much in all. */
export function burnUntil(seconds: number): void {
  while (cpuSeconds() < seconds);
}

/** Keeps one thread busy, by the clock on the wall. */
export function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Sleeps without the event loop, to the tenth of a millisecond. */
export function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Tells the runner a figure. */
export function report(key: string, value: number): void {
  process.stdout.write(`${key} ${value}\n`);
}

/** Tells the runner that the figures are complete, and stays: whoever is gone cannot be read any more. */
export function linger(): void {
  process.stdout.write("done\n");
  process.stdin.resume();
}

/** The last act of a process that nobody waits for: writes what it has burnt, and ends without tidying up, which would burn more. */
export function reportAndDie(file: string, key = "cpu"): void {
  appendFileSync(file, `${key} ${cpuSeconds()}\n`);
  process.kill(process.pid, "SIGKILL");
}
