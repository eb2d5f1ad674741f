/**
 * V8's flags for little memory. Every version knows other flags, and prints a warning for one that it does not know, so there is a
 * table of what was measured; an engine that is not in it gets none.
 *
 * What counts is that no compiler runs: their own code is 8 MB of the binary that are else never touched, what they make is 10 MB more,
 * and at one tick a second with few processes that buys a third of the CPU, 0.3 % of a core. With thousands of processes it buys half.
 */
import { setFlagsFromString } from "node:v8";
import { watchOwnCpu } from "./ownCpu.ts";

interface EngineFlags {
  readonly atStart: readonly string[];
  /** When this process has enough to do for the compilers to pay. */
  readonly whenBusy: readonly string[];
  /** While it has so much to do that a small heap holds everybody up; then `small` again. */
  readonly whenVeryBusy: readonly string[];
}

/** A young generation that stays at 1 MB, and a heap that grows slowly. */
const small = ["--semi-space-growth-factor=1", "--optimize-for-size", "--heap-growing-percent=10"];

/**
 * On a machine with many of everything a tick and a scrape make megabytes of garbage: a small heap is full again at once, and each full
 * collection holds the event loop for 30 ms and more. With these it is rarely collected as a whole, and stays below twice what is in use.
 */
const roomy = ["--no-optimize-for-size", "--heap-growing-percent=0", "--semi-space-growth-factor=2"];

/** None of the three compilers (without sparkplug it is 3 MB less again), and what they would be told of a function only when it runs often: 2 MB less. */
const withoutCompilers = [...small, "--no-opt", "--no-maglev", "--no-sparkplug", "--invocation-count-for-feedback-allocation=64"];

/** By the beginning of V8's version. */
const known: readonly (readonly [string, EngineFlags])[] = [
  // Node 20: its one compiler waits for what is really hot, and that with thousands of processes is there within minutes
  ["11.3.", { atStart: [...small, "--interrupt-budget=50000000"], whenBusy: [], whenVeryBusy: roomy }],
  // Node 22: its second compiler, maglev, was on in the first releases and then off for good
  ["12.", { atStart: withoutCompilers, whenBusy: ["--opt", "--sparkplug"], whenVeryBusy: [] }],
  // Node 24
  ["13.", { atStart: withoutCompilers, whenBusy: ["--opt", "--maglev", "--sparkplug"], whenVeryBusy: [] }],
  // Node 26
  ["14.", { atStart: withoutCompilers, whenBusy: ["--opt", "--maglev", "--sparkplug"], whenVeryBusy: [] }],
];

/** What a V8 of this version (`process.versions.v8`) is told. */
export function flagsOf(v8Version: string): EngineFlags {
  return known.find(([beginning]) => v8Version.startsWith(beginning))?.[1] ?? { atStart: [], whenBusy: [], whenVeryBusy: [] };
}

/** The CPU that a process may use for long without the compilers, in cores: they begin to pay at some 2000 processes. */
const idleCores = 0.015;

/** What a start, a capture or a page that is opened may take above that, in CPU seconds. */
const burstSeconds = 4;

/** Tells from the CPU time of this process when it has been busy for so long that compiling pays; or, with more cores, that room does. */
export class Busyness {
  readonly #idleCores: number;
  #leftSeconds = burstSeconds;

  constructor(cores = idleCores) {
    this.#idleCores = cores;
  }

  /** Notes what was used since the last call. True when the process is busy, be it all at once or a little all the time. */
  note(elapsedSeconds: number, cpuSeconds: number): boolean {
    this.#leftSeconds = Math.min(burstSeconds, this.#leftSeconds + elapsedSeconds * this.#idleCores - cpuSeconds);
    return this.#leftSeconds < 0;
  }
}

const veryBusyCores = 0.1;
const calmCores = 0.05;
const calmSeconds = 60;

/** Tells when the heap should have room, and when, a minute after the last of much work, it should be small again. */
export class HeapRoom {
  #busyness = new Busyness(veryBusyCores);
  #isRoomy = false;
  #calmSeconds = 0;

  /** Notes what was used since the last call; undefined where nothing changes. */
  note(elapsedSeconds: number, cpuSeconds: number): "roomy" | "small" | undefined {
    this.#calmSeconds = cpuSeconds < calmCores * elapsedSeconds ? this.#calmSeconds + elapsedSeconds : 0;
    if (!this.#isRoomy) {
      if (!this.#busyness.note(elapsedSeconds, cpuSeconds)) return undefined;
      this.#isRoomy = true;
      return "roomy";
    }
    if (this.#calmSeconds < calmSeconds) return undefined;
    this.#busyness = new Busyness(veryBusyCores);
    this.#isRoomy = false;
    return "small";
  }
}

/** Sets the flags, and the others when the time has come; to be called before the bulk of the program is loaded. */
export function saveMemory(): void {
  const { atStart, whenBusy, whenVeryBusy } = flagsOf(process.versions.v8);
  tell(atStart);
  if (whenBusy.length + whenVeryBusy.length === 0) return;
  const busyness = new Busyness();
  const room = new HeapRoom();
  let compiles = false;
  watchOwnCpu((elapsedSeconds, cpuSeconds) => {
    if (!compiles && busyness.note(elapsedSeconds, cpuSeconds)) {
      compiles = true;
      tell(whenBusy);
    }
    const wanted = room.note(elapsedSeconds, cpuSeconds);
    if (wanted !== undefined && whenVeryBusy.length > 0) tell(wanted === "roomy" ? whenVeryBusy : small);
  });
}

function tell(flags: readonly string[]): void {
  for (const flag of flags) setFlagsFromString(flag);
}
