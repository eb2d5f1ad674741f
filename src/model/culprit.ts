/** Who did it, worked out once for every face: sentence, page, label, message, archive and terminal name the same one. */
import { defined } from "./defined.ts";
import { groupName, isNamed } from "./group.ts";
import type { Spike, Verdict, VerdictShare } from "./spike.ts";
import { aspectNames, resourceNames, type SpikeAspect, type SpikeResource } from "./spikeResource.ts";

/** Half of it, and no second near: one did it. */
const mainShare = 0.5;
const nearShare = 0.5;
/** Two that are worth naming beside each other. */
const besideShare = 0.2;
const togetherShare = 0.6;

/**
 * The lines that are named as the ones who did it, the first first: one, two that did it together, or none. Where nothing rose it is who
 * wants or uses most.
 */
export function namedIn({ shares, basis }: Pick<Verdict, "shares" | "basis">): readonly VerdictShare[] {
  const able = shares.filter((share) => isSomebody(share) && share.helping === undefined);
  if (basis !== undefined) {
    const unknown = shares.find(({ group }) => group.kind === "unattributed")?.share ?? 0;
    return unknown >= mainShare ? [] : able.slice(0, 1);
  }
  const [first, second] = able.filter(({ waiting }) => waiting === undefined);
  const waiting = able.find((share) => share.waiting !== undefined)?.share ?? 0;
  if (first === undefined || waiting > first.share) return [];
  const secondShare = second?.share ?? 0;
  if (first.share >= mainShare && secondShare <= nearShare * first.share) return [first];
  return second !== undefined && secondShare >= besideShare && first.share + secondShare >= togetherShare ? [first, second] : [];
}

/** A line that can have done something. */
export function isSomebody({ group }: VerdictShare): boolean {
  return isNamed(group) || group.kind === "interrupts";
}

/** The name in a few words, without marks: `pg_dump`, `dd and tar`, `no single process`. */
export function culpritName(verdict: Pick<Verdict, "shares" | "basis">): string {
  const names = namedIn(verdict).map(({ group }) => groupName(group));
  if (names.length > 0) return names.join(" and ");
  const [first] = verdict.shares;
  if (first?.waiting === true) return `${groupName(first.group)}, which waits`;
  return first?.group.kind === "unattributed" && first.share >= mainShare ? "could not be traced" : "no single process";
}

/** What is said of the whole of a spike, so far or to its end; `spike.verdict` is of the chapter that runs. */
export function wholeVerdict({ verdict, whole }: Pick<Spike, "verdict" | "whole">): Verdict | undefined {
  return whole ?? verdict;
}

/** What says more comes first: a spike that names somebody, a resource that is nearer to a cause, the newest. */
export function compareTelling(a: Spike, b: Spike): number {
  return Number(namesSomebody(b)) - Number(namesSomebody(a)) || distance[a.resource] - distance[b.resource] || b.startMs - a.startMs;
}

/** Load and pressure are what others make; what was killed is the end of it. */
const distance: Readonly<Record<Spike["resource"], number>> = { oom: -1, cpu: 0, io: 0, memory: 0, load: 1, pressure: 2 };

function namesSomebody({ verdict }: Spike): boolean {
  return verdict !== undefined && namedIn(verdict).length > 0;
}

/** What a machine suffers from though nothing has left its baseline, as far as it is told to people. */
export interface Suffering {
  readonly resource: SpikeResource;
  readonly sentence: string;
}

/** What is said of this moment: the sentence that every face of now begins with. */
interface Now {
  readonly sentence: string;
  /** The spike that it tells of; absent where the machine suffers without one. */
  readonly spike?: Spike;
  /** How many others last. */
  readonly others: number;
  /** What the machine suffers from as well, where none of the spikes that last is about it. */
  readonly besides?: string;
}

/** Who it is right now; undefined while nothing is wrong. */
export function culpritNow(spikes: readonly Spike[], strained: Suffering | undefined): Now | undefined {
  const lasting = spikes.filter(({ endMs }) => endMs === undefined).sort(compareTelling);
  const [spike, ...others] = lasting;
  if (spike?.verdict !== undefined) {
    const isTold = strained === undefined || lasting.some((one) => areKin(one, strained.resource));
    return defined({ sentence: spike.verdict.sentence, spike, others: others.length, besides: isTold ? undefined : strained.sentence });
  }
  if (strained !== undefined) return { sentence: strained.sentence, others: 0 };
  return spike === undefined ? undefined : { sentence: begunText(spike), spike, others: others.length };
}

/** A full CPU makes load and CPU pressure, and the other way round: who tells of the one tells of the other. */
function areKin({ resource, aspect }: Spike, strained: SpikeResource): boolean {
  const kin: Readonly<Partial<Record<SpikeResource, SpikeResource>>> = { load: "cpu", oom: "memory" };
  const kind = (one: SpikeResource, side?: SpikeAspect) => (one === "pressure" ? side : (kin[one] ?? one));
  return kind(resource, aspect) === kind(strained);
}

/** What is said before there is a verdict. */
function begunText(spike: Spike): string {
  return `A spike of ${spikeText(spike)} has begun; who it is will be known in a moment.`;
}

/** What a spike is of, in words: `disk reads`, `CPU pressure`. */
export function spikeText({ resource, aspect }: Pick<Spike, "resource" | "aspect">): string {
  if (aspect !== undefined) return aspectNames[aspect];
  return resource === "io" ? "disk I/O" : resourceNames[resource];
}
