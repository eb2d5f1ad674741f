/** A stretch in which a resource left its own baseline, and what can be said of who did it. */
import type { GroupLabels } from "./group.ts";
import type { SpikeAspect, SpikeResource, SpikeUnit } from "./spikeResource.ts";

/**
 * How a spike ended: the resource fell back; it stayed up so long that this is its baseline now; the machine was suspended; Culprit was
 * stopped or died meanwhile, so that nobody saw the end.
 */
export const spikeEndings = ["fell_back", "became_normal", "gap", "unseen"] as const;

/** One line's part in a rise. */
export interface VerdictShare {
  readonly group: GroupLabels;
  /** Its part of the rise, 0..1; those of all lines of a Verdict, remainder included, sum to 1. */
  readonly share: number;
  /** What it used before and during the spike, in the spike's unit. */
  readonly from: number;
  readonly to: number;
  /** Its busiest processes, the first first; empty for a remainder. */
  readonly pids: readonly number[];
  /** How many of its processes took part, where that is more than `pids` names. */
  readonly processes?: number;
  /** Of the first of them, redacted. */
  readonly commandLine?: string;
  /** Names of the first one's parents, the nearest first. */
  readonly parents?: readonly string[];
  /** It did not cause the rise but waits because of it; `waitChannels` say for what. */
  readonly waiting?: true;
  readonly waitChannels?: readonly string[];
  /** A thread of the kernel that works for others (writeback, reclaim): its part was given to those it works for. */
  readonly helping?: true;
}

/** Who it was. */
export interface Verdict {
  /** For a person: who, how much, from what to what, for how long; or plainly that no single one did it. */
  readonly sentence: string;
  /** Most first. */
  readonly shares: readonly VerdictShare[];
  /** False while the spike lasts: the shares may still move. */
  readonly final: boolean;
  /**
   * What the shares are shares of. Absent: of the rise. `demand`: of the tasks that want a CPU, where all are busy and nothing can rise.
   * `use`: of what is used, where nothing has risen.
   */
  readonly basis?: "demand" | "use";
}

/** A stretch of a spike in which one line led. */
export interface SpikeChapter {
  readonly fromMs: number;
  /** Absent while it lasts. */
  readonly toMs?: number;
  readonly verdict: Verdict;
}

/** A resource away from its baseline, from the first second to the last. */
export interface Spike {
  readonly id: string;
  readonly resource: SpikeResource;
  readonly aspect?: SpikeAspect;
  readonly startMs: number;
  readonly peakMs: number;
  /** Absent while it lasts. */
  readonly endMs?: number;
  readonly ending?: (typeof spikeEndings)[number];
  readonly baseline: number;
  readonly peak: number;
  /** What `baseline` and `peak` are counted in. */
  readonly unit: SpikeUnit;
  /** Seconds of quiet past that the baseline rests on, where they are few. */
  readonly knownSeconds?: number;
  /** While it lasts, that of the running chapter; when it is over, that of the whole. Absent in the first seconds. */
  readonly verdict?: Verdict;
  /** While a later chapter runs: what is said of the whole so far. */
  readonly whole?: Verdict;
  /** Who led when, the oldest first; absent where nobody took over from another. */
  readonly chapters?: readonly SpikeChapter[];
}

/** What happened to a spike. */
export interface SpikeEvent {
  readonly kind: "started" | "updated" | "ended";
  readonly spike: Spike;
}
