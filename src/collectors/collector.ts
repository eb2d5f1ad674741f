/** One part of a Sample, and how it is got. */
import type { Clock } from "../model/clock.ts";
import type { SampleParts } from "../model/sample.ts";

/** The name of a part, and of the collector that fills it. */
export type PartName = keyof SampleParts;

/**
 * Fills one part of a Sample, synchronously and without waiting for anything but the kernel.
 *
 * `undefined` says that this machine has none (absent); throwing says that it should have had one (failed).
 */
export interface Collector<Part extends PartName = PartName> {
  readonly part: Part;
  collect(clock: Clock): SampleParts[Part] | undefined;
  /** Gives descriptors and timers back. */
  close?(): void;
}
