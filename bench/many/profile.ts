/** What a CPU profile says of a stretch of time. */
import { performance } from "node:perf_hooks";

/** As the inspector gives it: times in microseconds of the monotonic clock. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

/** What performance.now() counts from, on the clock of the profile. */
const originUs = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;
const mostTold = 12;

/** The functions in which the stretch was spent, with all that they called; those that took most of it first. Times by performance.now(). */
export function busiestFunctions(profile: Profile, startMs: number, endMs: number): string {
  const parents = new Map<number, number>();
  const names = new Map<number, string>();
  for (const { id, children = [], callFrame } of profile.nodes) {
    names.set(id, `${callFrame.functionName || "?"}@${callFrame.url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, "")}:${callFrame.lineNumber + 1}`);
    for (const child of children) parents.set(child, id);
  }
  const [fromUs, toUs] = [originUs + startMs * 1000, originUs + endMs * 1000];
  const spentUs = new Map<string, number>();
  let atUs = profile.startTime;
  const { samples = [], timeDeltas = [] } = profile;
  for (const [index, sample] of samples.entries()) {
    const beganUs = atUs;
    atUs += timeDeltas[index] ?? 0;
    const us = Math.min(atUs, toUs) - Math.max(beganUs, fromUs);
    if (us <= 0) continue;
    const seen = new Set<string>();
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) seen.add(names.get(id) ?? "?");
    for (const name of seen) if (!name.startsWith("(root)")) spentUs.set(name, (spentUs.get(name) ?? 0) + us);
  }
  const busiest = [...spentUs].sort(([, a], [, b]) => b - a).slice(0, mostTold);
  return busiest.map(([name, us]) => `${name} ${(us / 1000).toFixed(1)}`).join(", ");
}
