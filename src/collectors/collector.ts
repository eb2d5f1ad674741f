/** One part of a Sample, and how it is got. */
import type { Clock } from "../model/clock.ts";
import type { SampleParts } from "../model/sample.ts";
import type { Steps } from "../model/steps.ts";
import type { Skips } from "../procfs/skips.ts";

/** The name of a part, and of the collector that fills it. */
export type PartName = keyof SampleParts;

/**
 * Fills one part of a Sample, synchronously and without waiting for anything but the kernel.
 *
 * It is given the parts that the collectors before it have filled. `undefined` says that this machine has none (absent); throwing says that it should have had one (failed).
 */
export interface Collector<Part extends PartName = PartName> {
  readonly part: Part;
  collect(clock: Clock, parts?: SampleParts): SampleParts[Part] | undefined;
  /** The same in steps, of a collector that may have much to do. */
  collectInSteps?(clock: Clock, parts?: SampleParts): Steps<SampleParts[Part] | undefined>;
  /** Collects what is left out because it is odd; the sampler asks it afterwards. */
  readonly skips?: Skips;
  /** What takes long, in slices between which others may run; `collect` gives the result. */
  prepare?(clock: Clock): Promise<void>;
  /** Gives descriptors and timers back. */
  close?(): void;
}
