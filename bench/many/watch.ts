/**
 * Loaded into a Culprit before it starts: says, when asked, how long its event loop was held at a stretch since it was asked last, and how
 * much of the longest stretch its thread ran, and how much of that was collecting garbage. With CULPRIT_BENCH_WHY=1 it also says
 * which functions the longest stretches were in; looking costs a little itself.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { Session } from "node:inspector";
import { PerformanceObserver, performance } from "node:perf_hooks";
import { busiestFunctions, type Profile } from "./profile.ts";

/** A stretch in which the event loop came to no timer. */
interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
  /** The CPU time of the thread. */
  readonly workingMs: number;
}

/** What is said of them. */
export interface Held {
  readonly longestMs: number;
  readonly most99Ms: number;
  /** By the thread's CPU time, without what others had: the longest, how many were above 20 ms, and how much of it collecting garbage was. */
  readonly workingMs: number;
  readonly above20: number;
  readonly garbageMs: number;
  /** The longest ones with what they were in; empty unless it was asked for. */
  readonly causes: readonly string[];
}

const resolutionMs = 1;
const worthTellingMs = 10;
const why = process.env.CULPRIT_BENCH_WHY === "1" ? new Session() : undefined;
let stretches: Stretch[] = [];
let lengths: number[] = [];
let collections: { readonly startMs: number; readonly endMs: number }[] = [];

const observer = new PerformanceObserver((list) => note(list.getEntries()));
observer.observe({ entryTypes: ["gc"] });

function note(entries: readonly { readonly startTime: number; readonly duration: number }[]): void {
  for (const { startTime, duration } of entries) collections.push({ startMs: startTime, endMs: startTime + duration });
}

/** Milliseconds for which this thread has run. */
const workedMs = (() => {
  const buffer = Buffer.alloc(128);
  const descriptor = openSync(`/proc/self/task/${process.pid}/schedstat`, "r");
  process.once("exit", () => closeSync(descriptor));
  return () => Number(buffer.toString("latin1", 0, readSync(descriptor, buffer, 0, buffer.length, 0)).split(" ")[0]) / 1e6;
})();

let before = look();
setInterval(() => {
  const now = look();
  const startMs = before.atMs + resolutionMs;
  lengths.push(Math.max(0, now.atMs - startMs));
  if (now.atMs - startMs > worthTellingMs) stretches.push({ startMs, endMs: now.atMs, workingMs: now.workedMs - before.workedMs });
  before = now;
}, resolutionMs).unref();

function look(): { readonly atMs: number; readonly workedMs: number } {
  return { atMs: performance.now(), workedMs: workedMs() };
}

if (why !== undefined) {
  why.connect();
  why.post("Profiler.enable");
  why.post("Profiler.setSamplingInterval", { interval: 500 });
  why.post("Profiler.start");
}

process.on("message", () => {
  // what was collected last may not have been told yet
  note(observer.takeRecords());
  const longest = [...stretches].sort((a, b) => b.workingMs - a.workingMs);
  const sorted = lengths.sort((a, b) => a - b);
  const answer: Omit<Held, "causes"> = {
    longestMs: sorted.at(-1) ?? 0,
    most99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    workingMs: longest[0]?.workingMs ?? 0,
    above20: longest.filter((one) => one.workingMs > 20).length,
    garbageMs: longest[0] === undefined ? 0 : garbageIn(longest[0]),
  };
  if (why === undefined) {
    process.send?.({ ...answer, causes: [] });
    forget();
    return;
  }
  why.post("Profiler.stop", (_error, { profile }) => {
    const causes = longest.slice(0, 4).map((one) => {
      const said = busiestFunctions(profile as Profile, one.startMs, one.endMs);
      return `${(one.endMs - one.startMs).toFixed(1)} ms, working ${one.workingMs.toFixed(1)}, garbage ${garbageIn(one).toFixed(1)}: ${said}`;
    });
    process.send?.({ ...answer, causes });
    why.post("Profiler.start");
    forget();
  });
});
process.channel?.unref();

/** From here on anew: what answering took is nobody's stretch. */
function forget(): void {
  stretches = [];
  lengths = [];
  collections = [];
  before = look();
}

function garbageIn({ startMs, endMs }: Stretch): number {
  return collections.reduce((sum, one) => sum + Math.max(0, Math.min(endMs, one.endMs) - Math.max(startMs, one.startMs)), 0);
}
