/**
 * V8's flags for little memory. Every version knows other flags, and prints a warning for one that it does not know, so there is a
 * table of what was measured; an engine that is not in it gets none.
 *
 * What counts is that no compiler runs: their own code is 8 MB of the binary that are else never touched, what they make is 10 MB more,
 * and at one tick a second with few processes that buys a third of the CPU, 0.3 % of a core. With thousands of processes it buys half.
 */
import { setFlagsFromString } from "node:v8";

interface EngineFlags {
  readonly atStart: readonly string[];
  /** When this process has enough to do for the compilers to pay. */
  readonly whenBusy: readonly string[];
}

/** A young generation that stays at 1 MB, and a heap that grows slowly. */
const small = ["--semi-space-growth-factor=1", "--optimize-for-size", "--heap-growing-percent=10"];

/** None of the three compilers (without sparkplug it is 3 MB less again), and what they would be told of a function only when it runs often: 2 MB less. */
const withoutCompilers = [...small, "--no-opt", "--no-maglev", "--no-sparkplug", "--invocation-count-for-feedback-allocation=64"];

/** By the beginning of V8's version. */
const known: readonly (readonly [string, EngineFlags])[] = [
  // Node 20: its one compiler waits for what is really hot, and that with thousands of processes is there within minutes
  ["11.3.", { atStart: [...small, "--interrupt-budget=50000000"], whenBusy: [] }],
  // Node 22: its second compiler, maglev, was on in the first releases and then off for good
  ["12.", { atStart: withoutCompilers, whenBusy: ["--opt", "--sparkplug"] }],
  // Node 24
  ["13.", { atStart: withoutCompilers, whenBusy: ["--opt", "--maglev", "--sparkplug"] }],
  // Node 26
  ["14.", { atStart: withoutCompilers, whenBusy: ["--opt", "--maglev", "--sparkplug"] }],
];

/** What a V8 of this version (`process.versions.v8`) is told. */
export function flagsOf(v8Version: string): EngineFlags {
  return known.find(([beginning]) => v8Version.startsWith(beginning))?.[1] ?? { atStart: [], whenBusy: [] };
}

/** The CPU that a process may use for long without the compilers, in cores: they begin to pay at some 2000 processes. */
const idleCores = 0.015;

/** What a start, a capture or a page that is opened may take above that, in CPU seconds. */
const burstSeconds = 4;

/** Tells from the CPU time of this process when it has been busy for so long that compiling pays. */
export class Busyness {
  #leftSeconds = burstSeconds;

  /** Notes what was used since the last call. True when the process is busy, be it all at once or a little all the time. */
  note(elapsedSeconds: number, cpuSeconds: number): boolean {
    this.#leftSeconds = Math.min(burstSeconds, this.#leftSeconds + elapsedSeconds * idleCores - cpuSeconds);
    return this.#leftSeconds < 0;
  }
}

const lookMs = 5_000;

/** Sets the flags, and the others when the time has come; to be called before the bulk of the program is loaded. */
export function saveMemory(): void {
  const { atStart, whenBusy } = flagsOf(process.versions.v8);
  for (const flag of atStart) setFlagsFromString(flag);
  if (whenBusy.length > 0) watchBusyness(() => whenBusy.forEach((flag) => void setFlagsFromString(flag)));
}

function watchBusyness(onBusy: () => void): void {
  const busyness = new Busyness();
  let before = { atMs: performance.now(), usage: process.cpuUsage() };
  const timer = setInterval(() => {
    const now = { atMs: performance.now(), usage: process.cpuUsage() };
    const cpuMicroseconds = now.usage.user + now.usage.system - before.usage.user - before.usage.system;
    const isBusy = busyness.note((now.atMs - before.atMs) / 1e3, cpuMicroseconds / 1e6);
    before = now;
    if (!isBusy) return;
    clearInterval(timer);
    onBusy();
  }, lookMs);
  timer.unref();
}
